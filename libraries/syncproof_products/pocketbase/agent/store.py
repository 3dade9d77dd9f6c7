"""What a client keeps: its SQLite file, with what it was told of tasks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from syncproof_agentkit.workloads.tasks.store import TaskStore, Told
from syncproof_products.pocketbase.agent.records import Task, op_id_of


class Store(TaskStore[str]):
    """The position in a repository is the server's time of the latest change that was delivered here."""

    def __init__(self, directory: Path) -> None:
        """Open it. Raises StoreError."""
        super().__init__(directory, "")

    def deliver(self, repository: str, tasks: Sequence[Task], path: str, t_ns: int) -> range:
        """Append tasks as they were told; all, or nothing. Answers their numbers."""
        told = [
            Told(each.name, each.version, each.deleted, each.author, op_id_of(each.content), each.content)
            for each in tasks
        ]
        latest = max(self.repositories()[repository].position, *(each.updated for each in tasks))
        return self.append(repository, told, latest, path, t_ns)
