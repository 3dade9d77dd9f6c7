"""The configuration of a client's process."""

from __future__ import annotations

from typing import Annotated

import msgspec

from syncproof_agentkit.config import AgentConfig

_Positive = Annotated[float, msgspec.Meta(gt=0)]
_Count = Annotated[int, msgspec.Meta(ge=1)]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Intervals in seconds.

    idle_timeout_s: no answer to a request for so long is a failure. longest_silence: nothing on a realtime connection
    for so long is a failure; PocketBase sends no heartbeat, and itself ends a connection that has had nothing to say
    for five minutes, whatever TIME_SCALE is. retry_jitter: by which part chance moves an interval. pool: connections at
    once, besides one more. workers: requests at once, of which no two are about one task.
    """

    idle_timeout_s: _Positive = 30.0
    longest_silence: _Positive = 330.0
    retry_base_s: _Positive = 0.5
    retry_max_s: _Positive = 5.0
    retry_jitter: float = 0.2
    pool: _Count = 4
    workers: _Count = 1


class Config(AgentConfig, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """secret: of the server; this one asks for none."""

    secret: str = ""
    settings: Settings = Settings()
