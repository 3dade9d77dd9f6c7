"""The configuration of a client's process."""

from __future__ import annotations

from typing import Annotated

import msgspec

from syncproof_agentkit.config import AgentConfig

_Positive = Annotated[float, msgspec.Meta(gt=0)]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Intervals in seconds.

    idle_timeout_s: no answer for so long is a failure, and no pong for so long a dead connection. heartbeat_s: between
    two pings. retry_jitter: by which part chance moves an interval. pool, workers: of the client for tasks, whose
    settings in the manifest are its own.
    """

    idle_timeout_s: _Positive = 15.0
    heartbeat_s: _Positive = 5.0
    retry_base_s: _Positive = 0.5
    retry_max_s: _Positive = 5.0
    retry_jitter: float = 0.2
    pool: int = 4
    workers: int = 1


class Config(AgentConfig, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """secret: of the server; this one asks for none."""

    secret: str = ""
    settings: Settings = Settings()
