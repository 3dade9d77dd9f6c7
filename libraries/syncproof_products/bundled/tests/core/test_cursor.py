from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from syncproof_products.bundled.core.cursor import Cursor, Hold, Place
from syncproof_products.bundled.core.wire import Draft, Event


def event(seq: int, body: str = "{}") -> Event:
    return Event(seq, "alice", Draft(f"op-{seq}", "append", body))


def test_where_an_event_stands() -> None:
    cursor = Cursor(4)
    assert [cursor.place(seq) for seq in (1, 4, 5, 6)] == [Place.SEEN, Place.SEEN, Place.NEXT, Place.AHEAD]


@given(st.integers(0, 5), st.lists(st.integers(1, 12)).map(sorted))
def test_a_page_is_taken_up_to_its_first_gap_and_once(start: int, seqs: list[int]) -> None:
    cursor = Cursor(start)
    taken = [e.seq for e in cursor.take([event(seq) for seq in seqs])]
    assert taken == list(range(start + 1, cursor.seq + 1))
    assert cursor.seq + 1 not in seqs
    assert cursor.take([event(seq) for seq in seqs]) == []


def test_the_hold_has_room_for_so_many_events_and_bytes() -> None:
    hold = Hold(limit=3, max_bytes=10)
    assert [hold.put(event(seq, "x" * 4)) for seq in (5, 6, 7)] == [True, True, False]
    assert hold.drop_through(5) == 1
    assert hold.put(event(7, "x" * 4))
    assert [e.seq for e in hold.take_after(5)] == [6, 7]
    assert len(hold) == 0
    assert all(hold.put(event(seq, "")) for seq in (8, 9, 10))
    assert not hold.put(event(11, ""))


class LogMachine(RuleBasedStateMachine):
    """A cursor and its hold, fed in any order with repeats, deliver the log's prefix once and in order."""

    def __init__(self) -> None:
        super().__init__()
        self.cursor = Cursor()
        self.hold = Hold(limit=4, max_bytes=1000)
        self.delivered: list[int] = []

    @rule(seq=st.integers(1, 15))
    def live(self, seq: int) -> None:
        place = self.cursor.place(seq)
        if place is Place.NEXT:
            self.take([event(seq)])
            self.hold.drop_through(self.cursor.seq)
            self.take(self.hold.take_after(self.cursor.seq))
        elif place is Place.AHEAD and seq not in self.hold:
            self.hold.put(event(seq))

    @rule(size=st.integers(1, 5), back=st.integers(0, 3))
    def page(self, size: int, back: int) -> None:
        first = max(1, self.cursor.seq + 1 - back)
        self.take([event(seq) for seq in range(first, first + size)])
        self.hold.drop_through(self.cursor.seq)

    def take(self, events: list[Event]) -> None:
        self.delivered += [e.seq for e in self.cursor.take(events)]

    @invariant()
    def dense_from_one(self) -> None:
        assert self.delivered == list(range(1, self.cursor.seq + 1))
        assert len(self.hold) <= 4


TestLog = LogMachine.TestCase
