"""Which client of an instance is told of what. A pure node: it is told what happened, and answers what is to be sent.

An instance numbers the events that it gets, and keeps the last of them. Who comes back behind a number of the same
epoch is told of those that it missed; anybody else is told to refetch.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from syncproof_products.taskserver.broadcast.messages import (
    Asked,
    Event,
    Position,
    Refetch,
    Subscribed,
    Unsubscribed,
)

#: Events that are kept for who comes back, and characters of them; ids that are remembered, so that none is told twice.
_KEPT, _KEPT_SIZE, _IDS = 1_000, 1_000_000, 10_000
_MOST_CHANNELS = 1_000
_UNREADABLE, _TOO_MUCH = 1007, 1008
_encode = msgspec.json.Encoder().encode
_asked = msgspec.json.Decoder(Asked).decode


@dataclass(frozen=True)
class Send:
    """Send a text to a client."""

    client: int
    text: str


@dataclass(frozen=True)
class Drop:
    """Close a client's connection, with a code of RFC 6455 and a reason."""

    client: int
    code: int
    reason: str


Action = Send | Drop


class Hub:
    """The clients of one instance. epoch: a name that no other has."""

    def __init__(self, epoch: str) -> None:
        self._epoch, self._seq = epoch, 0
        self._channels: dict[str, dict[int, None]] = {}
        self._clients: dict[int, dict[str, None]] = {}
        self._kept: deque[tuple[int, str, str]] = deque()
        self._kept_size = 0
        self._ids: dict[str, None] = {}

    @property
    def clients(self) -> int:
        """How many are connected."""
        return len(self._clients)

    def subscribers(self, channel: str) -> int:
        """How many of its clients are subscribed to a channel."""
        return len(self._channels.get(channel, ()))

    def connected(self, client: int) -> None:
        """A client has connected."""
        self._clients[client] = {}

    def disconnected(self, client: int) -> None:
        """A client's connection has ended."""
        for channel in self._clients.pop(client, ()):
            self._leave(client, channel)

    def received(self, client: int, text: str | bytes) -> list[Action]:
        """A client has said something."""
        try:
            asked = _asked(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
            return [Drop(client, _UNREADABLE, f"not understood: {wrong}")]
        mine = self._clients[client]
        if len({*mine, *asked.subscribe}) > _MOST_CHANNELS:
            return [Drop(client, _TOO_MUCH, f"a client can subscribe to {_MOST_CHANNELS} channels")]
        actions: list[Action] = []
        if asked.subscribe:
            actions += self._subscribe(client, asked.subscribe, asked.resume)
        if asked.unsubscribe:
            for channel in asked.unsubscribe:
                mine.pop(channel, None)
                self._leave(client, channel)
            actions.append(_send(client, Unsubscribed(asked.unsubscribe)))
        return actions

    def happened(self, event: Event) -> list[Action]:
        """An event has come from any instance; one that has come before is told to nobody."""
        if self._is_known(event.id):
            return []
        self._seq += 1
        text = _encode(msgspec.structs.replace(event, seq=self._seq)).decode()
        self._keep(event.channel, text)
        return [Send(client, text) for client in self._channels.get(event.channel, ())]

    def missed(self, epoch: str) -> list[Action]:
        """The instance may have missed something, and gets everything again from now on: a new epoch begins."""
        self._epoch, self._seq = epoch, 0
        self._kept.clear()
        self._kept_size = 0
        return [
            _send(client, Refetch(tuple(channels), self._epoch))
            for client, channels in self._clients.items()
            if channels
        ]

    def _subscribe(self, client: int, channels: tuple[str, ...], resume: Position | None) -> list[Action]:
        for channel in channels:
            self._clients[client][channel] = None
            self._channels.setdefault(channel, {})[client] = None
        here = Subscribed(channels, self._epoch, self._seq)
        if resume is None:
            return [_send(client, here)]
        if not self._can_resume(resume):
            # First of all: who loses its connection between the two must not take itself for up to date.
            return [_send(client, Refetch(channels, self._epoch, self._seq)), _send(client, here)]
        since = Subscribed(channels, self._epoch, resume.seq)
        return [_send(client, since), *(Send(client, text) for text in self._since(resume.seq, channels))]

    def _can_resume(self, resume: Position) -> bool:
        oldest = self._kept[0][0] if self._kept else self._seq + 1
        return resume.epoch == self._epoch and oldest - 1 <= resume.seq <= self._seq

    def _since(self, seq: int, channels: Iterable[str]) -> list[str]:
        wanted = set(channels)
        return [text for number, channel, text in self._kept if number > seq and channel in wanted]

    def _keep(self, channel: str, text: str) -> None:
        self._kept.append((self._seq, channel, text))
        self._kept_size += len(text)
        while len(self._kept) > _KEPT or self._kept_size > _KEPT_SIZE:
            self._kept_size -= len(self._kept.popleft()[2])

    def _is_known(self, name: str) -> bool:
        if not name:
            return False
        if name in self._ids:
            return True
        self._ids[name] = None
        if len(self._ids) > _IDS:
            del self._ids[next(iter(self._ids))]
        return False

    def _leave(self, client: int, channel: str) -> None:
        subscribed = self._channels.get(channel, {})
        subscribed.pop(client, None)
        if not subscribed:
            self._channels.pop(channel, None)


def _send(client: int, message: Subscribed | Unsubscribed | Refetch) -> Send:
    return Send(client, _encode(message).decode())
