"""The configuration of a client's process."""

from __future__ import annotations

from typing import Annotated

import msgspec

from syncproof_agentkit.config import AgentConfig

_Positive = Annotated[float, msgspec.Meta(gt=0)]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Intervals in seconds; the defaults of Socket.IO's client, but for idle_timeout_s.

    idle_timeout_s: what the server does not answer for so long has failed. retry_jitter: by which part chance moves an
    interval.
    """

    idle_timeout_s: _Positive = 15.0
    retry_base_s: _Positive = 1.0
    retry_max_s: _Positive = 5.0
    retry_jitter: float = 0.5


class Config(AgentConfig, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """secret: of the server; this one asks for none."""

    secret: str = ""
    settings: Settings = Settings()
