"""Which rooms a client wants to be in, and which its server has put it into: a pure part of the client.

A connection asks for one thing at a time. A new connection is in no room: the client asks for all of them again. It
counts as missed what happened meanwhile in the rooms where it was before.
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
        #: Rooms that the server has put it into, or may have: it was asked to.
        self._at_server: set[str] = set()
        self._asked: Request | None = None

    @property
    def unconfirmed(self) -> int:
        """Of how many channels the server has not confirmed on this connection what the client wants."""
        return len(self._missing) + len(self._unwanted)

    @property
    def _missing(self) -> set[str]:
        return self.wanted.keys() - self._inside

    @property
    def _unwanted(self) -> set[str]:
        return self._at_server - self.wanted.keys()

    def follow(self, channel: str) -> bool:
        """Want to be in a room; whether that is new."""
        new = channel not in self.wanted
        self.wanted.setdefault(channel, False)
        return new

    def leave(self, channel: str) -> list[Changed]:
        """Want to be in it no more; where no server knows of it that is so at once."""
        self.wanted.pop(channel, None)
        self._inside.discard(channel)
        return [] if channel in self._at_server else [Changed(channel, "left")]

    def next_request(self) -> Request | None:
        """What to ask for next; `answered` follows, or `lost`."""
        self._asked = None
        if self._missing:
            self._asked = Request("subscribe", min(self._missing))
            self._at_server.add(self._asked.channel)
        elif self._unwanted:
            self._asked = Request("unsubscribe", min(self._unwanted))
        return self._asked

    def answered(self) -> list[Changed]:
        """The server has done what it was asked for."""
        asked, self._asked = self._asked, None
        if asked is None:
            return []
        channel = asked.channel
        wanted = channel in self.wanted
        if asked.what == "unsubscribe":
            self._at_server.discard(channel)
            return [] if wanted else [Changed(channel, "left")]
        if not wanted:  # Left meanwhile: that is asked for next.
            return []
        again, self.wanted[channel] = self.wanted[channel], True
        self._inside.add(channel)
        return [Changed(channel, "rejoined" if again else "joined")]

    def lost(self) -> list[Changed]:
        """The connection has ended, and with it what the server knew."""
        told = [Changed(channel, "lost") for channel in sorted(self._inside)]
        told += [Changed(channel, "left") for channel in sorted(self._unwanted)]
        self._inside.clear()
        self._at_server.clear()
        self._asked = None
        return told
