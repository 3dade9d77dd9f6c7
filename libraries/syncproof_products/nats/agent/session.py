"""One connection to the server, from the first dial until it is lost: each group's messages out and in."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Any

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.errors import APIError

from syncproof_agentkit.client import Observe
from syncproof_agentkit.requests import op_id_inside
from syncproof_products.nats.agent import streams
from syncproof_products.nats.agent.config import Settings
from syncproof_products.nats.agent.store import Message, Operation, Store

#: How long a connection may take to say goodbye, seconds. A dead one never does.
_GOODBYE_S = 1.0
#: A ping may wait so long behind what is on its way: the watch decides, seconds.
_PATIENCE_S = 86_400


class SessionLost(Exception):
    """The connection cannot go on; the message says why."""


class Session:
    """Runs once. counted: what it counts on in.

    connected: told when the server answers. settled: told with whether every group is caught up.
    """

    def __init__(
        self,
        device: str,
        store: Store,
        settings: Settings,
        observe: Observe,
        counted: dict[str, int],
        connected: Callable[[], None],
        settled: Callable[[bool], None],
    ) -> None:
        self._device, self._store, self._settings = device, store, settings
        self._observe, self._counted = observe, counted
        self._connected, self._settled = connected, settled
        self._client = Client()
        self._closed = asyncio.Event()
        self._said: Exception | None = None
        self._groups_changed = asyncio.Event()
        self._outbox: dict[str, asyncio.Event] = {}
        self._behind: set[str] = set()

    def groups_changed(self) -> None:
        """There is another group to be in."""
        self._groups_changed.set()

    def submitted(self, group: str) -> None:
        """There is something in the outbox."""
        if group in self._outbox:
            self._outbox[group].set()

    async def run(self, address: str) -> None:
        """Connect and work until cancelled. Raises SessionLost."""
        lost: BaseException | None = None
        try:
            await self._dial(address)
            self._connected()
            async with asyncio.TaskGroup() as together:
                together.create_task(self._wait_for_the_end())
                together.create_task(self._watch())
                together.create_task(self._enter_groups(together))
        except* (nats.errors.Error, OSError, TimeoutError, SessionLost) as wrong:
            lost = wrong
            while isinstance(lost, BaseExceptionGroup):
                lost = lost.exceptions[0]
        finally:
            with contextlib.suppress(nats.errors.Error, OSError, TimeoutError):
                await asyncio.wait_for(self._client.close(), _GOODBYE_S)
        if lost is not None:
            raise SessionLost(self._reason(lost)) from lost

    def _reason(self, lost: BaseException) -> str:
        if isinstance(lost, TimeoutError):
            return f"a request was not answered within {self._settings.idle_timeout_s:g} s"
        return str(lost) or type(lost).__name__

    async def _dial(self, address: str) -> None:
        """The address and no other: neither does the library reconnect, nor to servers that this one tells it of."""
        options: dict[str, Any] = {"connect_timeout": self._settings.idle_timeout_s, "reconnect_time_wait": 0}
        try:
            await self._client.connect(
                f"nats://{address}",
                name=self._device,
                allow_reconnect=False,
                max_reconnect_attempts=1,
                error_cb=self._take_error,
                closed_cb=self._take_end,
                **options,
            )
        except nats.errors.NoServersError:
            raise SessionLost(f"nobody answers at {address}: {self._said}") from None

    async def _take_error(self, error: Exception) -> None:
        self._said = error

    async def _take_end(self) -> None:
        self._closed.set()

    async def _wait_for_the_end(self) -> None:
        await self._closed.wait()
        raise SessionLost(f"the connection ended: {self._client.last_error or self._said}")

    async def _watch(self) -> None:
        """Ping, and give up a connection on which nothing is heard: neither the answer nor any message.

        (The library counts pongs alone, and would give up a slow link with much on its way.)
        """
        while True:
            pinging = asyncio.create_task(self._client.flush(_PATIENCE_S))
            try:
                heard = -1
                while not pinging.done():
                    if heard == self._client.stats["in_bytes"]:
                        raise SessionLost(f"nothing was heard for {self._settings.idle_timeout_s:g} s")
                    heard = self._client.stats["in_bytes"]
                    await asyncio.wait({pinging}, timeout=self._settings.idle_timeout_s)
                pinging.result()
            finally:
                pinging.cancel()
            await asyncio.sleep(self._settings.heartbeat_s)

    # -- groups

    async def _enter_groups(self, together: asyncio.TaskGroup) -> None:
        stream = self._client.jetstream(timeout=self._settings.idle_timeout_s)
        while True:
            self._groups_changed.clear()
            groups = [group for group in self._store.groups() if group not in self._outbox]
            self._behind |= set(groups)
            self._settled(not self._behind)
            for group in groups:
                self._outbox[group] = asyncio.Event()
                together.create_task(self._live_in(group, stream, together))
            await self._groups_changed.wait()

    async def _live_in(self, group: str, stream: JetStreamContext, together: asyncio.TaskGroup) -> None:
        """Make or find the group's stream, and deliver what comes; send as soon as it is caught up.

        What was published over a lost connection may stand in the stream by now, and is known by that.
        """
        info = await stream.add_stream(streams.stream_config(group))
        kept, head = self._store.groups()[group], info.state.last_seq
        if not kept.joined:
            self._store.put_joined(group)
            self._observe("group", {"group": group, "state": "joined"})
        if head < kept.position:
            raise SessionLost(
                f"the server's stream of {group!r} ends at message {head}, and message {kept.position} was delivered "
                "here: it has lost data"
            )
        self._tell_catch_up(group, "started", kept.position, 0, head)
        subscription = await stream.subscribe(
            streams.subject_of(group),
            stream=streams.stream_of(group),
            config=streams.consumer_config(
                kept.position, 2 * self._settings.page_messages, self._settings.ack_wait_s
            ),
        )
        position, expected = kept.position, 1
        while True:
            if group in self._behind and position >= head:
                self._tell_catch_up(group, "ended", position, 0, head)
                self._behind.discard(group)
                self._settled(not self._behind)
                self._outbox[group].set()
                together.create_task(self._send_all(group, stream))
            page = [await subscription.next_msg(timeout=None)]
            while subscription.pending_msgs and len(page) < self._settings.page_messages:
                page.append(await subscription.next_msg(timeout=None))
            if page[0].metadata.sequence.consumer != expected:
                raise SessionLost(f"a message of {group!r} was skipped on its way")
            expected += len(page)
            position = self._deliver(group, page, position, head)
            await page[-1].ack()

    def _deliver(self, group: str, page: list[Msg], position: int, head: int) -> int:
        """Commit what is new of a page; answers the position behind it."""
        messages = []
        for message in page:
            place = message.metadata.sequence.stream
            if place <= position:
                self._counted["duplicatesIgnored"] += 1  # the acknowledgement of it was late
                continue
            path = "catchup" if place <= head else "live"
            messages.append(Message(place, streams.author_of(message.headers), message.data, path))
        if not messages:
            return position
        for n in self._store.deliver(group, messages, time.monotonic_ns()):
            self._observe("deliver", {"n": n})
        for own in messages:
            if own.author == self._device:
                self._acknowledge(op_id_inside(own.body), own.place)
        if group in self._behind:
            self._counted["catchupBatches"] += 1
            self._tell_catch_up(group, "page", position, len(messages), head)
        return messages[-1].place

    def _tell_catch_up(self, group: str, state: str, after: int, got: int, head: int) -> None:
        told = {
            "group": group,
            "state": state,
            "after": after,
            "got": got,
            "head": head,
            "reason": "connected",
        }
        self._observe("catchup", told)

    # -- what goes

    async def _send_all(self, group: str, stream: JetStreamContext) -> None:
        """Send the outbox, a page at a time: the server takes a connection's publishes in their order."""
        while True:
            await self._outbox[group].wait()
            self._outbox[group].clear()
            while page := self._store.outbox_of(group, self._settings.page_messages):
                async with asyncio.TaskGroup() as together:
                    for operation in page:
                        together.create_task(self._send(stream, operation))

    async def _send(self, stream: JetStreamContext, operation: Operation) -> None:
        try:
            place = await self._publish(stream, operation)
        except nats.errors.MaxPayloadError as refused:
            self._fail(operation, "too_large", refused)
        except APIError as refused:
            if refused.code != 400:
                raise
            self._fail(operation, "refused", refused)
        else:
            self._observe("attempt", {"what": "push", "outcome": "ok", "reason": ""})
            self._acknowledge(operation.op_id, place)

    async def _publish(self, stream: JetStreamContext, operation: Operation) -> int:
        """Publish an operation; answers its place once the stream has it."""
        stored = await stream.publish(
            streams.subject_of(operation.group),
            operation.body,
            stream=streams.stream_of(operation.group),
            headers=streams.headers_of(self._device, operation.op_id),
        )
        return stored.seq

    def _acknowledge(self, op_id: str, place: int) -> None:
        if self._store.settle(op_id, "acked", place):
            self._observe("ack", {"op_id": op_id, "server_order": place})

    def _fail(self, operation: Operation, code: str, refused: Exception) -> None:
        self._store.settle(operation.op_id, "failed", None)
        self._observe("failed", {"op_id": operation.op_id, "code": code, "message": str(refused)})
