"""The requests of one connection, as far as a man in the middle of client and server must understand them."""

from __future__ import annotations

from collections.abc import Callable

#: Answers the body that goes on in the place of one, by method and path; None for one that it does not want to see.
Rewrite = Callable[[str, str], "Callable[[bytes], bytes] | None"]
_END = b"\r\n\r\n"


class Requests:
    """HTTP/1.1 with Content-Length, one request behind the other, then whatever follows an `Upgrade`.

    Bodies that nobody wants to see pass as they come, however long they are.
    """

    def __init__(self, rewrite: Rewrite) -> None:
        self._rewrite = rewrite
        self._waiting = b""
        self._passing = 0
        self._upgraded = False

    def feed(self, data: bytes) -> bytes:
        """What goes on to the server, now that this came."""
        self._waiting += data
        on = b""
        while self._waiting:
            piece = self._next()
            if piece is None:
                break
            on += piece
        return on

    def _next(self) -> bytes | None:
        """The next piece that can go on; None before there is one."""
        if self._upgraded:
            return self._take(len(self._waiting))
        if self._passing:
            piece = self._take(min(self._passing, len(self._waiting)))
            self._passing -= len(piece)
            return piece
        end = self._waiting.find(_END)
        if end < 0:
            return None
        start, *fields = self._waiting[:end].decode("latin-1").split("\r\n")
        values = {
            name.strip().lower(): value.strip() for name, _, value in (f.partition(":") for f in fields)
        }
        size = int(values.get("content-length", 0))
        method, path, _ = start.split(" ", 2)
        change = self._rewrite(method, path)
        if change is None:
            self._upgraded = "upgrade" in values
            self._passing = size
            return self._take(end + len(_END))
        if len(self._waiting) < end + len(_END) + size:
            return None
        self._take(end + len(_END))
        body = change(self._take(size))
        kept = [line for line in fields if not line.lower().startswith("content-length:")]
        return "\r\n".join([start, *kept, f"content-length: {len(body)}", "", ""]).encode("latin-1") + body

    def _take(self, size: int) -> bytes:
        piece, self._waiting = self._waiting[:size], self._waiting[size:]
        return piece
