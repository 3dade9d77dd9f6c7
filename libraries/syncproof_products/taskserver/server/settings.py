"""The settings of a server, and its configuration."""

from __future__ import annotations

from typing import Annotated

import msgspec

from syncproof_agentkit.config import ServerConfig

_Positive = Annotated[float, msgspec.Meta(gt=0)]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Intervals in seconds.

    heartbeat_s: between two pings to a subscriber; one that does not answer for as long again is dropped. rate_limit:
    requests of one client within rate_window_s, 0 for no limit. breaker_failures: in a row, which open the breaker.
    deployment: which of those that share a Redis this is; each hears only its own broadcasts.
    mcp: 1 for the Model Context Protocol at `/mcp/`. shared_file: 1 for instances whose folders lie side by side, and
    which keep their tasks in one file beside them.
    """

    heartbeat_s: _Positive = 5.0
    rate_limit: Annotated[int, msgspec.Meta(ge=0)] = 100
    rate_window_s: _Positive = 60.0
    breaker_failures: Annotated[int, msgspec.Meta(ge=1)] = 10
    breaker_reset_s: _Positive = 10.0
    mcp: Annotated[int, msgspec.Meta(ge=0, le=1)] = 0
    shared_file: Annotated[int, msgspec.Meta(ge=0, le=1)] = 0
    most_request_bytes: Annotated[int, msgspec.Meta(ge=1)] = 8_000_000
    deployment: Annotated[int, msgspec.Meta(ge=1)] = 1

    @property
    def channel_prefix(self) -> str:
        """What the names of its channels begin with in Redis."""
        return f"taskserver-{self.deployment}:"


class Config(ServerConfig, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """secret: shared with clients; this server needs none. links: host:port of `redis`, which joins it with others."""

    secret: str = ""
    settings: Settings = Settings()
    links: dict[str, str] = msgspec.field(default_factory=dict)
