"""The settings of a relay: all that an operator may change, with what it is if nobody does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from syncproof_products.bundled.core.relay.limits import KIB, MIB, Limits
from syncproof_products.bundled.relay.start_error import StartError


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Limits):
    """Limits of the core, and those of its edge. Times are in seconds, sizes in bytes.

    max_request_bytes: the body of one request, blobs excepted.
    max_blob_bytes: one blob.
    blob_chunk_bytes: what of a blob is in memory at a time while it is read.
    tokens_per_device: valid tokens of one device; one more makes the oldest invalid.
    group_commit: the most commits that share one transaction.
    request_log: requests that the log for the operator holds.
    drain_s: how long requests under way may take to end after SIGTERM.
    """

    max_request_bytes: int = 16 * MIB
    max_blob_bytes: int = 256 * MIB
    blob_chunk_bytes: int = 256 * KIB
    tokens_per_device: int = 16
    group_commit: int = 256
    request_log: int = 40_000
    drain_s: float = 2.0


def settings_of(given: Mapping[str, object]) -> Settings:
    """The settings with these changed. Raises StartError for an unknown name or an impossible value."""
    known = {field.name: str(field.type) for field in fields(Settings)}
    values: dict[str, int | float] = {}
    for name, value in given.items():
        if name not in known:
            raise StartError(f"settings: there is no {name!r}; expected some of {', '.join(sorted(known))}")
        values[name] = _number(name, known[name], value)
    # mypy cannot see that every value fits its field; _number has just made sure.
    return Settings(**values)  # type: ignore[arg-type]


def _number(name: str, kind: str, value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int if kind == "int" else int | float):
        wanted = "a whole number" if kind == "int" else "a number"
        raise StartError(f"settings: expected {name} to be {wanted}, seen {value!r}")
    if not 0 < value < float("inf"):
        raise StartError(f"settings: expected {name} to be greater than 0, seen {value!r}")
    return value if kind == "int" else float(value)
