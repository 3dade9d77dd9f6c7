"""The broadcast of one instance, as a part of its server: paths, connections and status codes."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import itertools
import logging
import secrets
from collections import deque
from collections.abc import Sequence

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from syncproof_products.taskserver.broadcast.hub import Action, Drop, Hub, Send
from syncproof_products.taskserver.broadcast.messages import Event, Publish
from syncproof_products.taskserver.broadcast.redis import RedisBroker, Unpublished
from syncproof_products.taskserver.core.model import Refusal
from syncproof_products.taskserver.server.app import client_of

#: What may wait for one client that is slow, in characters; how long an event may be, in bytes.
_MOST_WAITING, _LONGEST_EVENT = 2_000_000, 100_000
_TRY_AGAIN_LATER = 1013
log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode
_publish = msgspec.json.Decoder(Publish).decode


class _Outbox:
    """What waits for one client. It is dropped where that becomes too much: nobody else waits for it."""

    def __init__(self) -> None:
        self._texts: deque[str] = deque()
        self._size = 0
        self._something = asyncio.Event()
        #: Code and reason with which the connection is to be closed.
        self.end: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()

    def put(self, text: str) -> None:
        if self._size + len(text) > _MOST_WAITING:
            self.close(_TRY_AGAIN_LATER, "too slow: connect again")
            return
        self._texts.append(text)
        self._size += len(text)
        self._something.set()

    def close(self, code: int, reason: str) -> None:
        if not self.end.done():
            self.end.set_result((code, reason[:100]))

    async def send_all(self, websocket: WebSocket) -> None:
        """Until it is cancelled, or the connection ends."""
        while True:
            while self._texts:
                text = self._texts.popleft()
                self._size -= len(text)
                await websocket.send_text(text)
            self._something.clear()
            await self._something.wait()


class Broadcast:
    """One instance. redis: host:port of what joins it with others, "" for nothing: it is alone then.

    prefix: see `RedisBroker`. heartbeat_s: after how long without an answer Redis is given up.
    """

    def __init__(self, redis: str, prefix: str, heartbeat_s: float) -> None:
        self._hub = Hub(_epoch())
        self._outboxes: dict[int, _Outbox] = {}
        self._numbers = itertools.count(1)
        self._broker = (
            RedisBroker(redis, prefix, heartbeat_s, self._happened, self._missed) if redis else None
        )

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """Its endpoints."""
        return (
            WebSocketRoute("/ws/broadcast", self._serve),
            Route("/broadcast", self._publish, methods=["POST"]),
            Route("/broadcast/health", self._health),
            Route("/broadcast/channels/{channel:path}", self._count),
        )

    async def start(self) -> None:
        """Join the others."""
        if self._broker is not None:
            await self._broker.start()

    async def close(self) -> None:
        """Leave them."""
        if self._broker is not None:
            await self._broker.close()

    async def publish(self, event: Event) -> None:
        """Tell an event to the subscribers of every instance. Raises Unpublished where it may not have gone out."""
        if self._broker is None:
            self._happened(event)
        else:
            await self._broker.publish(event)

    # -- HTTP

    async def _publish(self, request: Request) -> Response:
        """200 once Redis has handed the event to at least one instance: 503 where it did not, or may not have."""
        content = bytearray()
        try:
            async for piece in request.stream():
                content += piece
                if len(content) > _LONGEST_EVENT:
                    return _refusal(413, "too_large", f"An event may have {_LONGEST_EVENT} bytes.")
            asked = _publish(bytes(content))
        except ClientDisconnect:
            return _refusal(400, "incomplete", "The connection ended before the request did.")
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
            return _refusal(422, "invalid", f"The content is no event: {wrong}")
        event = Event(asked.channel, asked.event, asked.payload, _id_of(request, asked.channel))
        try:
            await self.publish(event)
        except Unpublished as wrong:
            return _refusal(503, "unpublished", f"{wrong}. Send it again, with the same Idempotency-Key.")
        return _reply({"channel": event.channel, "id": event.id})

    async def _count(self, request: Request) -> Response:
        channel = request.path_params["channel"]
        return _reply({"channel": channel, "subscribers": self._hub.subscribers(channel)})

    async def _health(self, _: Request) -> Response:
        trouble = self._broker.trouble if self._broker is not None else ""
        status = {"status": "cut off" if trouble else "ok", "reason": trouble, "clients": self._hub.clients}
        return _reply(status, 503 if trouble else 200)

    # -- WebSocket

    async def _serve(self, websocket: WebSocket) -> None:
        """One connection, until either side ends it."""
        await websocket.accept()
        client, outbox = next(self._numbers), _Outbox()
        self._outboxes[client] = outbox
        self._hub.connected(client)
        sending = asyncio.create_task(self._send(websocket, outbox))
        receiving = asyncio.create_task(self._receive(websocket, client))
        try:
            await asyncio.wait((receiving, outbox.end), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._hub.disconnected(client)
            del self._outboxes[client]
            for task in (sending, receiving):
                task.cancel()
            _, received = await asyncio.gather(sending, receiving, return_exceptions=True)
        if outbox.end.done():
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # it has ended by itself meanwhile
                await websocket.close(*outbox.end.result())
        if isinstance(received, Exception):
            raise received

    async def _receive(self, websocket: WebSocket, client: int) -> None:
        with contextlib.suppress(WebSocketDisconnect):
            while (message := await websocket.receive())["type"] != "websocket.disconnect":
                said = message.get("text")
                self._do(self._hub.received(client, message["bytes"] if said is None else said))

    async def _send(self, websocket: WebSocket, outbox: _Outbox) -> None:
        # A connection that ends while something is sent ends `_receive` as well.
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await outbox.send_all(websocket)

    # -- the hub

    def _happened(self, event: Event) -> None:
        self._do(self._hub.happened(event))

    def _missed(self) -> None:
        self._do(self._hub.missed(_epoch()))

    def _do(self, actions: Sequence[Action]) -> None:
        for action in actions:
            match action:
                case Send(client, text):
                    self._outboxes[client].put(text)
                case Drop(client, code, reason):
                    self._outboxes[client].close(code, reason)


def _id_of(request: Request, channel: str) -> str:
    """The same whenever a client sends an event again under its key, which says nothing on another channel."""
    key = request.headers.get("idempotency-key")
    if not key:
        return secrets.token_hex(16)
    return hashlib.sha256("\n".join((client_of(request), channel, key)).encode()).hexdigest()[:32]


def _epoch() -> str:
    return secrets.token_hex(8)


def _reply(content: object, status: int = 200) -> Response:
    return Response(_encode(content), status, media_type="application/json")


def _refusal(status: int, code: str, message: str) -> Response:
    return _reply(Refusal(code, message), status)
