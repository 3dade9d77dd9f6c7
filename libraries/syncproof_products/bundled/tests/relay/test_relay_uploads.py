from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from syncproof_products.bundled.core.relay.limits import Limits
from syncproof_products.bundled.core.relay.uploads import Begun, Key, Uploads
from syncproof_products.bundled.core.wire import Refused

LIMITS = Limits(max_blob_bytes=100, uploads_per_device=2, upload_idle_s=60.0)
A: Key = ("alice", "a")
B: Key = ("alice", "b")
C: Key = ("alice", "c")
OTHER: Key = ("bob", "a")


def begun(uploads: Uploads, now: float, key: Key, offset: int = 0, size: int = 100) -> Begun:
    answer = uploads.begin(now, key, offset, size)
    assert isinstance(answer, Begun), answer
    return answer


def test_parts_are_appended_where_the_last_one_ended() -> None:
    uploads = Uploads(LIMITS, {}, 0.0)
    assert uploads.ask(0.0, A) == 0
    writer = begun(uploads, 0.0, A).writer
    assert uploads.writes(A, writer)
    assert uploads.wrote(0.0, A, 10) == 10
    begun(uploads, 0.0, A, offset=10)
    assert uploads.ask(0.0, A) == 10
    assert uploads.ask(0.0, OTHER) == 0, "each device has its own"


@pytest.mark.parametrize(
    ("offset", "size", "status"),
    [(0, 100, 409), (9, 100, 409), (11, 100, 409), (10, 9, 409), (10, 101, 413)],
)
def test_a_part_that_does_not_fit_changes_nothing(offset: int, size: int, status: int) -> None:
    uploads = Uploads(LIMITS, {A: (10, 0.0)}, 0.0)
    refused = uploads.begin(0.0, A, offset, size)
    assert isinstance(refused, Refused)
    assert refused.status == status
    assert uploads.held(A) == 10


def test_who_is_refused_stops_nobody() -> None:
    uploads = Uploads(LIMITS, {}, 0.0)
    writer = begun(uploads, 0.0, A).writer
    uploads.wrote(0.0, A, 10)
    assert isinstance(uploads.begin(0.0, A, 5, 100), Refused)
    assert (uploads.held(A), uploads.held(OTHER)) == (10, 0)
    assert uploads.writes(A, writer)


def test_who_asks_or_begins_takes_over() -> None:
    uploads = Uploads(LIMITS, {}, 0.0)
    first = begun(uploads, 0.0, A).writer
    second = begun(uploads, 0.0, A).writer
    assert (uploads.writes(A, first), uploads.writes(A, second)) == (False, True)
    uploads.ask(0.0, A)
    assert not uploads.writes(A, second)


def test_one_more_than_allowed_drops_the_one_that_rested_longest() -> None:
    uploads = Uploads(LIMITS, {A: (5, 10.0), B: (5, 20.0), OTHER: (5, 50.0)}, 100.0)
    uploads.ask(100.0, B)
    assert begun(uploads, 101.0, C).dropped == (A,)
    assert [uploads.ask(101.0, key) for key in (A, B, OTHER)] == [0, 5, 5]


def test_what_nobody_goes_on_with_is_collected() -> None:
    uploads = Uploads(LIMITS, {A: (5, 59.0), B: (5, 0.0)}, 100.0)
    assert uploads.collect(100.5) == []
    assert uploads.collect(101.0) == [A]
    uploads.wrote(150.0, B, 1)
    assert uploads.collect(160.0) == []
    assert uploads.collect(210.0) == [B]
    assert len(uploads) == 0


class Parts(RuleBasedStateMachine):
    """Whatever devices send, what is held is a beginning of the attachment: no byte twice, none left out."""

    def __init__(self) -> None:
        super().__init__()
        self.uploads = Uploads(LIMITS, {}, 0.0)
        self.stored: dict[Key, list[int]] = {}

    @rule(key=st.sampled_from([A, B, C, OTHER]), offset=st.integers(0, 40), count=st.integers(0, 20))
    def part(self, key: Key, offset: int, count: int) -> None:
        answer = self.uploads.begin(0.0, key, offset, 100)
        if isinstance(answer, Begun):
            for dropped in answer.dropped:
                del self.stored[dropped]
            self.stored.setdefault(key, []).extend(range(offset, offset + count))
            self.uploads.wrote(0.0, key, count)

    @rule()
    def restart(self) -> None:
        self.uploads = Uploads(LIMITS, {key: (len(bytes_), 0.0) for key, bytes_ in self.stored.items()}, 0.0)

    @invariant()
    def is_a_beginning(self) -> None:
        for key, bytes_ in self.stored.items():
            assert bytes_ == list(range(len(bytes_)))
            assert self.uploads.ask(0.0, key) == len(bytes_)
        for owner in ("alice", "bob"):
            assert sum(key[0] == owner for key in self.stored) <= LIMITS.uploads_per_device


TestParts = Parts.TestCase
TestParts.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)
