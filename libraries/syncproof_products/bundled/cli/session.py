"""A device that lives as long as one command."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TypeVar

from syncproof_agentkit.pause import Pause
from syncproof_agentkit.shifted_clock import ShiftedClock
from syncproof_products.bundled.cli.folder import Account, FailedError
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.device.database import StorageError
from syncproof_products.bundled.device.group_keys import FACT, memory_mb
from syncproof_products.bundled.device.http_client import Patience
from syncproof_products.bundled.device.runtime import RELAY, Identity, Rejected, RunningDevice

T = TypeVar("T")

_HANDSHAKE_S = 5.0
#: How long the device's own folder may take for something. Its disk is slow, or stands still; no relay is waited for.
FOLDER_S = 10.0


class Session:
    """within_s: how long all may take together that needs the relay."""

    def __init__(self, folder: Path, account: Account, within_s: float) -> None:
        """Open the storage. Must be called on the event loop. Raises StorageError."""
        self.account, self._within_s = account, within_s
        self._until = asyncio.get_running_loop().time() + within_s
        self._moved = asyncio.Event()
        self.device = RunningDevice(
            Identity(account.name, account.secret),
            folder,
            Settings(),
            patience=Patience(),
            memory_mb=memory_mb(),
            handshake_s=_HANDSHAKE_S,
            clock=ShiftedClock(),
            rng=random.Random(),
            pause=Pause(),
            observer=lambda _: self._moved.set(),
        )

    @property
    def group(self) -> str:
        """The group that it is in. Raises FailedError where it is in none."""
        if not self.groups:
            raise FailedError(
                "this device is in no group: 'sync-cli pair --create', or 'sync-cli pair --join CODE'"
            )
        return self.groups[0]

    @property
    def groups(self) -> list[str]:
        """Those that it is in. A key alone is no group: it may be of an invite that was not answered."""
        known = {each.group for each in self.device.reader.groups()}
        return sorted(known & self.device.reader.facts_of(FACT).keys())

    async def until(self, so: Callable[[], bool], otherwise: str) -> None:
        """Wait until it is so. Raises FailedError with `otherwise` where it takes too long."""

        async def is_so() -> None:
            while not so():
                self._moved.clear()
                await self._moved.wait()

        await self.asked(is_so(), otherwise)

    async def asked(self, work: Awaitable[T], otherwise: str) -> T:
        """What comes of work that needs the relay. Raises FailedError with `otherwise` where it takes too long."""
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._until):
                return await work
        raise FailedError(f"{otherwise} within {self._within_s:g} s (the relay is {self.account.relay})")

    async def stored(self, work: Awaitable[T], otherwise: str) -> T:
        """What comes of work that needs the device's folder alone. Raises FailedError where that takes too long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FOLDER_S):
                return await work
        raise FailedError(f"{otherwise} within {FOLDER_S:g} s: look whether its disk stands still")

    async def synced(self) -> str:
        """Wait until the device has all that the relay has of its group; the group. Raises FailedError."""
        group = self.group

        def has_all() -> bool:
            state = self.device.reader.group(group)
            return state is not None and state.joined and self.device.core.connection == "live"

        await self.until(has_all, "the device could not catch up")
        return group


@asynccontextmanager
async def opened(folder: Path, account: Account, within_s: float) -> AsyncIterator[Session]:
    """A device that is connected, or tries to be. Raises FailedError."""
    try:
        session = Session(folder, account, within_s)
    except StorageError as error:
        raise FailedError(str(error)) from None
    living = asyncio.ensure_future(session.device.run())
    try:
        told = session.device.set_link(RELAY, account.relay)
        await session.stored(told, "the device's folder did not take where the relay is")
        session.device.connect()
        yield session
    except Rejected as refused:
        raise FailedError(str(refused)) from None
    finally:
        living.cancel()
        with suppress(asyncio.CancelledError):
            await living
