"""The live stream: frames of the core to a WebSocket, as fast as the link takes them."""

from __future__ import annotations

import asyncio
import time
from collections import deque

from starlette.websockets import WebSocket, WebSocketDisconnect

from syncproof_products.bundled.core.relay.rate import Buckets
from syncproof_products.bundled.core.wire import Frame, Live, Refused
from syncproof_products.bundled.relay.node import Node
from syncproof_products.bundled.relay.replies import UNAUTHORIZED, refusal
from syncproof_products.bundled.relay.tokens import Tokens
from syncproof_products.bundled.wire_json import encode_frame

_TRY_AGAIN_LATER = 1013
_CLOSE_S = 1.0


class LiveApp:
    """Serves /live to registered devices."""

    def __init__(self, node: Node, tokens: Tokens, opened: Buckets) -> None:
        self._node = node
        self._opened = opened
        self._tokens = tokens
        self._encoder = FrameEncoder()

    async def serve(self, websocket: WebSocket) -> None:
        """One live stream, until either side ends it."""
        authorization = websocket.headers.get("authorization", "").encode("latin-1")
        device = self._tokens.device(authorization)
        if device is None:
            await websocket.send_denial_response(refusal(UNAUTHORIZED))
            return
        websocket.state.device = device
        now = time.monotonic()
        if delay := self._opened.delay(now, device):
            message = f"{device} opens live streams too often"
            await websocket.send_denial_response(refusal(Refused(429, "too_many_streams", message, delay)))
            return
        self._opened.take(now, device, 1)
        await websocket.accept()
        sink = Sink(self._encoder)
        stream_id = self._node.subscribe(device, sink)
        parts = [
            asyncio.ensure_future(self._send(websocket, sink, stream_id)),
            asyncio.ensure_future(_until_disconnected(websocket)),
            asyncio.ensure_future(sink.closed.wait()),
        ]
        try:
            await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)
            self._node.unsubscribe(stream_id)
        if sink.closed.is_set():
            await _close(websocket, sink.reason)

    async def _send(self, websocket: WebSocket, sink: Sink, stream_id: int) -> None:
        while True:
            message = await sink.get()
            await websocket.send_text(message)
            self._node.frames_sent(stream_id, 1)


class FrameEncoder:
    """Encodes a frame once for all the streams that it goes to one after the other."""

    def __init__(self) -> None:
        self._frame: Frame | None = None
        self._text = ""

    def encode(self, frame: Frame) -> str:
        """The frame as text."""
        if not isinstance(frame, Live):
            return encode_frame(frame)
        if frame is not self._frame:
            self._frame, self._text = frame, encode_frame(frame)
        return self._text


class Sink:
    """What the core has queued on one stream. The core bounds it: it knows what has left."""

    def __init__(self, encoder: FrameEncoder) -> None:
        self._encoder = encoder
        self._frames: deque[str] = deque()
        self._there = asyncio.Event()
        self.closed = asyncio.Event()
        self.reason = ""

    def put(self, frame: Frame) -> None:
        """Queue a frame."""
        self._frames.append(self._encoder.encode(frame))
        self._there.set()

    def close(self, reason: str) -> None:
        """End the stream."""
        self._frames.clear()
        self.reason = reason
        self.closed.set()

    async def get(self) -> str:
        """The oldest frame, once there is one."""
        while not self._frames:
            self._there.clear()
            await self._there.wait()
        return self._frames.popleft()


async def _until_disconnected(websocket: WebSocket) -> None:
    """Devices have nothing to say on this stream; what one says is read and dropped."""
    while (await websocket.receive())["type"] != "websocket.disconnect":
        pass


async def _close(websocket: WebSocket, reason: str) -> None:
    try:
        # A peer that takes nothing does not take a close either: the connection is dropped then.
        await asyncio.wait_for(websocket.close(_TRY_AGAIN_LATER, reason), _CLOSE_S)
    except (TimeoutError, WebSocketDisconnect, RuntimeError):
        return
