"""Which operations are on their way to the storage, beside those that the storage finds.

A `LookUp` answers from what is committed when it is read. An operation that is committed while a look-up is
under way may be missing from its answer, so it stays here until every look-up asked before the commit is
answered.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from syncproof_products.bundled.core.relay.events import Placed
from syncproof_products.bundled.core.wire import Draft, Push

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PendingPush:
    """A push whose look-up is under way. size: its events in bytes."""

    device: str
    push: Push
    size: int
    number: int


@dataclass(frozen=True, slots=True)
class InFlight:
    """An operation handed to the storage with that batch."""

    placed: Placed
    batch_id: int


class Pushes:
    """The look-ups under way and the operations not yet certain to be found by one."""

    def __init__(self) -> None:
        self._number = 0
        self._pending: dict[int, PendingPush] = {}
        self._in_flight: dict[Key, InFlight] = {}
        self._retired: deque[tuple[int, list[Key]]] = deque()

    def ask(self, request_id: int, device: str, push: Push, size: int) -> None:
        """Remember a push while its operations are looked up."""
        self._number += 1
        self._pending[request_id] = PendingPush(device, push, size, self._number)

    def answered(self, request_id: int) -> PendingPush | None:
        """The push that the look-up was for; None if there is none of that id."""
        return self._pending.pop(request_id, None)

    def in_flight(self, author: str, op_id: str) -> InFlight | None:
        """The operation if it was handed to the storage and a look-up may have missed it."""
        return self._in_flight.get((author, op_id))

    def handed_over(self, author: str, draft: Draft, placed: Placed, batch_id: int) -> None:
        """An operation goes to the storage with that batch."""
        self._in_flight[(author, draft.op_id)] = InFlight(placed, batch_id)

    def committed(self, keys: list[Key]) -> None:
        """These operations are committed."""
        self._retired.append((self._number, keys))
        self.release()

    def failed(self, keys: list[Key]) -> None:
        """These operations were not stored."""
        for key in keys:
            self._in_flight.pop(key, None)

    def release(self) -> None:
        """Forget the operations that every look-up from now on will find."""
        oldest = next(iter(self._pending.values())).number if self._pending else self._number + 1
        while self._retired and self._retired[0][0] < oldest:
            for key in self._retired.popleft()[1]:
                self._in_flight.pop(key, None)

    def __len__(self) -> int:
        return len(self._in_flight)
