"""A user's browser with the list of orders: does in the page what the agent is asked for, and tells what it shows."""

from __future__ import annotations

import asyncio
import base64
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec

from syncproof_agentkit.client import Observe
from syncproof_agentkit.errors import AgentError, invalid
from syncproof_agentkit.retries import Retries
from syncproof_agentkit.without import lacks
from syncproof_agentkit.workloads.channels.client import ChannelClient, ChannelState, ChannelStore
from syncproof_agentkit.workloads.orders import NewChange
from syncproof_products.taskserver.broadcast.agent.config import Config
from syncproof_products.taskserver.page.agent import turns
from syncproof_products.taskserver.page.agent.chromium import Chromium, Observed, PageError, Row, Seen
from syncproof_products.taskserver.page.agent.signed import Order

T = TypeVar("T")

#: How often a page is read. It keeps what it showed in between.
_LOOK_S = 0.03
#: What the user is asked to do may take so long; whoever asks an agent gives up some time later.
_DONE_S = 15.0
_OPEN = "connect"
_STATES: dict[str, ChannelState] = {
    "connecting": "connecting",
    "connected": "connected",
    "reconnecting": "reconnecting",
}


class Device(ChannelClient):
    """`run` is its life; everything else tells it what is wanted. The list is one group; it shows one at a time."""

    def __init__(self, config: Config, observe: Observe) -> None:
        """Wait for its turn, and open the store. Raises StoreError."""
        folder = Path(config.directory)
        super().__init__(config.device, ChannelStore(folder), observe)
        self._turn = turns.take()
        self._browser = Chromium(folder / "browser")
        # Whatever is asked of the browser is asked by one thread.
        self._thread = ThreadPoolExecutor(1, "browser")
        self._retries = Retries(config.settings, random.Random(config.seed), observe)
        self._list, self._tabs = "", 1
        self._chosen = asyncio.Event()
        self._todo: list[tuple[Callable[[], None], asyncio.Future[None]]] = []
        self._shown: dict[int, tuple[Row, ...]] = {}
        self._refused: dict[int, int] = {}
        self._waiting = 0
        self._own: dict[str, str] = {}

    # -- what is wanted

    def subscribe(self, channel: str) -> None:
        """Show this list."""
        self._list = channel
        self._chosen.set()

    def unsubscribe(self, channel: str) -> None:  # noqa: ARG002
        """There is no other one."""
        lacks("another list")

    def follows(self, channel: str) -> bool:
        """Whether it shows that list."""
        return channel == self._list

    def publish(self, op_id: str, channel: str, body: str) -> None:  # noqa: ARG002
        """Add an order. Raises AgentError."""
        try:
            order = msgspec.json.decode(body, type=Order)
        except msgspec.DecodeError as wrong:
            raise invalid(f"Field `body` must carry `text`, `from` and `op_id`: {wrong}") from None
        self._own[order.written] = op_id
        added = self._put_to_do(lambda: self._browser.add(order.written))
        added.add_done_callback(partial(self._added, op_id, order))

    async def change(self, wanted: NewChange) -> None:
        """Change an order, or remove it. Raises AgentError for one that is not shown, or where the page does not."""
        shown = self._shown.get(1, ())
        row = next((row for row in shown if Order.read(row.text).text == wanted.order), None)
        if row is None:
            raise AgentError(404, "unknown", f"The page does not show an order {wanted.order!r}.", "no")
        if wanted.action == "remove":
            done = self._put_to_do(lambda: self._browser.remove(row.id))
        else:
            done = self._put_to_do(lambda: self._browser.change(row.id, wanted.text))
        try:
            async with asyncio.timeout(_DONE_S):
                await done
        except TimeoutError:
            raise AgentError(
                504, "timeout", f"The page has done nothing for {_DONE_S:g} s.", "maybe"
            ) from None
        except PageError as wrong:
            raise AgentError(409, "page", f"It cannot be done in the page: {wrong}", "maybe") from None

    def open_tabs(self, count: int) -> None:
        """Open so many tabs more."""
        self._tabs += count

    async def screenshot(self) -> str:
        """The first tab, as PNG in base64. Raises AgentError where there is none."""
        try:
            return base64.b64encode(await self._in_browser(self._browser.screenshot)).decode()
        except (PageError, IndexError) as wrong:
            raise AgentError(409, "offline", f"There is no page: {wrong}", "no") from None

    async def count(self, channel: str) -> int:  # noqa: ARG002
        """A page does not know."""
        lacks("counted subscribers")

    @property
    def retries_scheduled(self) -> int:
        """How many, in all."""
        return self._retries.scheduled

    # -- its life

    def joined(self) -> list[str]:
        """The list, once it is shown."""
        return [self._list] if self._shown else []

    def pending(self) -> dict[str, int]:
        """What is still to do, by kind."""
        nothing = dict.fromkeys(("uploads", "downloads", "held", "markers"), 0)
        return {**nothing, "outbox": len(self._todo) + self._waiting, "retries": len(self._retries)}

    @property
    def breaker_state(self) -> str:
        """It has none: the server has."""
        return "closed"

    def _rest(self) -> None:
        self._tell_state("disconnected", 0, "asked for")

    async def _online(self) -> None:
        while True:
            self._tell_state("connecting", 1, "")
            await self._chosen.wait()
            try:
                await self._show_list()
            except PageError as wrong:
                await self._hang_up()
                await self._retries.back_off(_OPEN, str(wrong))

    async def _show_list(self) -> None:
        """Open its tabs, do there what is wanted, and tell what they show. Raises PageError when one is gone."""
        opened = 0
        while True:
            if opened < self._tabs:
                opened += await self._open_tab()
                continue
            if self._todo:
                try:
                    await self._do(*self._todo[0])
                finally:
                    del self._todo[0]  # whatever came in between: nothing is done twice
            for tab, observed in enumerate(await self._in_browser(self._browser.read), 1):
                self._take(tab, observed)
            await asyncio.sleep(_LOOK_S)

    def _put_to_do(self, do: Callable[[], None]) -> asyncio.Future[None]:
        """Behind all else; what this answers is done with it, or has the PageError."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._todo.append((do, done))
        return done

    async def _do(self, do: Callable[[], None], done: asyncio.Future[None]) -> None:
        """What cannot be done is an answer to whoever asked for it; the page goes on.

        Whoever cancels this stops no browser: what it has begun it does, and whoever asked for it is told so.
        """
        doing = asyncio.ensure_future(self._in_browser(do))
        doing.add_done_callback(partial(_answer, done))
        await asyncio.wait([doing])
        with suppress(PageError):
            doing.result()

    def _added(self, op_id: str, order: Order, done: asyncio.Future[None]) -> None:
        if not done.cancelled() and (wrong := done.exception()):
            self._own.pop(order.written, None)
            self._observe("failed", {"op_id": op_id, "code": "page", "message": str(wrong)})

    async def _open_tab(self) -> int:
        """One more tab. Answers how many there are more then."""
        try:
            await self._in_browser(lambda: self._browser.open_tab(self.address, self._list))
        except PageError as wrong:
            self._retries.tell_failed(_OPEN, str(wrong))
            await self._retries.put_off(_OPEN, str(wrong))
            return 0
        self.reconnects += 1
        self._retries.succeeded(_OPEN)
        self._observe("attempt", {"what": _OPEN, "outcome": "ok", "reason": ""})
        return 1

    async def _hang_up(self) -> None:
        await self._in_browser(self._browser.close_tabs)
        self._shown.clear()
        self._refused.clear()
        self._tell_state("disconnected", 0, "asked for")

    async def _in_browser(self, do: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, do)

    # -- what the page shows

    def _take(self, tab: int, observed: Observed) -> None:
        for seen in observed.seen:
            self._look(tab, seen)
        if observed.messages and tab == 1:  # every tab sees them all
            self._observe("page_messages", {"count": observed.messages})

    def _look(self, tab: int, seen: Seen) -> None:
        if self._shown.get(tab) != seen.rows:
            if not self._shown:
                self._observe("group", {"group": self._list, "state": "joined"})
            self._shown[tab] = seen.rows
            rows = [(row, Order.read(row.text)) for row in seen.rows]
            told = [{"text": order.text, "op_id": order.op_id, "state": row.state} for row, order in rows]
            self._observe("page_shows", {"tab": tab, "rows": told})
            for row, order in rows:
                if row.state == "saved":
                    self._deliver(row, order)
        for text in seen.refused[self._refused.get(tab, 0) :]:
            self._observe("order_refused", {"tab": tab, "text": Order.read(text).text})
            if op_id := self._own.pop(text, ""):
                self._observe(
                    "failed", {"op_id": op_id, "code": "refused", "message": "the server refused it"}
                )
        self._refused[tab] = len(seen.refused)
        if tab == 1:
            self._waiting = seen.waiting
            self._tell_state(_STATES[seen.connection], 0, "")

    def _deliver(self, row: Row, order: Order) -> None:
        """A saved order is on the list for good: the first time that it is seen its user has got it."""
        if order.op_id:
            delivery = self._delivery(self._list, row.id, order.op_id, order.author, order.content)
            if self.store.append(delivery):
                self._tell_delivered(delivery, new=True)
        if op_id := self._own.pop(row.text, ""):
            self._observe("ack", {"op_id": op_id, "server_order": None})


def _answer(done: asyncio.Future[None], doing: asyncio.Future[None]) -> None:
    """Whoever waits for something to be done is told what came of it."""
    if done.done() or doing.cancelled():
        return
    if wrong := doing.exception():
        done.set_exception(wrong)
    else:
        done.set_result(None)
