"""What a device did, as a reader follows it: dense numbers, CLOCK_MONOTONIC, the last so many kept."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Mapping

import msgspec

CAPACITY = 50_000


class EventRing:
    """The events of one incarnation. A reader that fell too far behind sees a gap in `seq`."""

    def __init__(self, incarnation: int, capacity: int = CAPACITY) -> None:
        self.incarnation = incarnation
        self._events: deque[msgspec.Raw] = deque(maxlen=capacity)
        self._last = 0
        self._closed = False
        self._arrival: asyncio.Future[None] | None = None

    def append(self, kind: str, fields: Mapping[str, object], t_ns: int | None = None) -> None:
        """Add an event; `t_ns` is CLOCK_MONOTONIC in nanoseconds (default: now)."""
        self._last += 1
        event = {
            "seq": self._last,
            "t_ns": time.monotonic_ns() if t_ns is None else t_ns,
            "type": kind,
            **fields,
        }
        self._events.append(msgspec.Raw(msgspec.json.encode(event)))
        self._wake_readers()

    def close(self) -> None:
        """Let no reader wait from now on: the process is about to end."""
        self._closed = True
        self._wake_readers()

    async def read(self, incarnation: int, after: int, wait_s: float, limit: int) -> dict[str, object]:
        """Events behind `after` (from the start, where `incarnation` is another one's), at once if any.

        Waits up to `wait_s` seconds for the first. `next` is what to pass as `after` the next time.
        """
        start = after if incarnation == self.incarnation else 0
        if self._last <= start and wait_s > 0 and not self._closed:
            await self._wait(wait_s)
        first_kept = self._last - len(self._events) + 1
        skip = max(0, start + 1 - first_kept)
        events = [self._events[i] for i in range(skip, min(len(self._events), skip + limit))]
        last_given = first_kept + skip + len(events) - 1 if events else start
        return {"incarnation": self.incarnation, "events": events, "next": last_given}

    def _wake_readers(self) -> None:
        if self._arrival is not None:
            self._arrival.set_result(None)
            self._arrival = None

    async def _wait(self, wait_s: float) -> None:
        if self._arrival is None:
            self._arrival = asyncio.get_running_loop().create_future()
        await asyncio.wait([self._arrival], timeout=wait_s)
