"""Bugs of the task server."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Sequence
from itertools import pairwise
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket

from syncproof_defects import breaks
from syncproof_products.taskserver.core import deciding
from syncproof_products.taskserver.core.limits import Breaker
from syncproof_products.taskserver.core.model import Batch, Item, Subscribe, Task
from syncproof_products.taskserver.server import guard
from syncproof_products.taskserver.server.app import Api, Refused
from syncproof_products.taskserver.server.hub import Hub
from syncproof_products.taskserver.server.store import Keyed, Reply, Store


@breaks(Hub, "changed")
def forgets_to_notify(original: Callable[[Hub, str], None], self: Hub, repository: str) -> None:  # noqa: ARG001
    """A change is committed, and nobody who is subscribed is told."""
    forgets_to_notify.ran()


@breaks(Hub, "changed")
def tells_a_hundred_subscribers(original: Callable[[Hub, str], None], self: Hub, repository: str) -> None:
    """Of many subscribers of a repository a hundred are told of a change, and the others of none."""
    waiting = self._changed.get(repository, set())
    told = sorted(waiting, key=id)[:100]
    if len(told) < len(waiting):
        tells_a_hundred_subscribers.ran()
        self._changed[repository] = set(told)
    original(self, repository)
    if repository in self._changed:
        self._changed[repository] = waiting


@breaks(Store, "tasks")
def lists_a_task_too_few(
    original: Callable[[Store, str], list[Task]], self: Store, repository: str
) -> list[Task]:
    """Of all tasks the last one is not listed."""
    listed = original(self, repository)
    if listed:
        lists_a_task_too_few.ran()
    return listed[:-1]


@breaks(Store, "change")
def keeps_every_request_in_memory(
    original: Callable[..., Reply],
    self: Store,
    *asked: Any,
) -> Reply:
    """Every request leaves 128 KB in memory that nobody gives back."""
    keeps_every_request_in_memory.ran()
    keeps_every_request_in_memory.state[len(keeps_every_request_in_memory.state)] = bytearray(b"x" * 131_072)
    return original(self, *asked)


@breaks(Hub, "_tell")
def ignores_the_position(
    original: Callable[[Hub, WebSocket, Subscribe], Coroutine[Any, Any, None]],
    self: Hub,
    websocket: WebSocket,
    wanted: Subscribe,
) -> Coroutine[Any, Any, None]:
    """Who subscribes again is told of what comes from then on, and not of what it has missed."""
    head = self._store.head(wanted.subscribe)
    if head > wanted.after:
        ignores_the_position.ran()
    return original(self, websocket, Subscribe(wanted.subscribe, head))


@breaks(Store, "changes")
def notifies_under_another_id(
    original: Callable[..., list[Task]], self: Store, repository: str, *more: int
) -> list[Task]:
    """A change of a task is told under an id of its own."""
    changes = original(self, repository, *more)
    if any(change.version > 1 for change in changes):
        notifies_under_another_id.ran()
    return [
        msgspec.structs.replace(change, id=f"{change.id}-{change.version}") if change.version > 1 else change
        for change in changes
    ]


@breaks(Store, "changes")
def lets_deletions_overtake(
    original: Callable[..., list[Task]], self: Store, repository: str, *more: int
) -> list[Task]:
    """The notification of a deletion overtakes that of the creation just before it."""
    told = original(self, repository, *more)
    if len(told) % 2 and not told[-1].deleted and told[-1].version == 1:
        told.pop()  # it is told with the one that overtakes it
    for place, (first, second) in enumerate(pairwise(told)):
        if second.deleted and second.id == first.id:
            lets_deletions_overtake.ran()
            told[place : place + 2] = [
                msgspec.structs.replace(second, seq=first.seq),
                msgspec.structs.replace(first, seq=second.seq),
            ]
    return told


@breaks(Api, "_read")
async def applies_what_has_come_of_a_batch(
    original: Callable[..., Awaitable[Any]], self: Api, request: Request, shape: type, *more: bytes
) -> Any:
    """Of a batch that was cut off, the items that have come are applied."""
    stream, came = request.stream, bytearray()

    async def watched() -> AsyncGenerator[bytes, None]:
        async for piece in stream():
            came.extend(piece)
            yield piece

    request.stream = watched  # type: ignore[method-assign]
    try:
        return await original(self, request, shape, *more)
    except Refused as refused:
        whole = bytes(came).rpartition(b"},{")[0]
        if refused.refusal.code != "incomplete" or shape is not Batch or not whole:
            raise
        applies_what_has_come_of_a_batch.ran()
        return msgspec.json.decode(whole + b"}]}", type=Batch)


@breaks(Store, "_put")
def forgets_deletions(
    original: Callable[[Store, str, Sequence[Task]], None],
    self: Store,
    repository: str,
    changes: Sequence[Task],
) -> None:
    """A deletion is no change that anybody is told of: the task is told as it was before."""
    if any(change.deleted for change in changes):
        forgets_deletions.ran()
    original(self, repository, [msgspec.structs.replace(change, deleted=False) for change in changes])


@breaks(Store, "_put")
def applies_half_a_batch(
    original: Callable[[Store, str, Sequence[Task]], None],
    self: Store,
    repository: str,
    changes: Sequence[Task],
) -> None:
    """Of a batch only the first half is stored, and all of it is answered."""
    if len(changes) > 1:
        applies_half_a_batch.ran()
        changes = changes[: len(changes) // 2]
    original(self, repository, changes)


@breaks(Store, "_known")
def forgets_idempotency_keys(
    original: Callable[[Store, Keyed], Reply | None],  # noqa: ARG001
    self: Store,
    asked: Keyed,
) -> None:
    """A request that comes again under its key is taken for a new one."""
    gone = self._db.execute("DELETE FROM replies WHERE client = ? AND key = ?", (asked.client, asked.key))
    if gone.rowcount:
        forgets_idempotency_keys.ran()


@breaks(deciding, "is_stale")
def trusts_the_clients_version(original: Callable[[Item, Task], bool], item: Item, task: Task) -> bool:
    """A change of a batch counts as up to date whatever version it was made on."""
    if original(item, task):
        trusts_the_clients_version.ran()
    return False


@breaks(deciding, "is_stale")
def believes_a_clock_ahead(original: Callable[[Item, Task], bool], item: Item, task: Task) -> bool:
    """The newest change wins by its client's clock: one from the future always does."""
    ahead = item.updated_at > time.time() + 60
    if original(item, task) and ahead:
        believes_a_clock_ahead.ran()
    return original(item, task) and not ahead


@breaks(Breaker, "ended")
def counts_no_failures(
    original: Callable[[Breaker, int, float], None], self: Breaker, status: int, now: float
) -> None:
    """The circuit breaker takes an answer of 5xx for one like any other."""
    if status >= 500:
        counts_no_failures.ran()
    original(self, min(status, 499), now)


@breaks(Breaker, "ended")
def closes_after_one_trial(
    original: Callable[[Breaker, int, float], None], self: Breaker, status: int, now: float
) -> None:
    """One good trial closes the circuit breaker, whatever the number of failures that opens it."""
    if self.state == "half_open" and self._trials > 1:
        closes_after_one_trial.ran()
        self._trials = 1
    original(self, status, now)


@breaks(guard, "_refuse")
def does_not_say_when_to_come_again(
    original: Callable[[int, str, float], Response], status: int, code: str, wait_s: float
) -> Response:
    """A client that asks too often is refused without `Retry-After`."""
    does_not_say_when_to_come_again.ran()
    answer = original(status, code, wait_s)
    del answer.headers["retry-after"]
    return answer
