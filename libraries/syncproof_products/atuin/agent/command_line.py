"""Atuin's command line: one process for each thing that is asked of it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import re
import sysconfig
import uuid
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

from syncproof_products.atuin.agent.account import Account

_log = logging.getLogger(__name__)
_COUNTS = re.compile(rb"(\d+)/(\d+) up/down to record store")
#: The longest that an argument of a program may be in Linux, with the NUL behind it.
LONGEST_BYTES = 128 * 1024 - 1
#: How long a command may take that needs no server (a listing: to say something more), and one that needs it, s: no
#: question takes longer than `timeout_s`, and there may be many. Whatever takes longer hangs.
_LOCAL_S, _SERVER_S = 120.0, 900.0
#: Of `history list`: the fields that stand before a command, and what an entry has as its exit before it is ended.
_FIELDS, _UNFINISHED = "{host}\t{exit}\t{command}", b"-1"


class AtuinFailed(Exception):
    """A command did not end well; the message has what it said."""


class NotKept(Exception):
    """Atuin makes no entry of this; the message says why."""


@dataclass(frozen=True)
class Entry:
    """An entry of the history that is ended. author: the device that made it."""

    author: str
    command: bytes


class Atuin:
    """Atuin of one device in one group: a home directory of its own, and the account's key in it.

    program: "" for the one that its wheel has put beside this Python. timeout_s: for one request to the server.
    """

    def __init__(self, program: str, home: Path, device: str, account: Account, timeout_s: float) -> None:
        self._program = program or str(Path(sysconfig.get_path("scripts")) / "atuin")
        self._home, self._account = home, account
        key, timeout = home / "account.key", str(max(1, math.ceil(timeout_s)))
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not key.exists():
            written = key.with_suffix(".new")
            written.touch(0o600)
            written.write_text(account.key)
            written.rename(key)
        self._environment = {
            "HOME": str(home),
            "ATUIN_KEY_PATH": str(key),
            "ATUIN_HOST_NAME": quote(device, safe=""),
            "ATUIN_HOST_USER": "user",
            "ATUIN_SESSION": uuid.uuid4().hex,
            "ATUIN_AUTO_SYNC": "false",
            "ATUIN_UPDATE_CHECK": "false",
            # A message is no less one for looking like a password.
            "ATUIN_SECRETS_FILTER": "false",
            "ATUIN_NETWORK_TIMEOUT": timeout,
            "ATUIN_NETWORK_CONNECT_TIMEOUT": timeout,
        }

    def reach(self, address: str) -> None:
        """Use the server at this `host:port`."""
        self._environment["ATUIN_SYNC_ADDRESS"] = f"http://{address}"

    async def enter(self) -> None:
        """Make the account, or log into it where another member has. Raises AtuinFailed."""
        account = self._account
        told = ("-u", account.username, "-p", account.password)
        try:
            await self._run("register", *told, "-e", account.email, within_s=_SERVER_S)
        except AtuinFailed:
            await self._run("login", *told, "-k", account.key, within_s=_SERVER_S)

    async def begin(self, command: bytes) -> str:
        """Append an entry; answers its id. Raises NotKept and AtuinFailed."""
        if len(command) > LONGEST_BYTES:
            raise NotKept(f"It has {len(command)} bytes, and a command line takes {LONGEST_BYTES}.")
        started = (await self._run("history", "start", "--", command)).decode().strip()
        if not started:
            raise NotKept("Atuin keeps no command that begins with a blank, or that its settings leave out.")
        return started

    async def end(self, entry: str) -> None:
        """End an entry that was begun: it is synced from then on. Raises AtuinFailed."""
        await self._run("history", "end", "--exit", "0", entry)

    async def sync(self) -> int:
        """Sync with the server; answers how many records came. Raises AtuinFailed."""
        said = await self._run("sync", within_s=_SERVER_S)
        counts = _COUNTS.search(said)
        if counts is None:
            raise AtuinFailed(f"atuin sync did not say what it has synced, but: {_last(said)}")
        return int(counts[2])

    async def rebuild(self) -> None:
        """Bring records into the history that a sync which did not end has left out. Raises AtuinFailed."""
        await self._run("store", "rebuild", "history")

    async def init_store(self) -> None:
        """Make records of entries whose end was cut short. Raises AtuinFailed."""
        await self._run("history", "init-store")

    async def entries(self) -> AsyncGenerator[Entry, None]:
        """All entries that are ended, the oldest first, one at a time. Raises AtuinFailed."""
        listing = ("history", "list", "--print0", "--format", _FIELDS)
        async with self._process(*listing, stderr=DEVNULL) as process:
            assert process.stdout is not None
            is_rest = False
            while True:
                try:
                    async with _in_time("history list", _LOCAL_S):
                        line = await process.stdout.readuntil(b"\0")
                except asyncio.LimitOverrunError as longer:
                    await process.stdout.readexactly(longer.consumed)
                    is_rest = True
                    continue
                except asyncio.IncompleteReadError:
                    await _ended(
                        process, "history list", b""
                    )  # what is left of it is a message, which nobody may read
                    return
                if is_rest:
                    # Another program has made it: no command line takes so much.
                    _log.warning("an entry of more than %d bytes is left out", 2 * LONGEST_BYTES)
                    is_rest = False
                    continue
                host, exit_code, command = line[:-1].split(b"\t", 2)
                if exit_code != _UNFINISHED:
                    yield Entry(unquote(host.decode()), command)

    async def _run(self, *arguments: str | bytes, within_s: float | None = None) -> bytes:
        within_s = _LOCAL_S if within_s is None else within_s
        async with self._process(*arguments) as process, _in_time(str(arguments[0]), within_s):
            said, complained = await process.communicate()
            await _ended(process, str(arguments[0]), complained or said)
            return said

    @contextlib.asynccontextmanager
    async def _process(self, *arguments: str | bytes, stderr: int = PIPE) -> AsyncIterator[Process]:
        """Raises AtuinFailed where it cannot be started. It is killed where nobody waits for its end."""
        try:
            process = await asyncio.create_subprocess_exec(
                self._program,
                *arguments,
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=stderr,
                limit=2 * LONGEST_BYTES,
                cwd=self._home,
                env=self._environment,
            )
        except OSError as wrong:
            raise AtuinFailed(f"{self._program} cannot be started: {wrong.strerror}") from None
        try:
            yield process
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()


@contextlib.asynccontextmanager
async def _in_time(what: str, within_s: float) -> AsyncIterator[None]:
    """Raises AtuinFailed where it takes longer."""
    try:
        async with asyncio.timeout(within_s):
            yield
    except TimeoutError:
        raise AtuinFailed(f"atuin {what} did not go on for {within_s:g} s") from None


async def _ended(process: Process, what: str, said: bytes) -> None:
    if await process.wait():
        raise AtuinFailed(f"atuin {what} ended with {process.returncode}: {_last(said)}")


def _last(said: bytes) -> str:
    """The line that says why."""
    lines = [line.strip() for line in said.decode(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")] or lines[-1:] or ["nothing"]
    return errors[-1]
