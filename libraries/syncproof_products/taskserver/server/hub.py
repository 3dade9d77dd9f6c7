"""Tells subscribers what has changed, each as fast as its connection takes it."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict

import msgspec
from starlette.websockets import WebSocket, WebSocketState

from syncproof_products.taskserver.core.model import Notification, Subscribe, Subscribed
from syncproof_products.taskserver.server.store import Store

#: Changes that are read at once for one subscriber: nothing is buffered for one that is slow.
_PAGE, _PAGE_BYTES = 64, 262_144
_POLICY_VIOLATION, _INTERNAL_ERROR = 1008, 1011
log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode
_subscribe = msgspec.json.Decoder(Subscribe).decode


class Hub:
    """All connections. A subscriber has a position; its changes are read from the store, in their order."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._changed: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    def changed(self, repository: str) -> None:
        """A repository has changes that were committed."""
        for event in self._changed.get(repository, ()):
            event.set()

    async def serve(self, websocket: WebSocket) -> None:
        """One connection, until either side ends it."""
        await websocket.accept()
        sending: dict[str, asyncio.Task[None]] = {}
        try:
            while (message := await websocket.receive())["type"] != "websocket.disconnect":
                text = message.get("text")
                try:
                    wanted = _subscribe(message["bytes"] if text is None else text)
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
                    await websocket.close(_POLICY_VIOLATION, str(wrong)[:100])
                    return
                if before := sending.pop(wanted.subscribe, None):
                    before.cancel()
                sending[wanted.subscribe] = asyncio.create_task(self._tell(websocket, wanted))
        finally:
            for task in sending.values():
                task.cancel()
            await asyncio.gather(*sending.values(), return_exceptions=True)

    async def _tell(self, websocket: WebSocket, wanted: Subscribe) -> None:
        repository, position, event = wanted.subscribe, wanted.after, asyncio.Event()
        self._changed[repository].add(event)
        try:
            await self._send(websocket, Subscribed(repository, self._store.head(repository)))
            while True:
                event.clear()
                while page := self._store.changes(repository, position, _PAGE, _PAGE_BYTES):
                    await self._send(websocket, Notification(repository, page))
                    position = page[-1].seq
                await event.wait()
        except Exception:
            if websocket.client_state is websocket.application_state is WebSocketState.CONNECTED:
                log.exception("cannot tell a subscriber of %r", repository)
                await websocket.close(_INTERNAL_ERROR)  # it subscribes again, and misses nothing
        finally:
            self._changed[repository].discard(event)
            if not self._changed[repository]:
                del self._changed[repository]

    async def _send(self, websocket: WebSocket, message: Subscribed | Notification) -> None:
        await websocket.send_text(_encode(message).decode())
