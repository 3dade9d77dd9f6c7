"""The device's end of the relay's WebSocket: whole text messages, and pings that measure round trips."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress

import httpcore
from websockets.client import ClientProtocol
from websockets.exceptions import InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

from syncproof_products.bundled.device.connection import SOCKET_OPTIONS, LinkError, link_errors

_MAX_MESSAGE_BYTES = 16 * 1024 * 1024
_READ_BYTES = 64 * 1024

OnMessage = Callable[[bytes], None]
OnBytes = Callable[[], None]
OnPong = Callable[[int], None]
OnDown = Callable[[LinkError], None]

log = logging.getLogger(__name__)


class StreamRefusedError(LinkError):
    """The relay answered the handshake with an HTTP status other than 101."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__("refused", message)
        self.status = status


class LiveStream:
    """One WebSocket over one TCP connection.

    on_message gets each text message, and may raise LinkError for one that makes no sense; on_bytes is called whenever
    something arrived, whole message or not; on_pong gets the number of each ping that was answered; on_down is called
    once, if the stream ends and not by `drop`.
    """

    def __init__(
        self,
        connection: httpcore.AsyncNetworkStream,
        protocol: ClientProtocol,
        on_message: OnMessage,
        on_pong: OnPong,
    ) -> None:
        self._connection, self._protocol = connection, protocol
        self._on_message, self._on_pong = on_message, on_pong
        self._sending = asyncio.Lock()
        self._parts: list[bytes] = []
        self._reading: asyncio.Task[None] | None = None

    async def handshake(self, headers: Mapping[str, str], patience_s: float) -> None:
        """Become a WebSocket; a link that is silent for `patience_s` seconds is given up.

        Raises LinkError (StreamRefusedError where the relay said no), and what httpcore raises.
        """
        request = self._protocol.connect()
        for name, value in headers.items():
            request.headers[name] = value
        self._protocol.send_request(request)
        await self._answer(patience_s)
        while self._protocol.state is State.CONNECTING:
            await self._receive(patience_s)
            refusal = self._protocol.handshake_exc
            if isinstance(refusal, InvalidStatus):
                status = refusal.response.status_code
                body = (refusal.response.body or b"").decode("utf-8", "replace")
                raise StreamRefusedError(status, f"the relay answered {status}: {body}")
            if refusal is not None:
                raise LinkError("malformed", f"handshake: {refusal}")

    def start(self, host: str, port: int, on_bytes: OnBytes, on_down: OnDown) -> None:
        """Begin to read; nothing is called before the caller waits for something."""

        async def read() -> None:
            try:
                with link_errors(host, port, 0.0):
                    await self._read(on_bytes)
            except LinkError as error:
                on_down(error)
            except Exception as error:
                log.exception("what the relay sent could not be taken in")
                on_down(LinkError("malformed", str(error)))
            finally:
                await self._connection.aclose()

        self._reading = asyncio.get_running_loop().create_task(read())

    def drop(self) -> None:
        """End the stream at once; on_down is not called."""
        if self._reading is not None:
            self._reading.cancel()

    async def ping(self, number: int) -> None:
        """Ask for an answer at once. A stream that is broken says so by itself, to who reads it."""
        self._protocol.send_ping(str(number).encode())
        with suppress(httpcore.NetworkError, httpcore.TimeoutException):
            await self._answer(None)

    def received(self, data: bytes) -> None:
        """Let the protocol parse."""
        self._protocol.receive_data(data)

    async def _read(self, on_bytes: OnBytes) -> None:
        while True:
            for event in self._protocol.events_received():
                if isinstance(event, Frame):
                    self._frame(event)
            if self._protocol.parser_exc is not None:
                raise LinkError("malformed", f"frame: {self._protocol.parser_exc}")
            await self._receive(None)
            on_bytes()

    async def _receive(self, patience_s: float | None) -> None:
        data = await self._connection.read(_READ_BYTES, patience_s)
        if not data:
            raise LinkError("closed", "the other side closed the connection")
        self.received(data)
        await self._answer(patience_s)

    def _frame(self, frame: Frame) -> None:
        if frame.opcode in (Opcode.TEXT, Opcode.CONT):
            self._parts.append(bytes(frame.data))
            if frame.fin:
                message = b"".join(self._parts)
                self._parts = []
                self._on_message(message)
        elif frame.opcode is Opcode.PONG:
            self._on_pong(int(frame.data))
        elif frame.opcode is Opcode.CLOSE:
            reason = self._protocol.close_reason or "no reason given"
            raise LinkError("closed", f"the relay closed the stream: {reason}")

    async def _answer(self, patience_s: float | None) -> None:
        async with self._sending:
            for data in self._protocol.data_to_send():
                if data:
                    await self._connection.write(data, patience_s)


async def open_stream(
    network: httpcore.AsyncNetworkBackend,
    host: str,
    port: int,
    path: str,
    headers: Mapping[str, str],
    *,
    patience_s: float,
    on_message: OnMessage,
    on_bytes: OnBytes,
    on_pong: OnPong,
    on_down: OnDown,
) -> LiveStream:
    """Connect and shake hands. Raises LinkError; on_down is only called for a stream that was handed out."""
    protocol = ClientProtocol(parse_uri(f"ws://{host}:{port}{path}"), max_size=_MAX_MESSAGE_BYTES)
    with link_errors(host, port, patience_s):
        connection = await network.connect_tcp(host, port, patience_s, socket_options=SOCKET_OPTIONS)
        stream = LiveStream(connection, protocol, on_message, on_pong)
        try:
            await stream.handshake(headers, patience_s)
        except BaseException:
            await connection.aclose()
            raise
    stream.start(host, port, on_bytes, on_down)
    return stream
