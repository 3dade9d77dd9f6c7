"""The commits under way: a chain in which each batch follows the one before it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from syncproof_products.bundled.core.relay.actions import Change, Commit
from syncproof_products.bundled.core.wire import Answer


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call that is answered once a batch is durable. answer: made then, from what is committed by then."""

    request_id: int
    answer: Callable[[], Answer]
    size: int = 0


@dataclass(slots=True)
class Batch:
    """Changes on their way to the storage and the calls that wait for them."""

    batch_id: int
    changes: tuple[Change, ...]
    waiting: list[Waiting] = field(default_factory=list)


class Batches:
    """Numbers batches from 1 and chains them; numbers are never used again, also not after a failure."""

    def __init__(self) -> None:
        self._last_id = 0
        self._committed = 0
        self._pending: deque[Batch] = deque()

    def is_durable(self, batch_id: int) -> bool:
        """Whether the batch is committed."""
        return batch_id <= self._committed

    def add(self, changes: tuple[Change, ...], waiting: Waiting) -> Commit:
        """A new batch behind all others, and the action that commits it."""
        previous = self._pending[-1].batch_id if self._pending else self._committed
        self._last_id += 1
        self._pending.append(Batch(self._last_id, changes, [waiting]))
        return Commit(self._last_id, previous, changes)

    def wait(self, batch_id: int, waiting: Waiting) -> None:
        """Let a call wait for a batch that is under way."""
        self._pending[batch_id - self._pending[0].batch_id].waiting.append(waiting)

    def committed(self, batch_id: int) -> Batch:
        """Take the oldest batch off the chain. Raises ValueError if it is another one: the order broke."""
        if not self._pending or self._pending[0].batch_id != batch_id:
            expected = self._pending[0].batch_id if self._pending else None
            raise ValueError(f"commits are reported in order: expected batch {expected}, seen {batch_id}")
        self._committed = batch_id
        return self._pending.popleft()

    def failed(self, batch_id: int) -> list[Batch]:
        """Take this batch and all behind it off the chain: they will be refused because they follow it.

        Empty if the batch was taken off before, together with one that it follows.
        """
        if not self._pending or batch_id < self._pending[0].batch_id:
            return []
        if self._pending[0].batch_id != batch_id:
            raise ValueError(
                f"commits are reported in order: expected batch {self._pending[0].batch_id}, seen {batch_id}"
            )
        failed = list(self._pending)
        self._pending.clear()
        return failed
