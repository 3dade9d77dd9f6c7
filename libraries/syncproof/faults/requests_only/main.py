"""The web proxy as a process: `run(config, ready)`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path

from syncproof.faults.passing_on import Answered, Change, Connection, pass_on

#: In its folder, as soon as a WebSocket was refused, or a connection in which nobody can see what there is.
REFUSED = "refused"
_END = b"\r\n\r\n"
#: How TLS begins (RFC 8446, 5.1).
_HANDSHAKE = b"\x16"
#: Longer heads than that are no request's.
_MOST_BYTES = 65536
_REPLY = b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


def run(config: Mapping[str, object], ready: Callable[[Mapping[str, object]], None]) -> None:
    """Pass on everything but connections that begin with a request for a WebSocket, or with TLS, until SIGTERM.

    config: as for `pass_on`, and directory: where a file says that one was refused. ready: called with host and port
    once it serves.
    """
    refused = Path(str(config["directory"])) / REFUSED

    def connection() -> Connection:
        return nullcontext((requests_only(refused.touch), bytes))

    asyncio.run(pass_on(config, ready, connection))


def requests_only(refused: Callable[[], None]) -> Change:
    """What one connection may say: the first request decides.

    refused: called before a WebSocket, or TLS, is refused.
    """
    head = bytearray()
    decided = False

    def change(data: bytes) -> bytes:
        nonlocal decided
        if decided:
            return data
        head.extend(data)
        if head.startswith(_HANDSHAKE):
            refused()
            raise Answered(_REPLY)
        if _END not in head and len(head) < _MOST_BYTES:
            return b""
        decided = True
        if _wants_a_websocket(bytes(head)):
            refused()
            raise Answered(_REPLY)
        return bytes(head)

    return change


def _wants_a_websocket(said: bytes) -> bool:
    """Source: RFC 6455, section 4.1."""
    lines = said.partition(_END)[0].lower().split(b"\r\n")
    fields = dict(line.partition(b":")[::2] for line in lines[1:])
    return fields.get(b"upgrade", b"").strip() == b"websocket"
