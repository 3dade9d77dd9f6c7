"""A device that is a client of somebody else's server: its file, and what is wanted of it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

from syncproof_agentkit.first_to_end import first_to_end

#: An event of the agent protocol: its type and fields.
Observe = Callable[[str, dict[str, object]], None]


class StoreError(Exception):
    """The device's file cannot be opened or written."""


class ClientStore:
    """One device's SQLite file. What was committed here survives `kill -9`. incarnation: how often it was opened."""

    def __init__(self, directory: Path, schema: str) -> None:
        """Open it, with these tables, one of them `deliveries` with numbers `n` from 1. Raises StoreError."""
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(directory / "device.db", isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.execute("PRAGMA cache_size=-256")  # KiB: a backlog of long messages passes through, once
            self._db.execute("CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
            self._db.executescript(schema)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"The device's store in {directory} cannot be opened: {error}") from None
        self.incarnation = int(self.get("incarnation") or 0) + 1
        self.put("incarnation", str(self.incarnation))

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def get(self, name: str) -> str:
        """A value that was put; "" for none."""
        row = self._db.execute("SELECT value FROM kept WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def put(self, name: str, value: str) -> None:
        """Keep a value."""
        self._db.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (name, value))

    def count(self) -> int:
        """Length of the delivery log."""
        return int(self._db.execute("SELECT coalesce(max(n), 0) FROM deliveries").fetchone()[0])


class Client:
    """`run` is its life; everything else tells it what is wanted: an address, to be online. Both are kept.

    kept: its file, which `run` closes. observe: told of each event.
    """

    def __init__(self, name: str, kept: ClientStore, observe: Observe) -> None:
        self.name, self.connection = name, "offline"
        self.kept, self._observe = kept, observe
        self._wanted = kept.get("wanted") == "online"
        self._restart = asyncio.Event()

    # -- what a product says

    async def _online(self) -> None:
        """Work with the server at `address`, one session after the other, until cancelled."""
        raise NotImplementedError

    async def _hang_up(self) -> None:
        """`_online` has ended."""

    def _rest(self) -> None:
        """Nothing is wanted now."""

    def joined(self) -> list[str]:
        """The groups that it is a member of."""
        raise NotImplementedError

    def pending(self) -> dict[str, int]:
        """What is still to do, by kind."""
        raise NotImplementedError

    @property
    def breaker_state(self) -> str:
        """closed, open or half_open."""
        raise NotImplementedError

    # -- what is wanted

    @property
    def address(self) -> str:
        """Where the server is reached; "" for nowhere."""
        return self.kept.get("address")

    def set_address(self, address: str) -> None:
        """Reach the server there from now on."""
        if address != self.address:
            self.kept.put("address", address)
            self._restart.set()

    def connect(self, wanted: bool) -> None:
        """Be online, or not."""
        self.kept.put("wanted", "online" if wanted else "offline")
        if wanted != self._wanted:
            self._wanted = wanted
            self._restart.set()

    # -- its life

    async def run(self) -> None:
        """Live until cancelled."""
        try:
            while True:
                self._restart.clear()
                if self._wanted and self.address:
                    await first_to_end(self._online(), self._restart.wait())
                    await self._hang_up()
                else:
                    self._rest()
                    self._show("offline", "asked for")
                    await self._restart.wait()
        finally:
            await self._hang_up()
            self.kept.close()

    def _show(self, state: str, reason: str) -> None:
        if state != self.connection:
            self.connection = state
            self._observe("connection", {"state": state, "reason": reason})
