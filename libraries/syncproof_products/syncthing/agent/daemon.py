"""Syncthing's own process, which writes into the log of its agent."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from pathlib import Path

from syncproof_products.syncthing.agent.rest import Rest, RestError

_LOOK_S = 0.05
#: What it gets of the environment: it would take a proxy, other addresses and a profiler from there too.
_ENVIRONMENT = ("PATH", "LANG", "TZ")
#: The kernel ends it with its agent, however that ends. Of util-linux, which every Linux has.
_WITH_ITS_AGENT = ("setpriv", "--pdeathsig", "KILL", "--")
_START_S, _END_S = 30.0, 2.0


class SyncthingEnded(Exception):
    """Syncthing does not run; the message says how it ended."""


class Daemon:
    """program: by its name or path. home: its configuration and its database."""

    def __init__(self, program: str, home: Path, rest: Rest) -> None:
        self._program, self._home, self._rest = program, home, rest

    @property
    def is_there(self) -> bool:
        """Whether there is such a program on this machine."""
        return shutil.which(self._program) is not None

    @contextlib.asynccontextmanager
    async def running(self, own_id: str) -> AsyncIterator[Process]:
        """It answers, as the device with that ID, and ends with this. Raises SyncthingEnded."""
        environment = {
            **{name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            "HOME": str(self._home),
            "STMONITORED": "yes",  # else it starts a second process, and itself again
            "STNOUPGRADE": "yes",
            "STNODEFAULTFOLDER": "yes",
        }
        process = await asyncio.create_subprocess_exec(
            *(*_WITH_ITS_AGENT, self._program, "serve", "--no-browser", "--home", str(self._home)),
            stdin=DEVNULL,
            stdout=sys.stderr,
            env=environment,
        )
        try:
            await self._answers(process, own_id)
            yield process
        finally:
            await _end(process)

    async def ended(self, process: Process) -> None:
        """Wait until it ends by itself. Raises SyncthingEnded then."""
        raise SyncthingEnded(f"{self._program} has ended with {await process.wait()}.")

    async def _answers(self, process: Process, own_id: str) -> None:
        async def look() -> str:
            while True:
                with contextlib.suppress(RestError):
                    return await self._rest.own_id()
                await asyncio.sleep(_LOOK_S)

        looking, ending = asyncio.create_task(look()), asyncio.create_task(self.ended(process))
        done, left = await asyncio.wait(
            (looking, ending), timeout=_START_S, return_when=asyncio.FIRST_COMPLETED
        )
        for each in left:
            each.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        if not done:
            raise SyncthingEnded(f"{self._program} has not answered within {_START_S:g} s.")
        answers = [each.result() for each in done]  # raises what it ended with
        if own_id not in answers:
            raise SyncthingEnded(f"{self._program} calls this device {answers[0]}, not {own_id}.")


async def _end(process: Process) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), _END_S)
        except TimeoutError:
            process.kill()
            await process.wait()
