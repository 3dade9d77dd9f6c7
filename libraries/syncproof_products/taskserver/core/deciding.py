"""What a request changes: a pure function of the tasks that it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from syncproof_products.taskserver.core.model import (
    Batch,
    BatchReply,
    Conflict,
    Create,
    Delete,
    Item,
    Refusal,
    Task,
    Update,
)


@dataclass(frozen=True)
class Outcome:
    """Status and content of the reply, and the changes, which are made with it or not at all."""

    status: int
    reply: Task | BatchReply | Refusal
    changes: tuple[Task, ...] = ()


@dataclass
class _Draft:
    """The tasks as they stand, with what is being changed; head: the repository's last change."""

    tasks: dict[str, Task]
    head: int
    by: str
    changes: list[Task] = field(default_factory=list)

    def living(self, name: str) -> Task | None:
        task = self.tasks.get(name)
        return None if task is None or task.deleted else task

    def put(self, task: Task) -> Task:
        """Make it the task's next version, and the repository's next change."""
        self.head += 1
        before = self.tasks.get(task.id)
        version = before.version + 1 if before else 1
        made = msgspec.structs.replace(task, version=version, seq=self.head, by=self.by)
        self.tasks[task.id] = made
        self.changes.append(made)
        return made


def decide(
    known: Mapping[str, Task],
    head: int,
    by: str,
    key: str,
    name: str,
    asked: Create | Update | Delete | Batch,
) -> Outcome:
    """What becomes of a request. known: every task that it names, also deleted ones, as far as there are any.

    head: the repository's last change. by: the client. key: of the request. name: the task (not of a batch).
    """
    draft = _Draft(dict(known), head, by)
    if isinstance(asked, Batch):
        return _batch(draft, asked)
    task = draft.living(name)
    if isinstance(asked, Create):
        if task is not None:
            return Outcome(
                409, Refusal("exists", f"There is a task {name!r} already, in version {task.version}.")
            )
        new = Task(id=name, content=asked.content, status=asked.status, priority=asked.priority,
                   version=0, seq=0, by=by, key=key)  # fmt: skip
        return Outcome(201, draft.put(new), tuple(draft.changes))
    if task is None:
        return Outcome(404, Refusal("unknown", f"There is no task {name!r} here."))
    if asked.version not in (None, task.version):
        return Outcome(
            409, Refusal("stale", f"Task {name!r} has version {task.version}, not {asked.version}.")
        )
    if isinstance(asked, Delete):
        changed = msgspec.structs.replace(task, content=asked.reason, deleted=True, key=key)
    else:
        changed = msgspec.structs.replace(task, key=key, **_told(asked))
    return Outcome(200, draft.put(changed), tuple(draft.changes))


def _batch(draft: _Draft, batch: Batch) -> Outcome:
    applied: list[Task] = []
    conflicts: list[Conflict] = []
    for place, item in enumerate(batch.items):
        task = draft.living(item.id)
        if item.action == "create" and task is not None:
            return _nothing(place, f"there is a task {item.id!r} already")
        if item.action != "create" and task is None:
            return _nothing(place, f"there is no task {item.id!r}")
        if task is not None and is_stale(item, task):
            conflicts.append(Conflict(item.id, item.local_version, task.version, batch.strategy, task))
            if batch.strategy != "client_wins":
                continue
        applied.append(draft.put(_made(item, task)))
    return Outcome(200, BatchReply(tuple(applied), tuple(conflicts)), tuple(draft.changes))


def is_stale(item: Item, task: Task) -> bool:
    """Whether the item was made on another version than the server has. Versions decide this, and never a clock."""
    return item.local_version != task.version


def _made(item: Item, task: Task | None) -> Task:
    """What an item makes of its task; None where it creates one."""
    task = task or Task(id=item.id, content="", version=0, seq=0, by="")
    deleted = item.action == "delete"
    told = {"content": item.content or ""} if deleted else _told(item)
    return msgspec.structs.replace(task, key=item.key, deleted=deleted, **told)


def _told(asked: Update | Item) -> dict[str, str]:
    """The fields that a client gave a value."""
    given = {"content": asked.content, "status": asked.status, "priority": asked.priority}
    return {field: value for field, value in given.items() if value is not None}


def _nothing(place: int, why: str) -> Outcome:
    return Outcome(
        422, Refusal("invalid", f"Item {place} cannot be applied: {why}. Nothing of the batch was.")
    )
