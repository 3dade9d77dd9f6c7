from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from syncproof_products.bundled.core.marker import Marker
from syncproof_products.bundled.core.records import GroupState, MarkerMoved
from syncproof_products.bundled.core.settings import Settings
from syncproof_synckit.debounce import Debounce

SETTINGS = Settings(marker_debounce_s=1.0, marker_max_wait_s=3.0)


def due_of(waiting: Debounce | Marker) -> float | None:
    return waiting.due


def test_debounce_waits_for_quiet_but_not_for_ever() -> None:
    debounce = Debounce(1.0, 3.0)
    assert due_of(debounce) is None
    dues: list[float | None] = []
    for tenth in range(0, 50, 5):
        debounce.touch(tenth / 10)
        dues.append(due_of(debounce))
    assert dues[:5] == [1.0, 1.5, 2.0, 2.5, 3.0]
    assert dues[5:] == [3.0] * 5
    debounce.clear()
    assert due_of(debounce) is None


def test_a_hundred_quick_moves_are_told_once() -> None:
    marker = Marker(SETTINGS, GroupState("room"))
    for n in range(1, 101):
        moved = marker.advance(n, n)
        assert moved == MarkerMoved("room", "local", n, n), "here it moves with every delivery"
        marker.local_committed(moved, now=n / 1000)
    assert due_of(marker) == 0.1 + 1.0
    position = marker.telling()
    assert position.seq == 100
    assert due_of(marker) is None
    assert marker.told(position) == MarkerMoved("room", "remote", 100, 100)
    assert not marker.lags


def test_a_blocked_marker_stays_and_then_jumps_to_where_deliveries_are() -> None:
    marker = Marker(SETTINGS, GroupState("room", local_seq=50, local_n=50))
    marker.blocked = True
    assert [marker.advance(seq, seq) for seq in (51, 100)] == [None, None]
    marker.blocked = False
    assert marker.advance(100, 100) == MarkerMoved("room", "local", 100, 100)


def test_what_was_not_told_before_a_restart_is_told_after_it() -> None:
    marker = Marker(SETTINGS, GroupState("room", local_seq=7, local_n=7, remote_seq=3, remote_n=3))
    assert due_of(marker) is None
    marker.resume(10.0)
    assert due_of(marker) == 11.0
    done = Marker(SETTINGS, GroupState("room", local_seq=7, local_n=7, remote_seq=7, remote_n=7))
    done.resume(10.0)
    assert done.due is None


class MarkerMachine(RuleBasedStateMachine):
    """Never back; the relay never hears of what is not committed here; commits and answers come late."""

    def __init__(self) -> None:
        super().__init__()
        self.marker = Marker(SETTINGS, GroupState("room"))
        self.now = 0.0
        self.cursor = 0
        self.uncommitted: list[MarkerMoved] = []
        self.remote: list[int] = []
        self.local: list[int] = []

    @rule(events=st.integers(1, 5))
    def deliver(self, events: int) -> None:
        self.cursor += events
        moved = self.marker.advance(self.cursor, self.cursor)
        if moved is not None:
            self.uncommitted.append(moved)

    @rule()
    def commit(self) -> None:
        if self.uncommitted:
            moved = self.uncommitted.pop(0)
            self.local.append(moved.seq)
            self.marker.local_committed(moved, self.now)

    @rule(blocked=st.booleans())
    def standby(self, blocked: bool) -> None:
        self.marker.blocked = blocked

    @rule(seconds=st.floats(0, 2), lost=st.booleans())
    def wait(self, seconds: float, lost: bool) -> None:
        self.now += seconds
        due = self.marker.due
        if due is not None and due <= self.now:
            position = self.marker.telling()
            if lost:
                self.marker.resume(self.now)
            else:
                moved = self.marker.told(position)
                if moved is not None:
                    self.remote.append(moved.seq)

    @invariant()
    def forward_and_not_ahead(self) -> None:
        assert self.local == sorted(set(self.local))
        assert self.remote == sorted(set(self.remote))
        assert self.marker.local.seq <= self.cursor
        assert self.marker.remote.seq <= self.marker.committed.seq <= self.marker.local.seq
        if self.marker.lags:
            assert self.marker.due is not None, "the relay would never hear of it"


TestMarker = MarkerMachine.TestCase
