"""A client that does all of its work by the command line: a process for every change, and for every sync."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from syncproof_agentkit.client import Observe, StoreError
from syncproof_agentkit.serving import agent_program
from syncproof_agentkit.without import lacks
from syncproof_agentkit.workloads.tasks import NewBatch, NewWatchers
from syncproof_agentkit.workloads.tasks.store import Operation
from syncproof_products.taskserver.agent.adapter import TaskAdapter
from syncproof_products.taskserver.agent.config import Config
from syncproof_products.taskserver.agent.device import Device
from syncproof_products.taskserver.agent.shapes import Change
from syncproof_products.taskserver.command_line.program import UNFINISHED

#: Seconds after which a command is ended: far longer than any needs that goes on.
_LONGEST_S = 300.0
_PUSH = "push"


class _State(msgspec.Struct, frozen=True):
    state: str
    seq: int | None


class _Synced(msgspec.Struct, frozen=True):
    """What `sync` prints. why: it is not finished; "" where it is."""

    why: str
    again_s: float
    changes: list[Change]
    operations: dict[str, _State]


class CommandFailed(Exception):
    """A command ended otherwise than it may, or has not finished. again_s: not before."""

    def __init__(self, message: str, again_s: float = 0.0) -> None:
        super().__init__(message)
        self.again_s = again_s


class CommandLine:
    """Runs commands on one folder."""

    def __init__(self, data: Path) -> None:
        self._data = data

    @property
    def program(self) -> list[str]:
        """How it is called."""
        return [sys.executable, "-m", "syncproof_products.taskserver.command_line"]

    async def run(self, *arguments: str) -> bytes:
        """What a command prints. Raises CommandFailed; one that is no longer waited for is ended."""
        process = await asyncio.create_subprocess_exec(
            *self.program, "--data", str(self._data), *arguments,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            async with asyncio.timeout(_LONGEST_S):
                printed, wrong = await process.communicate()
        except TimeoutError:
            raise CommandFailed(f"{arguments[0]} did not end within {_LONGEST_S:g} s") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode not in (0, UNFINISHED):
            raise CommandFailed(
                f"{arguments[0]} ended with {process.returncode}: {wrong.decode(errors='replace').strip()[-300:]}"
            )
        return printed


class CommandLineDevice(Device):
    """Its own store is what its agent is asked about; the commands have another one."""

    def __init__(self, config: Config, observe: Observe) -> None:
        """Open the store. Raises StoreError."""
        super().__init__(config, observe)
        self._commands = CommandLine(Path(config.directory) / "command_line")
        self._woken = asyncio.Event()
        self._handed_over: set[str] = set()

    def watch(self, repository: str, members: Sequence[str]) -> list[str]:
        """Work on a repository with these; answers all members that are wanted."""
        wanted = super().watch(repository, members)
        self._woken.set()
        return wanted

    def submit(self, operations: Sequence[Operation]) -> None:
        """Put operations into the outbox."""
        super().submit(operations)
        self._woken.set()

    async def _online(self) -> None:
        """Sync again and again: at once when something is asked for, else twice a heartbeat."""
        self._show("connecting", "")
        while True:
            self._woken.clear()
            try:
                for repository in list(self.store.repositories()):
                    await self._sync(repository)
            except CommandFailed as wrong:
                await self._put_off(str(wrong), wrong.again_s)
                continue
            self.retries.succeeded(_PUSH)
            self._observe("attempt", {"what": _PUSH, "outcome": "ok", "reason": ""})
            self._show("live", "")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._settings.heartbeat_s / 2):
                    await self._woken.wait()

    async def _sync(self, repository: str) -> None:
        waiting = [each for each in self.store.waiting() if each.repository == repository]
        for each in waiting:
            if each.op_id not in self._handed_over:
                await self._commands.run(each.kind, repository, each.task, each.body, "--key", each.op_id)
                self._handed_over.add(each.op_id)
        position = self.store.repositories()[repository].position
        printed = await self._commands.run(
            "sync", repository, self.address, "--client", self.name, "--timeout", str(self._settings.idle_timeout_s),
            "--after", str(position), "--of", *[each.op_id for each in waiting],
        )  # fmt: skip
        told = msgspec.json.decode(printed, type=_Synced)
        self._take(repository, told)
        if told.why:
            raise CommandFailed(told.why, told.again_s)
        if not self.store.repositories()[repository].joined:
            self.store.put_joined(repository)
            self._observe("group", {"group": repository, "state": "joined"})

    def _take(self, repository: str, told: _Synced) -> None:
        """What the command line has done, into the store that the agent is asked about."""
        if told.changes:
            path = "live" if self.connection == "live" else "catchup"
            for n in self.store.deliver(repository, told.changes, path, time.monotonic_ns()):
                self._observe("deliver", {"n": n})
        for key, done in told.operations.items():
            if done.state != "accepted":
                self.store.settle([(key, done.state, done.seq)])
                self._handed_over.discard(key)
                if done.state == "acked":
                    self._observe("ack", {"op_id": key, "server_order": done.seq})
                else:
                    self._observe(
                        "failed", {"op_id": key, "code": "refused", "message": "the server refused it"}
                    )

    async def _put_off(self, reason: str, at_least_s: float) -> None:
        self._show("connecting", reason)
        self.retries.tell_failed(_PUSH, reason)
        # Nothing else connects: the push that failed is the connection that failed.
        await self.retries.put_off("connect", reason, key=_PUSH, at_least_s=at_least_s)

    def _rest(self) -> None:
        self.retries.succeeded(_PUSH)


class CommandLineAdapter(TaskAdapter):
    """See `TaskAdapter`; the command line has no batches and no subscriptions."""

    product = "taskserver-command-line/0.1.0"
    device_type = CommandLineDevice

    async def submit_batch(self, wanted: NewBatch) -> dict[str, object]:
        """POST /tasks/batches."""
        if wanted.together:
            lacks("batches on its command line")
        return await super().submit_batch(wanted)

    async def watch(self, wanted: NewWatchers) -> None:  # noqa: ARG002
        """POST /tasks/watchers."""
        lacks("subscriptions on its command line")


PROGRAM = agent_program(
    "syncproof_products.taskserver.agent.of_command_line",
    "Run a client of the task server by its command line, and its agent.",
    Config,
    CommandLineAdapter,
    (StoreError,),
)
#: What the launcher calls, see `Program.run`.
run = PROGRAM.run
