"""What clients of a task server leave: notifications, requests and batches, written by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from tests.unit.evidence.histories import MS, Story

from syncproof.evidence.records import Deliver, Invoke, Result, Retry
from syncproof.workloads.tasks.records import TaskBatch, TaskConflict, TaskRequest, TaskWatched

Act = Callable[[Story], None]


def notified(device: str, *changes: tuple[str, str, str], kind: str = "put") -> Act:
    """A client is told of changes: (op_id, task, version) each; "" for a message that is of no task."""

    def act(story: Story) -> None:
        for op_id, task, version in changes:
            n = 1 + sum(isinstance(line, Deliver) and line.device == device for line in story.lines)
            story.add(
                Deliver, device=device, source=device, incarnation=1, n=n, op_id=op_id, group=story.group, kind=kind,
                author="Alice", version=version, digest=f"d-{op_id}", size=10, path="live", entry=task or None,
            )  # fmt: skip

    return act


def changes(op_id: str, task: str, text: str = "", *, kind: str = "put", author: str = "Alice") -> Act:
    """A client is asked for a change of a task, whose text is that."""
    content = hashlib.sha256(text.encode()).hexdigest() if text else ""

    def act(story: Story) -> None:
        story.add(
            Invoke, device=author, op_id=op_id, group=story.group, kind=kind, author=author, author_n=1,
            digest=f"d-{op_id}", size=10, entry=task, content=content,
        )  # fmt: skip

    return act


def refused(op_id: str) -> Act:
    """The server refused a change."""

    def act(story: Story) -> None:
        story.add(Result, device="Alice", op_id=op_id, outcome="fail")

    return act


def at(ms: float) -> Act:
    """Time passes."""
    return lambda story: story.wait(ms)


def requested(
    device: str = "Alice", key: str = "k", *, status: int = 200, attempt: int = 1, ms: float = 5,
    retry_after_ms: float = 0, after_ms: float = 0,
) -> Act:  # fmt: skip
    """A client had an answer (or none, status 0). ms: how long it took. after_ms: how long it waited before."""

    def act(story: Story) -> None:
        story.wait(after_ms)
        began = story.now
        story.wait(ms)
        story.add(
            TaskRequest, device=device, source=device, key=key, method="POST", status=status, attempt=attempt,
            began_ns=began, elapsed_ms=ms, retry_after_ms=retry_after_ms,
        )  # fmt: skip

    return act


def put_off(
    attempt: int, ms: float, *, early_ms: float = 0, device: str = "Alice", what: str = "push",
    key: str = "k", retry_after_ms: float = 0,
) -> Act:  # fmt: skip
    """An attempt failed, the next one was put off by so long, and failed too.

    early_ms: it came so much too soon. retry_after_ms: what the server had asked for.
    """

    def act(story: Story) -> None:
        status = 429 if retry_after_ms else 0
        requested(device, key, status=status, attempt=attempt, retry_after_ms=retry_after_ms)(story)
        due = story.now + round(ms * MS)
        story.add(Retry, device=device, source=device, what=what, attempt=attempt, delay_ms=ms, due_ns=due)
        requested(device, key, status=0, attempt=attempt + 1, after_ms=ms - early_ms + 1)(story)

    return act


def together(
    number: int, *, ms: float = 10, status: int = 200, device: str = "Alice", after_ms: float = 0
) -> Act:
    """So many requests of a client begin at one moment, and are answered one millisecond after the other."""

    def act(story: Story) -> None:
        story.wait(after_ms)
        began = story.now
        story.wait(ms)
        for place in range(number):
            story.add(
                TaskRequest, device=device, source=device, key=f"{began}-{place}", method="POST", status=status,
                attempt=1, began_ns=began, elapsed_ms=ms + place,
            )  # fmt: skip
            story.wait(1)

    return act


def watched(watcher: int, *op_ids: str, device: str = "Bob") -> Act:
    """One of a client's further connections is told of changes."""

    def act(story: Story) -> None:
        story.add(TaskWatched, device=device, source=device, watcher=watcher, op_ids=op_ids)

    return act


def asked(device: str, batch: str, *op_ids: str) -> Act:
    """A client was asked for a batch."""
    return lambda story: story.note(device, "task_batch_asked", batch=batch, op_ids=list(op_ids))


def answered(device: str, batch: str, applied: int, *strategies: str) -> Act:
    """The server told what became of a batch, with a conflict for each of these strategies."""
    conflicts = tuple(
        TaskConflict(id="report", local_version=1, server_version=3, strategy=strategy)
        for strategy in strategies
    )

    def act(story: Story) -> None:
        story.add(TaskBatch, device=device, source=device, batch=batch, applied=applied, conflicts=conflicts)

    return act
