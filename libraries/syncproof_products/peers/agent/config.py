"""The configuration of a peer's process."""

from __future__ import annotations

from typing import Annotated

import msgspec

from syncproof_agentkit.config import AgentConfig
from syncproof_products.peers.core.model import DEVICE

_Positive = Annotated[float, msgspec.Meta(gt=0)]
_Count = Annotated[int, msgspec.Meta(ge=1)]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Intervals in seconds.

    scan_s: between two looks at the folder. announce_s: how long changes are gathered before others are told.
    heartbeat_s: between two pings. idle_timeout_s: a connection on which nothing comes for so long is dead, and one on
    which nothing can be sent.
    retry_jitter: by which part chance moves an interval. lock_s: how long a lock lasts that nobody asks for again.
    answer_s: so long a peer that answers nothing is waited for, at least. quarantine_s: how long it lasts the first
    time. message_s: for each message of a peer that nobody asked for, in the long run: more are taken in later.
    watch_s: who does often within that time what is odd users are told of.
    fanout: how many peers one has below it in a tree of all members, see `core.overlay`; 0: all that it has links to.
    doubts: 1: it is read-only when it cannot know whom to believe, see `core.doubt`; 0: it never is.
    """

    scan_s: _Positive = 1.0
    announce_s: _Positive = 0.02
    heartbeat_s: _Positive = 5.0
    idle_timeout_s: _Positive = 15.0
    lock_s: _Positive = 20.0
    answer_s: _Positive = 10.0
    quarantine_s: _Positive = 600.0
    message_s: _Positive = 0.01
    watch_s: _Positive = 10.0
    retry_base_s: _Positive = 0.5
    retry_max_s: _Positive = 5.0
    retry_jitter: float = 0.2
    retry_ttl_s: _Positive = 600.0
    retry_limit: _Count = 100
    fanout: Annotated[int, msgspec.Meta(ge=0)] = 0
    doubts: Annotated[int, msgspec.Meta(ge=0, le=1)] = 1


class Config(AgentConfig, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """device: its name, see `core.model.DEVICE`. peer_port: where other peers connect; 0 for any. secret: none."""

    device: Annotated[str, msgspec.Meta(pattern=rf"\A{DEVICE}\Z")]
    peer_port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 0
    secret: str = ""
    settings: Settings = Settings()
