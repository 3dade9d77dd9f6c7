"""One direction of a connection that becomes a WebSocket: which of its messages pass once more, and when. Pure.

When that is wanted, all messages pass once more, the last first: what was replaced comes behind what has replaced it.
That happens once in a connection: what is said to it is not said again. A message is a frame of its own
(RFC 6455, section 5.2). The first one is a greeting, as a rule, and passes once: a second one would tell that somebody
is there. Whatever is compressed or comes in several frames passes once, too.
"""

from __future__ import annotations

from collections.abc import Callable

_END = b"\r\n\r\n"
_WHOLE_TEXT, _WHOLE_BINARY = 0x81, 0x82
_MASKED = 0x80


class Frames:
    """What goes on of what comes.

    wanted: whether they shall pass once more now, behind what comes next, like a ping. replayed: called when they do.
    """

    def __init__(self, wanted: Callable[[], bool], replayed: Callable[[], None]) -> None:
        self._wanted, self._replayed = wanted, replayed
        self._waiting = bytearray()
        #: None until the heads have passed: whether it has become a WebSocket.
        self._upgraded: bool | None = None
        self._greeted = self._done = False
        self._kept: list[bytes] = []

    def feed(self, data: bytes) -> bytes:
        """What goes on now that this came."""
        self._waiting += data
        passed = bytearray()
        if self._upgraded is None:
            passed += self._head()
        if self._upgraded is False:
            passed += self._take(len(self._waiting))
        while self._upgraded and (size := self._size()) is not None:
            frame = self._take(size)
            passed += frame
            if frame[0] in (_WHOLE_TEXT, _WHOLE_BINARY):
                if self._greeted:
                    self._kept.append(frame)
                self._greeted = True
        if passed and self._kept and not self._done and self._wanted():
            self._replayed()
            passed += b"".join(reversed(self._kept))
            self._done = True
        return bytes(passed)

    def _head(self) -> bytes:
        """The request for a WebSocket, or the answer to it; b"" before it is whole."""
        end = self._waiting.find(_END)
        if end < 0:
            return b""
        head = self._take(end + len(_END))
        self._upgraded = b"\r\nupgrade: websocket\r\n" in head.lower()
        return head

    def _size(self) -> int | None:
        """Of the next frame, with what stands before it; None before it is whole."""
        data = self._waiting
        if len(data) < 2:
            return None
        short, head = data[1] & 0x7F, 2
        more = {126: 2, 127: 8}.get(short, 0)
        if len(data) < head + more:
            return None
        size = int.from_bytes(data[head : head + more], "big") if more else short
        whole = head + more + (4 if data[1] & _MASKED else 0) + size
        return whole if len(data) >= whole else None

    def _take(self, size: int) -> bytes:
        piece = bytes(self._waiting[:size])
        del self._waiting[:size]
        return piece
