"""What the command line keeps: its outbox, and every change of the repositories that it syncs, with its text."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from syncproof_agentkit.held import hold
from syncproof_products.taskserver.agent.shapes import Change
from syncproof_products.taskserver.agent.store import Store

_decode = msgspec.json.Decoder(Change).decode


class LocalStore(Store):
    """One folder's file. Every command opens it, and several may at the same time; one of them syncs."""

    def __init__(self, directory: Path) -> None:
        """Open it. Raises StoreError."""
        super().__init__(directory)
        self._directory = directory
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS changes (repository TEXT NOT NULL, seq INTEGER NOT NULL, change BLOB NOT NULL, "
            "PRIMARY KEY (repository, seq)) WITHOUT ROWID"
        )

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold what only one process may at a time, also if it is killed. Raises BlockingIOError while another does."""
        held = hold(self._directory / "syncing")
        try:
            yield
        finally:
            os.close(held)

    def deliver(self, repository: str, changes: Sequence[Change], path: str, t_ns: int) -> range:
        """Keep the changes that come next, and move on; what is kept twice is the same."""
        self._db.executemany(
            "INSERT OR REPLACE INTO changes VALUES (?, ?, ?)",
            [(repository, change.seq, msgspec.json.encode(change)) for change in changes],
        )
        return super().deliver(repository, changes, path, t_ns)

    def position(self, repository: str) -> int:
        """The last change of it that is here, 0 for none."""
        known = self.repositories().get(repository)
        return known.position if known else 0

    def changes(self, repository: str, after: int) -> list[Change]:
        """Those behind a number that were delivered, in their order."""
        rows = self._db.execute(
            "SELECT change FROM changes WHERE repository = ? AND seq > ? AND seq <= ? ORDER BY seq",
            (repository, after, self.position(repository)),
        )
        return [_decode(row[0]) for row in rows]

    def tasks(self, repository: str) -> dict[str, tuple[str, bool]]:
        """What each task says, and whether that is still to be sent; those that are deleted are left out."""
        latest = {each.id: each for each in self.changes(repository, 0)}
        found = {name: (change.content, False) for name, change in latest.items() if not change.deleted}
        for each in self.waiting():
            if each.repository == repository and each.kind != "delete":
                found[each.task] = each.body, True
            elif each.repository == repository:
                found.pop(each.task, None)
        return found
