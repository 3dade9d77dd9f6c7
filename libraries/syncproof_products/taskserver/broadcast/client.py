"""What a client of the broadcast wants, and what it makes of what it is told. A pure node, like the hub.

It knows the channels that it follows, its position, and the state of its connection; an application is told of events,
and of channels that it has to refetch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec

from syncproof_products.taskserver.broadcast.messages import Asked, Event, Position

State = Literal["connecting", "connected", "reconnecting", "disconnected"]


class _Told(msgspec.Struct, frozen=True):
    """Any message of a server: each has fields that no other has."""

    channel: str = ""
    event: str = ""
    payload: msgspec.Raw = msgspec.Raw(b"null")
    id: str = ""
    seq: int = 0
    epoch: str = ""
    subscribed: tuple[str, ...] = ()
    unsubscribed: tuple[str, ...] = ()
    refetch: tuple[str, ...] = ()


_told = msgspec.json.Decoder(_Told).decode
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True)
class Say:
    """Send a text to the server."""

    text: str


@dataclass(frozen=True)
class Happened:
    """Tell the application of an event."""

    event: Event


@dataclass(frozen=True)
class MustRefetch:
    """Tell the application that what it knows of these channels is out of date."""

    channels: tuple[str, ...]


@dataclass(frozen=True)
class Changed:
    """A subscription is confirmed, lost with the connection, or ended."""

    channel: str
    state: Literal["confirmed", "lost", "left"]


Effect = Say | Happened | MustRefetch | Changed


class BroadcastClient:
    """One client. channels: that it follows, with whether the server has ever confirmed that. position: how far it got.

    Both are what is to be kept, so that a client that starts again misses nothing.
    """

    def __init__(self, channels: dict[str, bool] | None = None, position: Position | None = None) -> None:
        self.state: State = "disconnected"
        self.channels = dict(channels or {})
        self.position = position
        self._confirmed: set[str] = set()
        self._leaving: set[str] = set()
        self._was_connected = False

    @property
    def unconfirmed(self) -> int:
        """Of how many channels the server has not confirmed on this connection what the client wants."""
        return len(self.channels.keys() - self._confirmed) + len(self._leaving)

    # -- what is wanted

    def subscribe(self, channel: str) -> list[Effect]:
        """Follow a channel."""
        self._leaving.discard(channel)
        if channel in self.channels:
            return []
        self.channels[channel] = False
        return self._say(Asked(subscribe=(channel,)))

    def unsubscribe(self, channel: str) -> list[Effect]:
        """Follow a channel no more; without a connection that is so at once."""
        if self.channels.pop(channel, None) is None:
            return []
        self._confirmed.discard(channel)
        if self.state != "connected":
            return [Changed(channel, "left")]
        self._leaving.add(channel)
        return self._say(Asked(unsubscribe=(channel,)))

    # -- what happens to its connection

    def dialling(self) -> None:
        """It tries to connect."""
        self.state = "reconnecting" if self._was_connected else "connecting"

    def connected(self) -> list[Effect]:
        """The server answers: everything is subscribed again, behind the last event where there was one."""
        self.state, self._was_connected = "connected", True
        known = tuple(channel for channel, confirmed in self.channels.items() if confirmed)
        new = tuple(channel for channel, confirmed in self.channels.items() if not confirmed)
        effects: list[Effect] = []
        if known:
            # Who does not know how far it got has to refetch, as no instance has that epoch.
            effects += self._say(Asked(subscribe=known, resume=self.position or Position("", 0)))
        if new:
            effects += self._say(Asked(subscribe=new))
        return effects

    def lost(self) -> list[Effect]:
        """The connection has ended, and another one is wanted."""
        self.state = "reconnecting" if self._was_connected else "connecting"
        return self._forget()

    def disconnected(self) -> list[Effect]:
        """The connection has ended, as it was wanted."""
        self.state, self._was_connected = "disconnected", False
        return self._forget()

    def received(self, text: str | bytes) -> list[Effect]:
        """The server has said something. Raises msgspec.DecodeError for what is no message of it."""
        told = _told(text)
        if told.channel:
            return self._event(told)
        if told.epoch:
            self.position = Position(told.epoch, told.seq)
        effects: list[Effect] = [Changed(channel, "left") for channel in self._left(told.unsubscribed)]
        if refetch := tuple(channel for channel in told.refetch if channel in self.channels):
            effects.append(MustRefetch(refetch))
        for channel in told.subscribed:
            if channel in self.channels:
                self.channels[channel] = True
                self._confirmed.add(channel)
                effects.append(Changed(channel, "confirmed"))
        return effects

    def _event(self, told: _Told) -> list[Effect]:
        if self.position is not None:
            self.position = Position(self.position.epoch, told.seq)
        if told.channel not in self.channels:  # it left while this was on its way
            return []
        return [Happened(Event(told.channel, told.event, told.payload, told.id, told.seq))]

    def _left(self, channels: tuple[str, ...]) -> list[str]:
        found = [channel for channel in channels if channel in self._leaving]
        self._leaving.difference_update(found)
        return found

    def _forget(self) -> list[Effect]:
        effects: list[Effect] = [Changed(channel, "lost") for channel in sorted(self._confirmed)]
        effects += [Changed(channel, "left") for channel in sorted(self._leaving)]
        self._confirmed.clear()
        self._leaving.clear()
        return effects

    def _say(self, asked: Asked) -> list[Effect]:
        return [Say(_encode(asked).decode())] if self.state == "connected" else []
