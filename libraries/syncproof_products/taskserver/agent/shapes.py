"""What the client reads of the server: a task as a change leaves it, and what a request is answered with."""

from __future__ import annotations

import msgspec


class Change(msgspec.Struct, frozen=True):
    """A task as a change has left it."""

    id: str
    content: str
    version: int
    seq: int
    by: str
    key: str = ""
    deleted: bool = False


class Told(msgspec.Struct, frozen=True):
    """A message of the feed: a confirmed subscription, or changes."""

    subscribed: str = ""
    head: int = 0
    repository: str = ""
    changes: list[Change] = []


class Conflict(msgspec.Struct, frozen=True):
    """An item of a batch that was out of date, and how that was resolved."""

    id: str
    local_version: int
    server_version: int
    strategy: str


class BatchReply(msgspec.Struct, frozen=True):
    """What became of a batch."""

    applied: list[Change]
    conflicts: list[Conflict]


class Refusal(msgspec.Struct, frozen=True):
    """Why nothing was changed."""

    code: str = "refused"
    message: str = ""
