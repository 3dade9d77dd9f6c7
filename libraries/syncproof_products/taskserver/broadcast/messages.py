"""What clients and servers say to each other over `/ws/broadcast`, and instances through Redis: one JSON text each."""

from __future__ import annotations

from typing import Annotated

import msgspec

#: Of a channel, in characters.
LONGEST_NAME = 300
Channel = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME)]


class Position(msgspec.Struct, frozen=True):
    """How far a client has followed an instance: the number of the last event, and the epoch that it counts in.

    A new epoch begins where an instance starts, and where it may have missed something.
    """

    epoch: str
    seq: int


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a client sends. resume: it followed these channels up to there, and wants what came since."""

    subscribe: tuple[Channel, ...] = ()
    unsubscribe: tuple[Channel, ...] = ()
    resume: Position | None = None


class Event(msgspec.Struct, frozen=True):
    """Something happened on a channel. id: the same however often its publisher has sent it. seq: see `Position`."""

    channel: str
    event: str
    payload: msgspec.Raw
    id: str = ""
    seq: int = 0


class Subscribed(msgspec.Struct, frozen=True, omit_defaults=True):
    """Channels that the client is told of from this position on."""

    subscribed: tuple[str, ...]
    epoch: str
    seq: int = 0


class Unsubscribed(msgspec.Struct, frozen=True):
    """Channels that the client is told of no more."""

    unsubscribed: tuple[str, ...]


class Refetch(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something may have happened on these channels that nobody can tell any more: what they are about is out of date.

    From this position on the client is told of everything again.
    """

    refetch: tuple[str, ...]
    epoch: str
    seq: int = 0


class Publish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /broadcast."""

    channel: Channel
    event: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    payload: msgspec.Raw = msgspec.Raw(b"null")
