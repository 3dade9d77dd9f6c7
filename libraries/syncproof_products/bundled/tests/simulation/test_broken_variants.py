"""The simulation can fail: deliberately broken devices are noticed, and for the right reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from syncproof_products.bundled.core.cursor import Cursor, Place
from syncproof_products.bundled.core.journal import Journal, OrElse, Then
from syncproof_products.bundled.core.marker import Marker
from syncproof_products.bundled.core.outbox import Outbox, Pending
from syncproof_products.bundled.core.receiving import Receiver
from syncproof_products.bundled.core.records import Change, MarkerMoved
from syncproof_products.bundled.core.room import Room
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.wire import Event, Page
from syncproof_products.bundled.tests.simulation.judging import problems
from syncproof_products.bundled.tests.simulation.stories import ROOM, interruption
from syncproof_products.bundled.tests.simulation.test_faults import (
    KINDS,
    troubled_run,
)

Break = Callable[[pytest.MonkeyPatch], None]


def skips_dedupe(patch: pytest.MonkeyPatch) -> None:
    """Whatever comes is taken, whether it was delivered before or not."""

    def place(self: Cursor, seq: int) -> Place:
        return Place.NEXT if seq <= self.seq + 1 else Place.AHEAD

    def take(self: Cursor, events: list[Event]) -> list[Event]:
        self.seq = max([self.seq, *[event.seq for event in events]])
        return list(events)

    patch.setattr(Cursor, "place", place)
    patch.setattr(Cursor, "take", take)


def drops_last_of_page(patch: pytest.MonkeyPatch) -> None:
    """A page of catch-up loses its last event, and the cursor passes it."""
    original = Cursor.take

    def take(self: Cursor, events: list[Event]) -> list[Event]:
        taken = original(self, events)
        return taken[:-1] if len(taken) > 1 else taken

    patch.setattr(Cursor, "take", take)


def marker_runs_ahead(patch: pytest.MonkeyPatch) -> None:
    """The marker goes to the head of the log as soon as that is known."""
    original = Receiver._take

    def take(self: Receiver, room: Room, catchup: object, key: str, turn: Turn, page: Page) -> None:
        moved = room.marker.advance(page.head, self._delivery.deliveries)
        if moved is not None:
            self._journal.stage((moved,))
        original(self, room, catchup, key, turn, page)  # type: ignore[arg-type]

    patch.setattr(Receiver, "_take", take)


def marker_goes_back(patch: pytest.MonkeyPatch) -> None:
    """Every other move of the marker is one back."""
    original = Marker.advance

    def advance(self: Marker, seq: int, n: int) -> MarkerMoved | None:
        moved = original(self, seq, n)
        if moved is not None and moved.seq % 2 and moved.seq > 1:
            moved.seq -= 2
        return moved

    patch.setattr(Marker, "advance", advance)


def acknowledges_before_the_commit(patch: pytest.MonkeyPatch) -> None:
    """What should wait for the commit is said at once."""
    turns: list[Turn] = []
    init = Turn.__init__

    def watch(self: Turn, *arguments: object) -> None:
        init(self, *arguments)  # type: ignore[arg-type]
        turns[:] = [self]

    def stage(
        self: Journal, changes: tuple[Change, ...], then: Then | None = None, or_else: OrElse | None = None
    ) -> None:
        original(self, changes, None, or_else)
        if then is not None:
            then(turns[0])

    original = Journal.stage
    patch.setattr(Turn, "__init__", watch)
    patch.setattr(Journal, "stage", stage)


def forgets_after_one_push(patch: pytest.MonkeyPatch) -> None:
    """An operation leaves the outbox when it is pushed, not when it is acknowledged."""
    original = Outbox.batch

    def batch(self: Outbox, group: str, uploaded: dict[str, None]) -> list[Pending]:
        taken = original(self, group, uploaded)
        for pending in taken:
            self.remove(pending.op.op_id)
        return taken

    patch.setattr(Outbox, "batch", batch)


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        (skips_dedupe, "duplicates"),
        (drops_last_of_page, "missing"),
        (marker_runs_ahead, "passes what was delivered"),
        (marker_goes_back, "marker went back"),
        (acknowledges_before_the_commit, "was seen and is not stored"),
        (forgets_after_one_push, "expected 60 events"),
    ],
)
def test_a_broken_device_is_noticed(broken: Break, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch)
    found: list[str] = []
    for seed in range(6):
        simulation, sent = interruption(seed)
        found += problems(simulation, ROOM, sent)
        simulation, sent, _ = troubled_run(seed, KINDS, faults=6)
        found += problems(simulation, ROOM, sent)
    assert [problem for problem in found if expected in problem], found[:5]
