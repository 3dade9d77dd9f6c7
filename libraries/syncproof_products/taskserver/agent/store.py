"""What a client keeps: its SQLite file, with every change of the repositories that it watches."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from syncproof_agentkit.workloads.tasks.store import TaskStore, Told
from syncproof_products.taskserver.agent.shapes import Change


class Store(TaskStore[int]):
    """The position in a repository is the number of the last change that was delivered here."""

    def __init__(self, directory: Path) -> None:
        """Open it. Raises StoreError."""
        super().__init__(directory, 0)

    def deliver(self, repository: str, changes: Sequence[Change], path: str, t_ns: int) -> range:
        """Append changes and move the repository's position to the last; all, or nothing. Answers their numbers."""
        told = [
            Told(each.id, each.version, each.deleted, each.by, each.key, each.content, each.seq)
            for each in changes
        ]
        return self.append(repository, told, changes[-1].seq, path, t_ns)

    def living(self, repository: str) -> dict[str, int]:
        """The version of each task that was delivered and is not deleted."""
        rows = self._db.execute(
            "SELECT task, version, deleted, max(n) FROM deliveries WHERE repository = ? GROUP BY task",
            (repository,),
        )
        return {row[0]: row[1] for row in rows if not row[2]}
