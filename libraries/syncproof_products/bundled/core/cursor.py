"""How far a group's log has been delivered, and the live events that wait ahead of a gap."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from syncproof_products.bundled.core.wire import Event


class Place(Enum):
    """Where an event stands to the cursor."""

    SEEN = "seen"
    NEXT = "next"
    AHEAD = "ahead"


class Cursor:
    """Everything up to `seq` was delivered, nothing behind it: exactly once, by counting and not by remembering."""

    __slots__ = ("seq",)

    def __init__(self, seq: int = 0) -> None:
        self.seq = seq

    def place(self, seq: int) -> Place:
        """Where the event at `seq` stands."""
        if seq <= self.seq:
            return Place.SEEN
        return Place.NEXT if seq == self.seq + 1 else Place.AHEAD

    def take(self, events: Sequence[Event]) -> list[Event]:
        """Move past those of these events (in order) that continue the log without a gap, and return them.

        What was delivered before is left out; from the first gap on nothing is taken.
        """
        taken = []
        seq = self.seq
        for event in events:
            if event.seq == seq + 1:
                seq += 1
                taken.append(event)
            elif event.seq > seq:
                break
        self.seq = seq
        return taken


class Hold:
    """Live events ahead of the cursor, as many as fit. What does not fit is in the log and will be read there."""

    def __init__(self, limit: int, max_bytes: int) -> None:
        self._limit = limit
        self._max_bytes = max_bytes
        self._events: dict[int, Event] = {}
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._events)

    def __contains__(self, seq: int) -> bool:
        return seq in self._events

    def put(self, event: Event) -> bool:
        """Keep an event; False where there is no room for it."""
        size = len(event.draft.body)
        if len(self._events) >= self._limit or self._bytes + size > self._max_bytes:
            return False
        self._events[event.seq] = event
        self._bytes += size
        return True

    def drop_through(self, seq: int) -> int:
        """Forget the events up to `seq`: they were delivered otherwise. Returns how many there were."""
        passed = [held for held in self._events if held <= seq]
        for held in passed:
            self._remove(held)
        return len(passed)

    def take_after(self, seq: int) -> list[Event]:
        """Take out the events that follow `seq` without a gap."""
        taken = []
        while seq + 1 in self._events:
            seq += 1
            taken.append(self._remove(seq))
        return taken

    def _remove(self, seq: int) -> Event:
        event = self._events.pop(seq)
        self._bytes -= len(event.draft.body)
        return event
