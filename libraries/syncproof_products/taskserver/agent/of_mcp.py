"""A client that works through MCP as an assistant does: it calls tools, and asks again and again what has changed."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx2
import msgspec
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from syncproof_agentkit.client import Observe, StoreError
from syncproof_agentkit.serving import agent_program
from syncproof_agentkit.without import lacks
from syncproof_agentkit.workloads.tasks import NewBatch, NewWatchers
from syncproof_agentkit.workloads.tasks.store import Operation
from syncproof_products.taskserver.agent.adapter import TaskAdapter
from syncproof_products.taskserver.agent.config import Config
from syncproof_products.taskserver.agent.device import Device
from syncproof_products.taskserver.agent.shapes import Change

_PUSH = "push"
#: Behind these a call is repeated: the server has not decided.
_AGAIN = frozenset({"unreachable", "rate_limited", "breaker_open", "storage"})


class Undecided(Exception):
    """A call had no answer, or none that decides anything; it is repeated under its key."""


class Refused(Exception):
    """The server has decided that it does not do it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class _Changes(msgspec.Struct, frozen=True):
    changes: list[Change]
    head: int


class _Listed(msgspec.Struct, frozen=True):
    tasks: list[Change]
    head: int


class McpDevice(Device):
    """over_stdio: the MCP server is a process of its own, beside the client; else it is the task server's `/mcp/`."""

    over_stdio = False

    def __init__(self, config: Config, observe: Observe) -> None:
        """Open the store. Raises StoreError."""
        super().__init__(config, observe)
        self._woken, self._pulled = asyncio.Event(), asyncio.Event()

    def watch(self, repository: str, members: Sequence[str]) -> list[str]:
        """Work on a repository with these; answers all members that are wanted."""
        wanted = super().watch(repository, members)
        self._pulled.set()
        return wanted

    def submit(self, operations: Sequence[Operation]) -> None:
        """Put operations into the outbox."""
        super().submit(operations)
        self._woken.set()

    async def _online(self) -> None:
        """One session after the other: where a reply is cut, the whole session is gone."""
        while True:
            self._show("connecting", "")
            try:
                async with self._session() as session, asyncio.TaskGroup() as parts:
                    parts.create_task(self._push(session))
                    parts.create_task(self._pull(session))
            except* (Undecided, MCPError, OSError, TimeoutError, httpx2.HTTPError) as group:
                reason = _reason(group)
            await self._put_off(reason)

    @contextlib.asynccontextmanager
    async def _session(self) -> AsyncIterator[Client]:
        timeout_s = self._settings.idle_timeout_s
        if self.over_stdio:
            program = "syncproof_products.taskserver.mcp_server"
            arguments = ["-m", program, "--server", self.address, "--timeout", str(timeout_s)]
            # Its own patience is longer: the server of the session says what went wrong.
            async with Client(
                StdioServerParameters(command=sys.executable, args=arguments),
                read_timeout_seconds=2 * timeout_s,
            ) as session:
                yield session
            return
        async with (
            httpx2.AsyncClient(timeout=timeout_s, trust_env=False) as http,
            Client(
                streamable_http_client(f"http://{self.address}/mcp/", http_client=http),
                read_timeout_seconds=timeout_s,
            ) as session,
        ):
            yield session

    async def _push(self, session: Client) -> None:
        """Send what waits: no reply to anything else holds it up."""
        while True:
            self._woken.clear()
            while waiting := self.store.next_to_send():
                await self._send(session, waiting[0])
                self._pulled.set()
            await self._woken.wait()

    async def _pull(self, session: Client) -> None:
        """Fetch what has changed: at once when something was sent, else twice a heartbeat."""
        while True:
            self._pulled.clear()
            for repository in list(self.store.repositories()):
                await self._fetch(session, repository)
            self.retries.succeeded(_PUSH)
            self._show("live", "")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._settings.heartbeat_s / 2):
                    await self._pulled.wait()

    async def _send(self, session: Client, operation: Operation) -> None:
        tool = f"{operation.kind}_task"
        said = "reason" if operation.kind == "delete" else "content"
        asked = {
            "repository": operation.repository,
            "task": operation.task,
            said: operation.body,
            "key": operation.op_id,
        }
        try:
            done = msgspec.convert(await self._call(session, tool, asked), Change)
        except Refused as refused:
            self.store.settle([(operation.op_id, "failed", None)])
            self._observe("failed", {"op_id": operation.op_id, "code": refused.code, "message": str(refused)})
        else:
            self.store.settle([(operation.op_id, "acked", done.seq)])
            self._observe("ack", {"op_id": operation.op_id, "server_order": done.seq})

    async def _fetch(self, session: Client, repository: str) -> None:
        """Every change that comes next; then what is here must be what the server lists."""
        while True:
            known = self.store.repositories()[repository]
            asked = {"repository": repository, "after": known.position}
            page = msgspec.convert(await self._call(session, "list_changes", asked), _Changes)
            if [change.seq for change in page.changes] != list(
                range(known.position + 1, known.position + 1 + len(page.changes))
            ):
                raise Undecided(
                    f"the changes of {repository!r} do not begin behind {known.position}, or have a gap"
                )
            if not page.changes:
                break
            path = "live" if self.connection == "live" else "catchup"
            for n in self.store.deliver(repository, page.changes, path, time.monotonic_ns()):
                self._observe("deliver", {"n": n})
        listed = msgspec.convert(await self._call(session, "list_tasks", {"repository": repository}), _Listed)
        here = self.store.living(repository)
        if listed.head == known.position and {each.id: each.version for each in listed.tasks} != here:
            raise Undecided(
                f"the server lists {len(listed.tasks)} tasks of {repository!r}, and {len(here)} are here"
            )
        if not known.joined:
            self.store.put_joined(repository)
            self._observe("group", {"group": repository, "state": "joined"})

    async def _call(self, session: Client, tool: str, arguments: dict[str, Any]) -> Any:
        """What a tool answers. Raises Refused, Undecided, and what a session ends with."""
        answer = await session.call_tool(tool, {**arguments, "client": self.name})
        if not answer.is_error:
            return answer.structured_content
        text = " ".join(getattr(block, "text", "") for block in answer.content)
        code, _, message = text.removeprefix(f"Error executing tool {tool}: ").partition(": ")
        raise Undecided(text) if code in _AGAIN else Refused(code, message)

    async def _put_off(self, reason: str) -> None:
        self._show("connecting", reason)
        self.retries.tell_failed(_PUSH, reason)
        # Nothing else connects: the push that failed is the connection that failed.
        await self.retries.put_off("connect", reason, key=_PUSH)

    def _rest(self) -> None:
        self.retries.succeeded(_PUSH)


def _reason(group: BaseExceptionGroup[Any]) -> str:
    """The first of what a session ended with."""
    first: BaseException = group
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return str(first) or type(first).__name__


class StdioDevice(McpDevice):
    """See `McpDevice`."""

    over_stdio = True


class McpAdapter(TaskAdapter):
    """See `TaskAdapter`; there are no batches and no subscriptions over MCP."""

    product = "taskserver-mcp/0.1.0"
    device_type = McpDevice

    async def submit_batch(self, wanted: NewBatch) -> dict[str, object]:
        """POST /tasks/batches."""
        if wanted.together:
            lacks("batches over MCP")
        return await super().submit_batch(wanted)

    async def watch(self, wanted: NewWatchers) -> None:  # noqa: ARG002
        """POST /tasks/watchers."""
        lacks("subscriptions over MCP")


class StdioAdapter(McpAdapter):
    """See `McpAdapter`."""

    device_type = StdioDevice


OVER_HTTP, OVER_STDIO = (
    agent_program(
        "syncproof_products.taskserver.agent.of_mcp",
        "Run a client of the task server that works through MCP, and its agent.",
        Config,
        adapter,
        (StoreError,),
    )
    for adapter in (McpAdapter, StdioAdapter)
)
#: What the launcher calls, see `Program.run`.
run_http, run_stdio = OVER_HTTP.run, OVER_STDIO.run
