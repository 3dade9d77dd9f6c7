"""Which rooms a client wants to be in, and which its server has put it into: a pure part of the client.

A connection asks for one thing at a time. A new connection is in no room: the client asks for all of them again, and
takes what happened meanwhile in those that it had been in for missed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Request:
    """What the client asks of its server."""

    what: Literal["subscribe", "unsubscribe"]
    channel: str


@dataclass(frozen=True)
class Changed:
    """What the application is told of a channel: that it is in it, for the first time or again, lost it, or left."""

    channel: str
    state: Literal["joined", "rejoined", "lost", "left"]


class Rooms:
    """wanted: channels that are followed, with whether a server has ever confirmed that."""

    def __init__(self, wanted: Mapping[str, bool]) -> None:
        self.wanted = dict(wanted)
        self._inside: set[str] = set()
        self._leaving: set[str] = set()
        self._asked: Request | None = None

    @property
    def unconfirmed(self) -> int:
        """Of how many channels the server has not confirmed on this connection what the client wants."""
        return len(self.wanted.keys() - self._inside) + len(self._leaving)

    def follow(self, channel: str) -> bool:
        """Want to be in a room; whether that is new."""
        self._leaving.discard(channel)
        new = channel not in self.wanted
        self.wanted.setdefault(channel, False)
        return new

    def leave(self, channel: str) -> list[Changed]:
        """Want to be in it no more; where no server knows of it that is so at once."""
        self.wanted.pop(channel, None)
        if channel in self._inside or self._asked == Request("subscribe", channel):
            self._inside.discard(channel)
            self._leaving.add(channel)
            return []
        return [Changed(channel, "left")]

    def next_request(self) -> Request | None:
        """What to ask for next; `answered` follows, or `lost`."""
        if missing := sorted(self.wanted.keys() - self._inside):
            self._asked = Request("subscribe", missing[0])
        elif self._leaving:
            self._asked = Request("unsubscribe", min(self._leaving))
        else:
            self._asked = None
        return self._asked

    def answered(self) -> list[Changed]:
        """The server has done what it was asked for."""
        asked, self._asked = self._asked, None
        if asked is None:
            return []
        channel = asked.channel
        if asked.what == "unsubscribe":
            self._inside.discard(channel)
            if channel not in self._leaving:  # wanted again meanwhile
                return []
            self._leaving.discard(channel)
            return [Changed(channel, "left")]
        if channel not in self.wanted:  # left meanwhile: that is asked for next
            return []
        again, self.wanted[channel] = self.wanted[channel], True
        self._inside.add(channel)
        return [Changed(channel, "rejoined" if again else "joined")]

    def lost(self) -> list[Changed]:
        """The connection has ended, and with it what the server knew."""
        told = [Changed(channel, "lost") for channel in sorted(self._inside)]
        told += [Changed(channel, "left") for channel in sorted(self._leaving)]
        self._inside.clear()
        self._leaving.clear()
        self._asked = None
        return told
