"""What becomes of one frame of a secured connection. Pure.

A frame is four bytes of length and its content. What stands in the content belongs to whoever changes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

LENGTH_BYTES = 4

Stream = Literal["upstream", "downstream"]


def framed(content: bytes) -> bytes:
    """A frame around it, however long it is."""
    return len(content).to_bytes(LENGTH_BYTES, "big") + content


@dataclass(frozen=True)
class Change:
    """What becomes of frame `number` (from 1) of a stream.

    edit: answers the contents of the frames that go on instead. waits: it goes on only behind the frame that follows.
    """

    stream: Stream
    number: int
    edit: Callable[[bytes], list[bytes]]
    waits: bool = False


class Claim(Protocol):
    """The right to make a change, which one connection has at a time."""

    def take(self) -> bool:
        """Whether this connection makes the change, now that it has such a frame."""

    def made(self) -> None:
        """The frame has been changed, and goes on so."""


class Frames:
    """One direction of one connection: cuts what comes into frames, and answers what goes on.

    change: what to do, or None for nothing in this direction. claim: taken when the frame is there. What does not begin
    like a frame passes as it is.
    """

    def __init__(self, change: Change | None, claim: Claim) -> None:
        self._change, self._claim = change, claim
        self._waiting = bytearray()
        self._held: list[bytes] = []
        self._number = 0
        self._plain: bool | None = None

    def feed(self, data: bytes) -> bytes:
        """What goes on now. Raises what `edit` raises: the change is not made then."""
        if self._plain is None:
            self._plain = data[:1] != b"\0"
        if self._plain or self._change is None:
            return data
        self._waiting += data
        passed = bytearray()
        while (content := self._next()) is not None:
            passed += self._pass(self._change, content)
        return bytes(passed)

    def _next(self) -> bytes | None:
        if len(self._waiting) < LENGTH_BYTES:
            return None
        end = LENGTH_BYTES + int.from_bytes(self._waiting[:LENGTH_BYTES], "big")
        if len(self._waiting) < end:
            return None
        content = bytes(self._waiting[LENGTH_BYTES:end])
        del self._waiting[:end]
        return content

    def _pass(self, change: Change, content: bytes) -> bytes:
        self._number += 1
        if self._number == change.number and self._claim.take():
            contents = change.edit(content)
            if change.waits:
                self._held = contents
                return b""
            if contents != [content]:
                self._claim.made()
            return b"".join(map(framed, contents))
        held, self._held = self._held, []
        if held:
            self._claim.made()
        return b"".join(map(framed, [content, *held]))
