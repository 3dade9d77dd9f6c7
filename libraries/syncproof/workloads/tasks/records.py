"""What a client says of its requests and of its batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Self

import msgspec

from syncproof.evidence.records import NEVER, Event, Interval


class TaskRequest(Event, frozen=True, kw_only=True, tag="task_request"):
    """One request to the server, as its client saw it.

    key: the same whenever it is sent again. status: of the reply, 0 for none. attempt: from 1. began_ns:
    CLOCK_MONOTONIC. retry_after_ms: how long the server asked to be left alone.
    """

    key: str
    method: str
    status: int
    attempt: int
    began_ns: int
    elapsed_ms: float
    retry_after_ms: float = 0.0
    reason: str = ""

    @property
    def done(self) -> bool:
        """Whether the client has its answer, and does not send it again."""
        return 0 < self.status < 500 and self.status != 429

    @classmethod
    def outstanding(cls, lines: Sequence[Self]) -> Iterator[Interval]:
        """Each request from its first attempt until it is answered."""
        begun: dict[str, int] = {}
        for line in lines:
            began = begun.setdefault(line.key, line.began_ns)
            if line.done:
                yield began, line.t_ns
                del begun[line.key]
        yield from ((since, NEVER) for since in begun.values())


class TaskWatched(Event, frozen=True, kw_only=True, tag="task_watched"):
    """What one of the further connections of a client was told. watcher: which, from 1. op_ids: in this order."""

    watcher: int
    op_ids: tuple[str, ...]


class TaskConflict(msgspec.Struct, frozen=True, kw_only=True):
    """A change that was made on an old version of its task, and the strategy that resolved it."""

    id: str
    local_version: int
    server_version: int
    strategy: str


class TaskBatch(Event, frozen=True, kw_only=True, tag="task_batch"):
    """What the server said became of a batch. applied: how many of its changes."""

    batch: str
    applied: int
    conflicts: tuple[TaskConflict, ...] = ()
