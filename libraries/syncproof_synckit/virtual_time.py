"""Virtual time: what is due happens, in the order of its time and then of its scheduling."""

from __future__ import annotations

import heapq
from collections.abc import Callable


class Scheduler:
    """The one thing that moves in a simulation. Times are virtual seconds from 0."""

    def __init__(self) -> None:
        self.now = 0.0
        self._due: list[tuple[float, int, Callable[[], object]]] = []
        self._count = 0

    def at(self, when: float, action: Callable[[], object]) -> None:
        """Do this at `when`, or now if that has passed; behind what was scheduled for the same time before."""
        self._count += 1
        heapq.heappush(self._due, (when if when > self.now else self.now, self._count, action))

    def after(self, delay: float, action: Callable[[], object]) -> None:
        """Do this `delay` seconds from now."""
        self.at(self.now + delay, action)

    def run_until(self, predicate: Callable[[], bool], deadline: float) -> bool:
        """Let things happen until the predicate holds, or nothing is due by `deadline`. Whether it holds."""
        due = self._due
        while not predicate():
            if not due or due[0][0] > deadline:
                self.now = max(self.now, deadline)
                return predicate()
            when, _, action = heapq.heappop(due)
            self.now = when
            action()
        return True

    def run(self, until: float) -> None:
        """Let everything happen that is due by `until`."""
        self.run_until(lambda: False, until)
