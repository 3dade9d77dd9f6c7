"""The one scheduler of a scenario: what is due is done here, and nothing moves anywhere else.

Single-threaded. A keyword either enqueues (`at`) or lets the world move (`run_until`). The clock and the
wait are handed in: an embedded or composed stack polls real time, a simulated one will pump virtual events.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass

from syncproof.kernel.clock import Clock


@dataclass(frozen=True)
class Action:
    """Something to be done at a time. `held` may keep it back although it is due."""

    due: int
    do: Callable[[], None]
    label: str
    held: Callable[[], bool] | None = None


#: Due, order of enqueueing, action.
Heap = list[tuple[int, int, Action]]


class Scheduler:
    """A heap of actions and the loop that executes them.

    `observe` is called once a turn, before the predicate: it takes in what was seen of the world meanwhile.
    """

    def __init__(self, clock: Clock, observe: Callable[[], None], *, poll_ns: int = 4_000_000) -> None:
        self._clock, self._observe, self._poll_ns = clock, observe, poll_ns
        self._punctual: Heap = []
        self._heap: Heap = []
        self._order = itertools.count()
        #: When the last action was done (ns); deadlines do not begin before it.
        self.last_done_ns = 0

    def now(self) -> int:
        """Nanoseconds, CLOCK_MONOTONIC."""
        return self._clock.now()

    @property
    def pending(self) -> int:
        """How many actions are enqueued and not yet done."""
        return len(self._punctual) + len(self._heap)

    @property
    def next_due(self) -> int | None:
        """When the next action is due (ns); None without any."""
        return min((heap[0][0] for heap in (self._punctual, self._heap) if heap), default=None)

    def at(
        self,
        due: int,
        do: Callable[[], None],
        label: str,
        *,
        held: Callable[[], bool] | None = None,
        punctual: bool = False,
        again_ns: int = 0,
    ) -> Action:
        """Enqueue an action for `due` (ns). Actions with the same time are done in the order of this call.

        A time that has passed is now: on a slow machine the end of a fault must not overtake what a scenario says
        before it. punctual: the action overtakes all that is overdue. This is for an instant that a device has
        chosen, such as the end of its breaker's pause: a backlog of sends must not put it off. again_ns: so long from
        now, where the time has passed and other actions wait: a fault whose time was over before anything happened
        in it would have been none.
        """
        now = self.now()
        due = max(due, now + again_ns if due < now and self.pending else now)
        action = Action(due, do, label, held)
        heapq.heappush(self._punctual if punctual else self._heap, (due, next(self._order), action))
        return action

    def run_until(self, predicate: Callable[[], bool], deadline: Callable[[], int | None]) -> bool:
        """Let the world move until the predicate holds (True) or the deadline has passed (False).

        The deadline is asked again every turn, because the end of a fault moves it; None means not yet known.
        Between two actions the predicate is always asked, so that a state that lasts only between them is seen.
        """
        while True:
            self._observe()
            if predicate():
                return True
            now = self.now()
            action = _take_due(self._punctual, now) or _take_due(self._heap, now)
            if action is not None:
                action.do()
                self.last_done_ns = self.now()
                continue
            limit = deadline()
            if limit is not None and now >= limit:
                return False
            firsts = [*self._punctual[:1], *self._heap[:1]]
            bounds = [now + self._poll_ns, *(due for due, _, _ in firsts if due > now)]
            if limit is not None:
                bounds.append(limit)
            self._clock.wait(max(min(bounds), now + 100_000))


def _take_due(heap: Heap, now: int) -> Action | None:
    """The first action that is due and not held, off the heap."""
    if not heap or heap[0][0] > now:
        return None
    if not _is_held(heap[0][2]):
        return heapq.heappop(heap)[2]
    free = [entry for entry in heap if entry[0] <= now and not _is_held(entry[2])]
    if not free:
        return None
    first = min(free)
    heap.remove(first)
    heapq.heapify(heap)
    return first[2]


def _is_held(action: Action) -> bool:
    return action.held is not None and action.held()
