"""One conversation with the server, from the first question until an answer is missing: messages out and in.

Atuin tells nobody that there is something new. So a device asks how far the server is, often, and syncs where that has
changed since its last sync, which it takes for complete when Atuin says so.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable

import httpx

from syncproof_agentkit.client import Observe
from syncproof_agentkit.requests import op_id_inside
from syncproof_products.atuin.agent.account import Account
from syncproof_products.atuin.agent.command_line import LONGEST_BYTES, Atuin, AtuinFailed, Entry, NotKept
from syncproof_products.atuin.agent.config import Settings
from syncproof_products.atuin.agent.index import Indexes, NoIndex
from syncproof_products.atuin.agent.store import Message, Operation, Store, version_of

#: Atuin's server takes 2 MB in one request; a message grows by three eighths on its way, and the one before goes again.
_REQUEST_BYTES = 1_000_000


class SessionLost(Exception):
    """The conversation cannot go on; the message says why."""


class Session:
    """Runs once. atuin: of a group. recovering: groups in which something may have been left half done, by this process
    or the one before it.

    counted: what it counts on in. connected: told when the server answers. settled: told with whether every group is
    caught up.
    """

    def __init__(
        self,
        device: str,
        store: Store,
        settings: Settings,
        account: Callable[[str], Account],
        atuin: Callable[[str], Atuin],
        recovering: set[str],
        observe: Observe,
        counted: dict[str, int],
        connected: Callable[[], None],
        settled: Callable[[bool], None],
    ) -> None:
        self._device, self._store, self._settings = device, store, settings
        self._account, self._atuin, self._recovering = account, atuin, recovering
        self._observe, self._counted = observe, counted
        self._connected, self._settled = connected, settled
        self._groups_changed = asyncio.Event()
        self._submitted: dict[str, asyncio.Event] = {}
        self._behind: set[str] = set()

    def groups_changed(self) -> None:
        """There is another group to be in."""
        self._groups_changed.set()

    def submitted(self, group: str) -> None:
        """There is something in the outbox."""
        if group in self._submitted:
            self._submitted[group].set()

    async def run(self, address: str) -> None:
        """Work with the server at this `host:port` until cancelled. Raises SessionLost."""
        lost: BaseException | None = None
        timeout = httpx.Timeout(self._settings.idle_timeout_s)
        client = httpx.AsyncClient(
            base_url=f"http://{address}", timeout=timeout, trust_env=False, verify=False
        )
        try:
            async with client as http, asyncio.TaskGroup() as together:
                await self._greet(http)
                self._connected()
                together.create_task(self._enter_groups(http, address, together))
        except* (AtuinFailed, NoIndex) as wrong:
            lost = wrong
            while isinstance(lost, BaseExceptionGroup):
                lost = lost.exceptions[0]
        if lost is not None:
            raise SessionLost(str(lost)) from lost

    @staticmethod
    async def _greet(http: httpx.AsyncClient) -> None:
        try:
            reply = await http.get("/healthz")
        except httpx.TransportError as wrong:
            raise NoIndex(f"the server does not answer: {type(wrong).__name__} {wrong}".strip()) from None
        if not reply.is_success:
            raise NoIndex(f"whatever stands in the server's place answers with {reply.status_code}")

    async def _enter_groups(self, http: httpx.AsyncClient, address: str, together: asyncio.TaskGroup) -> None:
        while True:
            self._groups_changed.clear()
            groups = [group for group in self._store.groups() if group not in self._submitted]
            self._behind |= set(groups)
            self._settled(not self._behind)
            for group in groups:
                self._submitted[group] = asyncio.Event()
                atuin = self._atuin(group)
                atuin.reach(address)
                indexes = Indexes(http, self._account(group), self._store)
                together.create_task(self._live_in(group, atuin, indexes))
            await self._groups_changed.wait()

    async def _live_in(self, group: str, atuin: Atuin, indexes: Indexes) -> None:
        kept = self._store.groups()[group]
        if not kept.joined:
            await atuin.enter()
            self._store.put_joined(group)
            self._observe("group", {"group": group, "state": "joined"})
        self._tell_catch_up(group, "started", 0)
        await self._recover(group, atuin, half_done=kept.half_done)
        synced = None
        while True:
            self._submitted[group].clear()
            there = await indexes.ask()
            appended = self._store.appended(group) or await self._append_some(group, atuin)
            if appended or there != synced:
                await self._sync(group, atuin)
                self._acknowledge(group, appended)
                synced = there
            if group in self._behind:
                self._tell_catch_up(group, "ended", 0)
                self._behind.discard(group)
                self._settled(not self._behind)
            if not self._store.accepted(group, 1):
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._submitted[group].wait(), self._settings.poll_s)

    async def _recover(self, group: str, atuin: Atuin, *, half_done: bool) -> None:
        """Bring what a process that was ended left half done to its end."""
        if half_done:
            await atuin.rebuild()
        if group in self._recovering and self._store.accepted(group, 1):
            await atuin.init_store()
            half_done = True
        if half_done:
            await self._take(group, atuin)
            self._store.put_half_done(group, False)
        self._recovering.discard(group)

    async def _sync(self, group: str, atuin: Atuin) -> None:
        self._store.put_half_done(group, True)
        if await atuin.sync():
            await self._take(group, atuin)
        self._store.put_half_done(group, False)

    # -- what comes

    async def _take(self, group: str, atuin: Atuin) -> None:
        """Deliver what the history has more than the delivery log, a page at a time."""
        had, page = self._store.delivered(group), list[Message]()
        async with contextlib.aclosing(atuin.entries()) as entries:
            async for entry in entries:
                message = self._message(group, entry)
                if entry.author == self._device and self._is_in_outbox(entry):
                    continue
                if had[message.author, message.version]:
                    had[message.author, message.version] -= 1
                    continue
                page.append(message)
                if len(page) == self._settings.page_messages:
                    self._deliver(group, page)
                    page = []
        if page:
            self._deliver(group, page)

    def _message(self, group: str, entry: Entry) -> Message:
        path = "catchup" if group in self._behind else "live"
        return Message(entry.author, version_of(entry.command), entry.command, path)

    def _is_in_outbox(self, entry: Entry) -> bool:
        """Whether it is to be acknowledged yet. That it is appended is news, where a process was killed."""
        op_id = op_id_inside(entry.command)
        known = self._store.operation(op_id)
        if known is None or known.body != entry.command:
            return False
        self._store.put_appended(op_id)
        return True

    def _deliver(self, group: str, page: list[Message]) -> None:
        for n in self._store.deliver(group, page, time.monotonic_ns()):
            self._observe("deliver", {"n": n})
        if group in self._behind:
            self._counted["catchupBatches"] += 1
            self._tell_catch_up(group, "page", len(page))

    def _tell_catch_up(self, group: str, state: str, got: int) -> None:
        count = self._store.count()
        told = {"after": count - got, "got": got, "head": count, "reason": "connected"}
        self._observe("catchup", {"group": group, "state": state, **told})

    # -- what goes

    async def _append_some(self, group: str, atuin: Atuin) -> list[str]:
        """Append the first operations of the outbox, in the order in which they were accepted; answers which.

        No more than the server takes in one request: Atuin sends up to 100 of them in one, and never fewer. While one
        is ended the next one is begun. What was begun is ended whatever comes: that needs no server.
        """
        appended, size = list[str](), 0
        ending: asyncio.Task[None] | None = None
        try:
            for operation in self._store.accepted(group, self._settings.page_messages):
                size += len(operation.body)
                if appended and size > _REQUEST_BYTES:
                    break
                try:
                    entry = await atuin.begin(operation.body)
                except NotKept as refused:
                    self._fail(operation, str(refused))
                    continue
                await _end_of(ending)
                ending = asyncio.create_task(self._append(atuin, operation, entry))
                appended.append(operation.op_id)
        finally:
            await _end_of(ending)
        return appended

    async def _append(self, atuin: Atuin, operation: Operation, entry: str) -> None:
        try:
            await atuin.end(entry)
        except AtuinFailed:
            # The history may have it all the same: the next session looks before it appends it again.
            self._recovering.add(operation.group)
            raise
        self._store.put_appended(operation.op_id)

    def _fail(self, operation: Operation, message: str) -> None:
        self._store.put_failed(operation.op_id)
        code = "too_large" if len(operation.body) > LONGEST_BYTES else "refused"
        self._observe("failed", {"op_id": operation.op_id, "code": code, "message": message})

    def _acknowledge(self, group: str, op_ids: list[str]) -> None:
        """The server has them; they are delivered here as well."""
        for n in self._store.acknowledge(group, self._device, op_ids, time.monotonic_ns()):
            self._observe("deliver", {"n": n})
        for op_id in op_ids:
            self._observe("attempt", {"what": "push", "outcome": "ok", "reason": ""})
            self._observe("ack", {"op_id": op_id, "server_order": None})


async def _end_of(task: asyncio.Task[None] | None) -> None:
    """Wait for it, and leave it alone where nobody waits any more. Raises what it ends with."""
    if task is not None:
        await asyncio.wait([task])
        task.result()
