"""The one thread that writes to the device's database: one transaction a job, none of them on the event loop."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable

Job = Callable[[sqlite3.Connection], None]
Done = Callable[[str | None], None]


class Writer:
    """Takes jobs from the event loop that made it; `done(error)` is called on that loop, in the order of the jobs.

    error is None once the transaction is durable, else why nothing of it was stored (disk full, for instance).
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._loop = asyncio.get_running_loop()
        self._jobs: queue.SimpleQueue[tuple[Job, Done] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="device-writer", daemon=True)
        self._thread.start()

    def submit(self, job: Job, done: Done) -> None:
        """Run `job` within a transaction of its own."""
        self._jobs.put((job, done))

    def close(self) -> None:
        """Finish what was submitted and close the database."""
        self._jobs.put(None)
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        while (item := self._jobs.get()) is not None:
            job, done = item
            error = self._transact(job)
            try:
                self._loop.call_soon_threadsafe(done, error)
            except RuntimeError:
                return  # the loop is closed: nobody is left who could be told

    def _transact(self, job: Job) -> str | None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            job(self._connection)
            self._connection.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            # A full disk may have ended the transaction already.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            return f"{type(error).__name__}: {error}"
        return None
