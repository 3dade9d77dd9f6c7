"""The configuration of a Matrix device's process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Annotated

import msgspec

from syncproof_agentkit.config import ConfigError


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """device: the Matrix user id, `@alice:example.org`. directory: where it keeps everything. password: of the account.

    port 0: a free one. seed: of its jitter. settings: fields of `Settings`. encrypt: the rooms that it makes are
    end-to-end encrypted, and in a group it says nothing where it is not.
    """

    device: Annotated[str, msgspec.Meta(pattern="^@[^:]+:.+$")]
    directory: str
    password: str
    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 0
    seed: int = 0
    settings: dict[str, float] = {}
    encrypt: bool = False


@dataclass(frozen=True)
class Settings:
    """Intervals in seconds, sizes in events.

    poll_s: how long the server may keep a sync waiting. idle_timeout_s: no byte for this long is a dead connection.
    page_events: the most that a sync or a page of history brings. company_ms: after something new, the next sync begins
    so much later, for company: a message costs the server less than a sync does.
    """

    poll_s: float = 2.0
    idle_timeout_s: float = 15.0
    retry_base_s: float = 0.5
    retry_max_s: float = 5.0
    standby_threshold_s: float = 30.0
    marker_debounce_s: float = 1.0
    breaker_failures: int = 50
    breaker_cooldown_s: float = 10.0
    page_events: int = 20
    company_ms: int = 100


def read_config(values: Mapping[str, object]) -> Config:
    """Check a configuration. Raises ConfigError."""
    try:
        return msgspec.convert(dict(values), Config)
    except msgspec.ValidationError as error:
        raise ConfigError(f"The agent's configuration is wrong: {error}") from None


def read_settings(values: Mapping[str, float]) -> Settings:
    """The device's settings. Raises ConfigError for a name that nobody knows."""
    known = {field.name: field.type for field in fields(Settings)}
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise ConfigError(f"Unknown settings: {', '.join(unknown)}. Known: {', '.join(known)}.")
    return Settings(**{n: int(v) if known[n] == "int" else float(v) for n, v in values.items()})  # type: ignore[arg-type]
