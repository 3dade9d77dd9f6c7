"""The configuration of a Matrix device's process."""

from __future__ import annotations

from typing import Annotated

import msgspec

from syncproof_agentkit.config import AgentConfig


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
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


class Config(AgentConfig, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """device: the Matrix user id, `@alice:example.org`. password: of the account.

    encrypt: the rooms that it makes are end-to-end encrypted, and in a group it says nothing where it is not.
    """

    device: Annotated[str, msgspec.Meta(pattern=r"\A@[^:]+:.+\Z")]
    password: str
    settings: Settings = Settings()
    encrypt: bool = False
