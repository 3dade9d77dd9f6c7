"""The configuration of a NATS device's process."""

from __future__ import annotations

from typing import Annotated

import msgspec

from syncproof_agentkit.config import AgentConfig

_Positive = Annotated[float, msgspec.Meta(gt=0)]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Intervals in seconds, sizes in messages.

    idle_timeout_s: nothing heard for so long is a dead connection. heartbeat_s: between two pings.
    ack_wait_s: what was delivered and is not acknowledged for so long, the server delivers again. page_messages: the
    most that is delivered in one transaction; twice as many may be under way. retry_jitter: by which part chance moves
    an interval.
    """

    idle_timeout_s: _Positive = 15.0
    heartbeat_s: _Positive = 3.0
    ack_wait_s: _Positive = 30.0
    page_messages: Annotated[int, msgspec.Meta(ge=1)] = 16
    retry_base_s: _Positive = 0.5
    retry_max_s: _Positive = 5.0
    retry_jitter: float = 0.2
    breaker_failures: int = 50
    breaker_cooldown_s: _Positive = 10.0


class Config(AgentConfig, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """secret: of the server; one without accounts asks for none."""

    secret: str = ""
    settings: Settings = Settings()
