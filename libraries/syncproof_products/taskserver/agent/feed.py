"""One WebSocket connection to the server, from the first dial until it is lost: what has changed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from syncproof_agentkit.client import Observe
from syncproof_agentkit.first_to_end import first_to_end
from syncproof_agentkit.workloads.tasks.client import FeedLost
from syncproof_agentkit.workloads.tasks.store import Repository
from syncproof_products.taskserver.agent.config import Settings
from syncproof_products.taskserver.agent.shapes import Change, Told
from syncproof_products.taskserver.agent.store import Store

_decode = msgspec.json.Decoder(Told).decode


class Feed:
    """Runs once. connected: told when the server answers. settled: told with whether every repository is caught up."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        observe: Observe,
        connected: Callable[[], None],
        settled: Callable[[bool], None],
    ) -> None:
        self._store, self._settings, self._observe = store, settings, observe
        self._connected, self._settled = connected, settled
        self._more = asyncio.Event()
        #: Repository -> the change up to which it is catching up; none where it has not been confirmed.
        self._heads: dict[str, int | None] = {}
        self._behind: set[str] = set()

    def repositories_changed(self) -> None:
        """There is another repository to watch."""
        self._more.set()

    async def run(self, address: str) -> None:
        """Connect and follow until cancelled. Raises FeedLost."""
        settings = self._settings
        try:
            async with connect(
                f"ws://{address}/ws",
                open_timeout=settings.idle_timeout_s,
                ping_interval=settings.heartbeat_s,
                ping_timeout=settings.idle_timeout_s,
                close_timeout=1.0,
                compression=None,
                proxy=None,
                max_size=1 << 20,
            ) as socket:
                self._connected()
                await first_to_end(self._subscribe(socket), self._receive(socket))
                raise FeedLost("the server has closed the connection")
        except (WebSocketException, OSError, TimeoutError, msgspec.DecodeError) as wrong:
            raise FeedLost(str(wrong) or type(wrong).__name__) from None

    async def _receive(self, socket: ClientConnection) -> None:
        async for text in socket:
            self._take(_decode(text))

    async def _subscribe(self, socket: ClientConnection) -> None:
        """To each repository behind what was delivered of it, as soon as it is watched."""
        while True:
            self._more.clear()
            new = [each for each in self._store.repositories().values() if each.name not in self._heads]
            self._behind |= {each.name for each in new}
            self._settled(not self._behind)
            for each in new:
                self._heads[each.name] = None
                await socket.send(
                    msgspec.json.encode({"subscribe": each.name, "after": each.position}).decode()
                )
            await self._more.wait()

    def _take(self, told: Told) -> None:
        if told.subscribed:
            self._confirmed(told.subscribed, told.head)
        elif told.changes:
            self._deliver(told.repository, told.changes)

    def _confirmed(self, name: str, head: int) -> None:
        known = self._known(name)
        if head < known.position:
            raise FeedLost(
                f"the server's {name!r} ends at change {head}, and {known.position} is here: it lost data"
            )
        if not known.joined:
            self._store.put_joined(name)
            self._observe("group", {"group": name, "state": "joined"})
        self._heads[name] = head
        self._tell_catch_up(name, "started", known.position, 0)
        self._look_if_caught_up(name, known.position)

    def _known(self, name: str) -> Repository[int]:
        if name not in self._heads:
            raise FeedLost(f"the server tells of {name!r}, which was not asked for")
        return self._store.repositories()[name]

    def _deliver(self, name: str, changes: list[Change]) -> None:
        """Commit changes that come next. Raises FeedLost for others: what is missing is fetched anew."""
        position, head = self._known(name).position, self._heads.get(name) or 0
        for expected, change in enumerate(changes, position + 1):
            if change.seq != expected:
                raise FeedLost(f"change {change.seq} of {name!r} came behind change {expected - 1}")
        path = "catchup" if changes[-1].seq <= head else "live"
        for n in self._store.deliver(name, changes, path, time.monotonic_ns()):
            self._observe("deliver", {"n": n})
        if name in self._behind:
            self._tell_catch_up(name, "page", position, len(changes))
            self._look_if_caught_up(name, changes[-1].seq)

    def _look_if_caught_up(self, name: str, position: int) -> None:
        if position >= (self._heads[name] or 0):
            self._behind.discard(name)
            self._tell_catch_up(name, "ended", position, 0)
            self._settled(not self._behind)

    def _tell_catch_up(self, name: str, state: str, after: int, got: int) -> None:
        told = {"group": name, "state": state, "after": after, "got": got, "head": self._heads[name] or 0}
        self._observe("catchup", {**told, "reason": "connected"})
