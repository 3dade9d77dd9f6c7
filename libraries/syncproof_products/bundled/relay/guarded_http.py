"""HTTP as uvicorn speaks it, for connections that are guarded: how far a request has come goes into its `Reading`."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from syncproof_products.bundled.relay.guarded import GUARDED, Guarded

if TYPE_CHECKING:
    import asyncio

_log = logging.getLogger(__name__)
#: Between the name of a header and what it says, and behind that.
_AROUND = len(b": \r\n")
_UNREADABLE = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class HeadTooLongError(Exception):
    """A head is longer than the relay reads."""


class GuardedHttp(HttpToolsProtocol):
    """One connection. It refuses heads that are too long (431)."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Find out whose reading this is; the state of each request says it too."""
        guarded: Guarded = transport.get_extra_info(GUARDED)
        self._reading, self.app_state[GUARDED] = guarded.reading, guarded
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Let the parser read, and look what it has seen."""
        self._reading.fed(len(data))
        super().data_received(data)
        if self._reading.too_long and not self.transport.is_closing():
            self._refuse()

    def on_message_begin(self) -> None:
        """A request begins."""
        self._reading.begun()
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """A part of its target."""
        self._head(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header, or a trailer."""
        self._head(len(name) + len(value) + _AROUND)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._reading.head_whole()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._reading.body(len(body))
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._reading.whole()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """A stream is asked for. One whose request its protocol cannot read is refused, which uvicorn leaves out."""
        self._reading.handed_over()
        super().handle_websocket_upgrade()
        conversation = getattr(self.transport.get_protocol(), "conn", None)
        if conversation is not None and conversation.handshake_exc is not None:
            _log.warning("a connection ends: %s", conversation.handshake_exc)
            self.transport.write(_UNREADABLE)
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """The parser has stopped, at what it cannot read or should not."""
        if self._reading.too_long:
            self._refuse()
        else:
            super().send_400_response(msg)

    def _head(self, size: int) -> None:
        self._reading.head(size)
        if self._reading.too_long:
            raise HeadTooLongError

    def _refuse(self) -> None:
        # An answer would be taken for that to a request before this one.
        if self.cycle is None or self.cycle.response_complete:
            self.transport.write(_TOO_LONG)
        _log.warning("a connection ends: a head is too long")
        self.transport.close()
