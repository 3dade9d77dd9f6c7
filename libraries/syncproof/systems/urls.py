"""URLs that a person names as variables of a run."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import SplitResult, urlsplit

from syncproof.systems.errors import SystemNotThere


def read(url: str, schemes: Sequence[str], otherwise: str) -> SplitResult:
    """Its parts, among which there is a host. Raises SystemNotThere, with these words, for anything else."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, half an address in brackets
        usable = False
    if not usable:
        raise SystemNotThere(otherwise)
    return parts


def address(parts: SplitResult, port: int) -> str:
    """`host:port`; port: where the URL names none. An IPv6 address keeps its brackets."""
    host = parts.hostname or ""
    return f"{f'[{host}]' if ':' in host else host}:{parts.port or port}"
