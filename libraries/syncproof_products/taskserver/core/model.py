"""What the task server speaks of: tasks, what clients ask for, what becomes of it; the shapes of its HTTP API."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

#: The most that one task may say, and a batch may have: what a client sends is bounded before it is read.
MOST_CONTENT = 65_536
MOST_ITEMS = 2_000
MOST_KEY = 200

#: A name stands in paths: none has a slash, and none is a path of its own.
NAME = r"\A(?!\.{1,2}\Z)[^/]+\Z"
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=NAME)]
Content = Annotated[str, msgspec.Meta(max_length=MOST_CONTENT)]
Status = Literal["pending", "in_progress", "completed", "cancelled"]
Priority = Literal["low", "medium", "high"]
Strategy = Literal["server_wins", "client_wins", "manual"]
Action = Literal["create", "update", "delete"]


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """A task as the server has it, and so the state that a change leaves.

    version: of this task, from 1. seq: the number of the repository's change that made it so. by: the client that did.
    key: of its request, by which the client knows it again. A deleted task keeps its last line, `content` says why.
    """

    id: str
    content: str
    status: Status = "pending"
    priority: Priority = "medium"
    version: int
    seq: int
    by: str
    key: str = ""
    deleted: bool = False


class Create(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /repositories/{repository}/tasks. id: chosen by the client."""

    id: Name
    content: Content
    status: Status = "pending"
    priority: Priority = "medium"


class Update(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """PATCH /repositories/{repository}/tasks/{id}. version: where given, a task with another one is left alone."""

    content: Content | None = None
    status: Status | None = None
    priority: Priority | None = None
    version: int | None = None


class Delete(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """DELETE /repositories/{repository}/tasks/{id}; its body may be left out."""

    reason: Content = ""
    version: int | None = None


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One change of a batch. local_version: what the client had when it made it. updated_at: by the client's clock.

    What an update leaves out stays as it is. The server never decides by `updated_at`: a clock may be wrong.
    """

    action: Action
    id: Name
    content: Content | None = None
    status: Status | None = None
    priority: Priority | None = None
    local_version: int = 0
    updated_at: float = 0.0
    key: str = ""


class Batch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /repositories/{repository}/batch: all of it, or nothing. strategy: for items that are out of date."""

    items: Annotated[tuple[Item, ...], msgspec.Meta(max_length=MOST_ITEMS)]
    strategy: Strategy = "server_wins"


class Conflict(msgspec.Struct, frozen=True):
    """An item that was made on an old version. strategy: by which it was resolved. server: the task as it stands."""

    id: str
    local_version: int
    server_version: int
    strategy: Strategy
    server: Task


class BatchReply(msgspec.Struct, frozen=True):
    """What became of a batch."""

    applied: tuple[Task, ...]
    conflicts: tuple[Conflict, ...]


class Refusal(msgspec.Struct, frozen=True):
    """Why nothing was changed. code: `exists`, `unknown`, `stale`, `invalid` ..."""

    code: str
    message: str


class TaskList(msgspec.Struct, frozen=True):
    """GET /repositories/{repository}/tasks. head: the repository's last change."""

    tasks: list[Task]
    head: int


class Changes(msgspec.Struct, frozen=True):
    """GET /repositories/{repository}/changes: those behind `after`, in their order."""

    changes: list[Task]
    head: int


class Health(msgspec.Struct, frozen=True):
    """GET /health."""

    status: str = "ok"


class Subscribe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a client says over its WebSocket: it wants a repository's changes behind `after`."""

    subscribe: Name
    after: Annotated[int, msgspec.Meta(ge=0)] = 0


class Subscribed(msgspec.Struct, frozen=True, omit_defaults=True):
    """The server's answer. head: the repository's last change then."""

    subscribed: str
    head: int


class Notification(msgspec.Struct, frozen=True):
    """Changes of a subscribed repository, in their order; the seq of the next one is one more."""

    repository: str
    changes: list[Task]
