"""A realtime connection of PocketBase: a stream of events, and requests that say what it is to be told of."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager

import httpx
import msgspec

from syncproof_agentkit.workloads.tasks.client import FeedLost
from syncproof_products.pocketbase.agent.event_stream import EventStream, Message
from syncproof_products.pocketbase.agent.records import Task

_PATH = "/api/realtime"
_CONNECTED = "PB_CONNECT"


class _Told(msgspec.Struct, frozen=True):
    record: Task


class _Connected(msgspec.Struct, frozen=True):
    clientId: str  # noqa: N815 - PocketBase's word


class Realtime:
    """One connection, from when PocketBase has given it an id."""

    def __init__(self, http: httpx.AsyncClient, messages: AsyncIterator[Message], client_id: str) -> None:
        self._http, self._messages, self._id = http, messages, client_id

    async def subscribe(self, topics: Sequence[str]) -> None:
        """Be told of these and nothing else. Raises FeedLost."""
        answered = await self._http.post(_PATH, json={"clientId": self._id, "subscriptions": topics})
        if answered.status_code != 204:
            raise FeedLost(f"status {answered.status_code} to its subscriptions: {answered.text[:200]}")

    async def changed(self) -> AsyncIterator[Task]:
        """Tasks as it is told of them, until it ends."""
        async for message in self._messages:
            yield msgspec.json.decode(message.data, type=_Told).record


@asynccontextmanager
async def realtime(http: httpx.AsyncClient, longest_silence: float) -> AsyncGenerator[Realtime]:
    """Connect. longest_silence: seconds after which a connection that says nothing is lost.

    Raises FeedLost, also for whatever goes wrong within.
    """
    timeout = httpx.Timeout(http.timeout.connect, read=longest_silence, pool=None)
    try:
        async with (
            http.stream("GET", _PATH, timeout=timeout, headers={"Accept": "text/event-stream"}) as answered,
            aclosing(_messages(answered)) as messages,
        ):
            if answered.status_code != 200:
                raise FeedLost(f"status {answered.status_code} to a realtime connection")
            first = await anext(messages, None)
            if first is None or first.name != _CONNECTED:
                raise FeedLost("the realtime connection has no id")
            connected = msgspec.json.decode(first.data, type=_Connected)
            yield Realtime(http, messages, connected.clientId)
    except (httpx.TransportError, msgspec.DecodeError) as wrong:
        raise FeedLost(str(wrong) or type(wrong).__name__) from None


async def _messages(answered: httpx.Response) -> AsyncGenerator[Message]:
    stream = EventStream()
    async for chunk in answered.aiter_raw():
        for message in stream.take(chunk):
            yield message
