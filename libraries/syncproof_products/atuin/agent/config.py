"""The configuration of an Atuin device's process."""

from __future__ import annotations

from typing import Annotated

import msgspec

from syncproof_agentkit.config import AgentConfig

_Positive = Annotated[float, msgspec.Meta(gt=0)]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Intervals in seconds, sizes in messages.

    poll_s: between two questions whether the server has something new. idle_timeout_s: no answer to that for so long
    is a failure. sync_timeout_s: no answer to a request of Atuin's client for so long is one (whole seconds).
    page_messages: the most that is delivered in one transaction, or appended before the next sync.
    retry_jitter: by which part chance moves an interval.
    """

    poll_s: _Positive = 1.0
    idle_timeout_s: _Positive = 15.0
    sync_timeout_s: _Positive = 60.0
    page_messages: Annotated[int, msgspec.Meta(ge=1)] = 16
    retry_base_s: _Positive = 0.5
    retry_max_s: _Positive = 5.0
    retry_jitter: float = 0.2


class Config(AgentConfig, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """secret: of the people whose devices these are, which no server knows.

    client: Atuin's program; "" for the one that its wheel has installed.
    """

    secret: str = ""
    client: str = ""
    settings: Settings = Settings()
