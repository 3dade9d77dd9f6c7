"""The device's end of the relay's WebSocket: whole text messages, no pings of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidHandshake, InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.uri import parse_uri

from syncproof_products.bundled.device.connection import Connection, LinkError, connect
from syncproof_products.bundled.device.flow import Flow

_MAX_MESSAGE_BYTES = 16 * 1024 * 1024

OnMessage = Callable[[bytes], None]
OnBytes = Callable[[], None]
OnDown = Callable[[LinkError], None]


class StreamRefusedError(LinkError):
    """The relay answered the handshake with an HTTP status other than 101."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__("refused", message)
        self.status = status


class LiveStream(Connection):
    """One WebSocket over one TCP connection.

    on_message gets each text message; on_bytes is called whenever something arrived, whole message or not;
    on_down is called once, if the stream ends after it was up and not by `close`.
    """

    def __init__(
        self,
        flow: Flow,
        url: str,
        headers: Mapping[str, str],
        on_message: OnMessage,
        on_bytes: OnBytes,
        on_down: OnDown,
    ) -> None:
        super().__init__(flow)
        self._protocol = ClientProtocol(parse_uri(url), max_size=_MAX_MESSAGE_BYTES)
        self._headers = headers
        self._on_message = on_message
        self._on_bytes = on_bytes
        self._on_down = on_down
        self._parts: list[bytes] = []
        self._up: asyncio.Future[None] = self._loop.create_future()
        self._ended = False

    async def handshake(self, patience_s: float) -> None:
        """Become a WebSocket; a link that is silent for `patience_s` seconds is given up.

        Raises:
            LinkError: (StreamRefusedError where the relay said no).
        """
        request = self._protocol.connect()
        for name, value in self._headers.items():
            request.headers[name] = value
        self._protocol.send_request(request)
        try:
            for data in self._protocol.data_to_send():
                await self.send(data)
            while not self._up.done():
                left = patience_s - self.silent_s()
                if left <= 0:
                    raise LinkError("timeout", f"no answer to the handshake for {patience_s:g} s")
                await asyncio.wait([self._up], timeout=left)
            self._up.result()
        except BaseException:
            self.drop()
            if self._up.done() and not self._up.cancelled():
                self._up.exception()
            raise

    def drop(self) -> None:
        """End the stream at once; on_down is not called."""
        self._ended = True
        self.close()

    def received(self, data: bytes) -> None:
        """Let the protocol parse; answer what it wants answered."""
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Response):
                self._handshaken()
            elif isinstance(event, Frame):
                self._frame(event)
        self._answer()
        if not self._ended:
            self._on_bytes()

    def lost(self, error: LinkError) -> None:
        """Say so once."""
        self._end(error)

    def _handshaken(self) -> None:
        refusal = self._protocol.handshake_exc
        if refusal is None:
            self._up.set_result(None)
        elif isinstance(refusal, InvalidStatus):
            status = refusal.response.status_code
            body = (refusal.response.body or b"").decode("utf-8", "replace")
            self._up.set_exception(StreamRefusedError(status, f"the relay answered {status}: {body}"))
        else:
            self._up.set_exception(LinkError("malformed", str(refusal)))

    def _frame(self, frame: Frame) -> None:
        if frame.opcode in (Opcode.TEXT, Opcode.CONT):
            self._parts.append(bytes(frame.data))
            if frame.fin:
                message = b"".join(self._parts)
                self._parts = []
                if not self._ended:
                    self._on_message(message)
        elif frame.opcode is Opcode.CLOSE:
            reason = self._protocol.close_reason or "no reason given"
            self._end(LinkError("closed", f"the relay closed the stream: {reason}"))

    def _answer(self) -> None:
        for data in self._protocol.data_to_send():
            if self._transport is None or self._transport.is_closing():
                return
            if data:
                self._transport.write(data)
            else:
                self._transport.close()
        failure = self._protocol.parser_exc
        if failure is not None:
            kind = "handshake" if isinstance(failure, InvalidHandshake) else "frame"
            self._end(LinkError("malformed", f"{kind}: {failure}"))

    def _end(self, error: LinkError) -> None:
        if not self._up.done():
            self._up.set_exception(error)
            self._ended = True
        if not self._ended:
            self._ended = True
            self._on_down(error)
        self.close()


async def open_stream(
    host: str,
    port: int,
    path: str,
    headers: Mapping[str, str],
    *,
    flow: Flow,
    patience_s: float,
    on_message: OnMessage,
    on_bytes: OnBytes,
    on_down: OnDown,
) -> LiveStream:
    """Connect and shake hands. Raises LinkError; on_down is only called for a stream that was handed out."""
    url = f"ws://{host}:{port}{path}"
    stream = await connect(
        lambda: LiveStream(flow, url, headers, on_message, on_bytes, on_down), host, port, patience_s
    )
    await stream.handshake(patience_s)
    return stream
