"""A proxy that goes and comes back, again and again, by absolute deadlines."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import pairwise

from .client import Client

_NS = 1_000_000_000


@dataclass(frozen=True)
class Edge:
    """One change: at `due_ns` the proxy goes down, or comes up."""

    due_ns: int
    up: bool


def edges(begin_ns: int, every_s: float, down_s: float, length_s: float) -> tuple[Edge, ...]:
    """Every edge of a flapping that begins with a cut at `begin_ns` and ends restored, all by `length_s`.

    Args:
        begin_ns: Time of the first cut, on any monotonic clock.
        every_s: From one cut to the next.
        down_s: How long each cut lasts; less than `every_s`.
        length_s: No cut begins at or after this; one that would last longer ends here.

    Raises:
        ValueError: The cuts would overlap, or there would be none.
    """
    if not 0 < down_s < every_s:
        raise ValueError(
            f"a flap cannot be down for {down_s:g} s of every {every_s:g} s: "
            "the down time must be more than 0 and less than the interval"
        )
    if length_s <= 0:
        raise ValueError(f"a flapping cannot last {length_s:g} s: it must be more than 0")
    found: list[Edge] = []
    count = 0
    while (offset := count * every_s) < length_s:
        down, up = round(offset * _NS), round(min(offset + down_s, length_s) * _NS)
        if down < up:  # what is shorter than a nanosecond is no cut
            found += [Edge(begin_ns + down, up=False), Edge(begin_ns + up, up=True)]
        count += 1
    return tuple(found)


class Flapping:
    """Drives the edges of one proxy. It keeps no thread: a scheduler calls `drive` at each `next_due`.

    The edges are due at absolute times, so that late calls do not add up; it ends by itself, restored.
    """

    def __init__(self, client: Client, proxy: str, plan: tuple[Edge, ...]) -> None:
        assert all(first.due_ns < second.due_ns for first, second in pairwise(plan))
        self._client = client
        self._proxy = proxy
        self._plan = list(plan)
        self.cuts = 0
        """How often the proxy has gone down so far."""

    def next_due(self) -> int | None:
        """When the next edge is due, in ns; None when all is over."""
        return self._plan[0].due_ns if self._plan else None

    def drive(self, now_ns: int) -> list[Edge]:
        """Do every edge that is due, in order; a driver that comes late misses none. Raises ToxiproxyError."""
        done: list[Edge] = []
        while self._plan and self._plan[0].due_ns <= now_ns:
            edge = self._plan.pop(0)
            if edge.up:
                self._client.enable(self._proxy)
            else:
                self._client.disable(self._proxy)
                self.cuts += 1
            done.append(edge)
        return done

    def stop(self) -> None:
        """End it now: the proxy is restored, no further edge comes."""
        if self._plan:
            self._plan.clear()
            self._client.enable(self._proxy)


def flap_until_over(
    client: Client, proxy: str, *, every_s: float, down_s: float, length_s: float
) -> Flapping:
    """For a caller without a scheduler: flap from now on and return when it is over, restored whatever happens."""
    flapping = Flapping(client, proxy, edges(time.monotonic_ns(), every_s, down_s, length_s))
    try:
        while (due := flapping.next_due()) is not None:
            time.sleep(max(0.0, (due - time.monotonic_ns()) / _NS))
            flapping.drive(time.monotonic_ns())
    finally:
        flapping.stop()
    return flapping
