"""A peer that answers, one byte a second: its connections live, and nothing comes of them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from syncproof_products.peers.agent.device import Device
from syncproof_products.peers.core.actions import Action
from syncproof_products.peers.core.messages import Message, Pull, Want
from syncproof_products.peers.hostile.habit import Habit, program

_EVERY_S = 1.0
#: What its answers begin with, as they are encoded.
_ANSWERS = (b"\xa3ops", b"\xa5block")
#: First bytes of frames (RFC 6455, 5.2), each of one byte: the first, one in between, the last.
_FIRST, _NEXT, _LAST = b"\x02\x01", b"\x00\x01", b"\x80\x01"
_WHOLE_MESSAGE = 0x82


class Trickling(Habit):
    """Whoever asks it for something gets the answer byte by byte."""

    def received(self, peer: str, message: Message) -> list[Action]:
        """As a peer answers: how slowly is the matter of its connections."""
        self.harm += isinstance(message, (Pull, Want))
        return super().received(peer, message)


class Trickle:
    """A transport that sends an answer as a message of many frames, one a second; pongs pass between them."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport, self._every_s = transport, _EVERY_S
        self._waiting: deque[bytes] = deque()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Each call is one frame, or no frame of a WebSocket at all."""
        answer = any(word in data[:24] for word in _ANSWERS)
        if data[:1] and data[0] == _WHOLE_MESSAGE and (answer or self._waiting):
            idle = not self._waiting
            self._waiting.extend(_frames(_payload(data)))
            if idle:
                self._send_one()
        else:
            self._transport.write(data)

    def _send_one(self) -> None:
        if self._waiting and not self._transport.is_closing():
            self._transport.write(self._waiting[0])
            self._waiting.popleft()
            asyncio.get_running_loop().call_later(self._every_s, self._send_one)


def _payload(frame: bytes) -> bytes:
    """Of an unmasked frame."""
    length = frame[1]
    return frame[{126: 4, 127: 10}.get(length, 2) :]


def _frames(message: bytes) -> list[bytes]:
    heads = [_FIRST, *[_NEXT] * (len(message) - 2), _LAST]
    return [head + message[n : n + 1] for n, head in enumerate(heads)]


class _Connection(asyncio.Protocol):
    """What serves HTTP, and writes through a trickle."""

    def __init__(self, make: Callable[[], asyncio.Protocol]) -> None:
        self._inner = make()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._inner.connection_made(Trickle(transport))  # type: ignore[arg-type]

    def data_received(self, data: bytes) -> None:
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()


class _Device(Device):
    """Its connections trickle, as far as others dial them."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.connections._server._wrapped = _Connection


PROGRAM = program(__name__, "Run a peer that sends one byte a second.", Trickling, _Device)
run = PROGRAM.run
