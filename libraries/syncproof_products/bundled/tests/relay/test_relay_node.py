from __future__ import annotations

import random

import pytest

from syncproof_products.bundled.core.relay.actions import Answered, Commit, LookUp, ReadPage
from syncproof_products.bundled.core.relay.events import (
    CallReceived,
    CommitFailed,
    Committed,
    ExportWanted,
    LookedUp,
    PageRead,
    ReadFailed,
)
from syncproof_products.bundled.core.relay.limits import Limits
from syncproof_products.bundled.core.relay.relay import Relay
from syncproof_products.bundled.core.relay.snapshot import RoomState, Snapshot
from syncproof_products.bundled.core.wire import (
    BlobRef,
    Draft,
    Event,
    GetMarker,
    MarkerIs,
    OpenRoom,
    Page,
    Pull,
    Push,
    Pushed,
    Refused,
    RoomInfo,
    SetMarker,
)
from syncproof_products.bundled.tests.relay.relay_bench import RelayBench, draft

ROOM = Snapshot((RoomState("room", ("alice", "bob"), 0),))


def refused(answer: object) -> tuple[int, str]:
    assert isinstance(answer, Refused)
    return answer.status, answer.code


def test_opening_a_room_adds_members_and_never_removes_one() -> None:
    bench = RelayBench()
    assert bench.call("alice", OpenRoom("room", ("bob",))) == RoomInfo("room", ("alice", "bob"), 0)
    assert bench.call("bob", OpenRoom("room", ())) == RoomInfo("room", ("alice", "bob"), 0)
    assert bench.call("bob", OpenRoom("room", ("carol",))) == RoomInfo("room", ("alice", "bob", "carol"), 0)


def test_a_stranger_neither_adds_itself_nor_reads_nor_writes() -> None:
    bench = RelayBench()
    bench.open("alice")
    for call in (
        OpenRoom("room", ("eve",)),
        Push("room", (draft("1"),)),
        Pull("room", 0, 10),
        GetMarker("room"),
        SetMarker("room", 0),
    ):
        assert refused(bench.call("eve", call)) == (403, "not_member")
    assert bench.log() == ()


def test_a_room_that_nobody_opened_is_unknown() -> None:
    bench = RelayBench()
    assert refused(bench.call("alice", Push("room", (draft("1"),)))) == (404, "unknown_room")
    answers = bench.step(ExportWanted(99, "room", 0, 10))
    assert isinstance(answers[0], Answered)
    assert refused(answers[0].answer) == (404, "unknown_room")


def test_the_same_push_again_gets_the_same_places() -> None:
    bench = RelayBench()
    bench.open("alice", "bob")
    first = bench.push("alice", draft("1"), draft("2"))
    assert first == Pushed((("1", 1), ("2", 2)), 2)
    assert bench.push("bob", draft("1")) == Pushed((("1", 3),), 3)
    assert bench.push("alice", draft("2"), draft("3"), draft("1")) == Pushed(
        (("2", 2), ("3", 4), ("1", 1)), 4
    )
    bench.restart()
    assert bench.push("alice", draft("1"), draft("2")) == Pushed((("1", 1), ("2", 2)), 4)
    assert [event.seq for event in bench.log()] == [1, 2, 3, 4]


def test_one_operation_twice_in_a_push_has_one_place() -> None:
    bench = RelayBench()
    bench.open("alice")
    assert bench.push("alice", draft("1"), draft("1")) == Pushed((("1", 1), ("1", 1)), 1)
    assert refused(bench.push("alice", draft("2"), draft("2", "other"))) == (409, "op_conflict")
    assert len(bench.log()) == 1


def test_other_content_under_a_known_name_stores_nothing_of_the_push() -> None:
    bench = RelayBench()
    bench.open("alice")
    bench.push("alice", draft("1"))
    assert refused(bench.push("alice", draft("0"), draft("1", "other"), draft("2"))) == (409, "op_conflict")
    assert [event.draft.op_id for event in bench.log()] == ["1"]
    assert bench.relay.metrics()["pending_bytes"] == 0


def test_an_operation_belongs_to_one_room() -> None:
    bench = RelayBench()
    bench.open("alice")
    bench.push("alice", draft("1"))
    bench.call("alice", OpenRoom("other", ()))
    assert refused(bench.call("alice", Push("other", (draft("1"),)))) == (409, "op_conflict")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (Draft("", "append", ""), "invalid"),
        (Draft("1\n", "append", ""), "invalid"),
        (Draft("1", "rewrite", ""), "invalid"),
        (Draft("1", "put", ""), "invalid"),
        (Draft("1", "put", "", entry=""), "invalid"),
        (Draft("1", "append", "", clock={"a": -1}), "invalid"),
        (Draft("1", "append", "", clock={"a": 2**63}), "invalid"),
        (Draft("1", "append", "", blobs=(BlobRef("ABC", 1, "x"),)), "invalid"),
        (Draft("1", "append", "", blobs=(BlobRef("a" * 64, -1, "x"),)), "invalid"),
        (Draft("1", "append", "x" * 1000), "too_large"),
        (Draft("1", "append", "é" * 500), "too_large"),
        (Draft("1", "append", "", blobs=(BlobRef("a" * 64, 1, "n" * 1000),)), "too_large"),
    ],
)
def test_an_event_that_cannot_be_is_refused_with_its_whole_push(wrong: Draft, code: str) -> None:
    bench = RelayBench(Limits(max_event_bytes=1000))
    bench.open("alice")
    assert refused(bench.push("alice", draft("0"), wrong))[1] == code
    assert bench.log() == ()


def test_more_events_than_a_push_may_have() -> None:
    bench = RelayBench(Limits(max_push_events=2))
    bench.open("alice")
    assert refused(bench.push("alice", draft("1"), draft("2"), draft("3"))) == (413, "too_large")


def test_a_device_that_pushes_too_fast_is_told_when_to_come_back() -> None:
    bench = RelayBench(Limits(push_rate=10, push_burst=5))
    bench.open("alice", "bob")
    bench.push("alice", *[draft(str(i)) for i in range(15)])
    answer = bench.push("alice", draft("late"))
    assert isinstance(answer, Refused)
    assert (answer.status, answer.code) == (429, "too_many")
    assert isinstance(bench.push("bob", draft("his")), Pushed)
    assert answer.retry_after_s is not None
    bench.now += answer.retry_after_s
    assert isinstance(bench.push("alice", draft("late")), Pushed)


def test_markers_are_per_device_never_go_back_and_never_pass_the_head() -> None:
    bench = RelayBench()
    bench.open("alice", "bob")
    bench.push("alice", draft("1"), draft("2"), draft("3"))
    assert bench.call("bob", GetMarker("room")) == MarkerIs(0)
    assert bench.call("bob", SetMarker("room", 2)) == MarkerIs(2)
    assert bench.call("bob", SetMarker("room", 1)) == MarkerIs(2)
    assert refused(bench.call("bob", SetMarker("room", 4))) == (400, "invalid")
    assert refused(bench.call("bob", SetMarker("room", -1))) == (400, "invalid")
    bench.restart()
    assert bench.call("bob", GetMarker("room")) == MarkerIs(2)
    assert bench.call("alice", GetMarker("room")) == MarkerIs(0)


def test_pages_are_bounded_by_events_and_bytes_but_hold_one_at_least() -> None:
    bench = RelayBench(Limits(page_events=3, page_bytes=100))
    bench.open("alice")
    bench.push("alice", draft("1"), draft("2"), draft("3"), draft("4"), draft("5", "x" * 500), draft("6"))
    pages = []
    after, more = 0, True
    while more:
        page = bench.call("alice", Pull("room", after, 100))
        assert isinstance(page, Page)
        assert page.head == 6
        pages.append([event.seq for event in page.events])
        after, more = page.events[-1].seq, page.more
    assert pages == [[1, 2, 3], [4, 5], [6]]
    assert bench.call("alice", Pull("room", 6, 10)) == Page((), 6, more=False)
    assert bench.call("alice", Pull("room", 600, 10)) == Page((), 6, more=False)
    one = bench.call("alice", Pull("room", 2, 1))
    assert isinstance(one, Page)
    assert [event.seq for event in one.events] == [3]
    for after, limit in ((-1, 1), (0, 0)):
        assert refused(bench.call("alice", Pull("room", after, limit))) == (400, "invalid")


def test_a_hole_in_the_storage_is_an_error_and_not_a_shorter_page() -> None:
    relay = Relay(Limits(), Snapshot((RoomState("room", ("alice",), 3),)))
    rng = random.Random(0)
    for request_id, read in ((1, (1, 3)), (2, ()), (3, (2, 3))):
        assert isinstance(
            relay.step(0, rng, CallReceived(request_id, "alice", Pull("room", 0, 9)))[0], ReadPage
        )
        events = tuple(Event(seq, "alice", draft(str(seq))) for seq in read)
        (answer,) = relay.step(0, rng, PageRead(request_id, events))
        assert isinstance(answer, Answered)
        assert refused(answer.answer) == (500, "log_damaged")


def test_nothing_is_acknowledged_before_it_is_committed() -> None:
    relay, rng = Relay(Limits(), ROOM), random.Random(0)
    (look_up,) = relay.step(0, rng, CallReceived(1, "alice", Push("room", (draft("1"),))))
    assert look_up == LookUp(1, "alice", ("1",))
    (commit,) = relay.step(0, rng, LookedUp(1, {}))
    assert isinstance(commit, Commit)
    # Others see nothing of it yet either, and the same push again waits for the same commit.
    assert relay.step(0, rng, CallReceived(2, "bob", Pull("room", 0, 9))) == [
        Answered(2, Page((), 0, more=False))
    ]
    relay.step(0, rng, CallReceived(3, "alice", Push("room", (draft("1"),))))
    assert relay.step(0, rng, LookedUp(3, {})) == []
    done = relay.step(0, rng, Committed(commit.batch_id))
    assert done == [Answered(1, Pushed((("1", 1),), 1)), Answered(3, Pushed((("1", 1),), 1))]


def test_a_look_up_that_was_read_before_a_commit_does_not_double_an_event() -> None:
    relay, rng = Relay(Limits(), ROOM), random.Random(0)
    relay.step(0, rng, CallReceived(1, "alice", Push("room", (draft("1"),))))
    relay.step(0, rng, CallReceived(2, "alice", Push("room", (draft("1"),))))
    (commit,) = relay.step(0, rng, LookedUp(1, {}))
    assert isinstance(commit, Commit)
    relay.step(0, rng, Committed(commit.batch_id))
    # Read before the commit, answered after it.
    assert relay.step(0, rng, LookedUp(2, {})) == [Answered(2, Pushed((("1", 1),), 1))]


def test_a_failed_commit_fails_those_behind_it_and_gives_their_places_away_again() -> None:
    relay, rng = Relay(Limits(), ROOM), random.Random(0)
    commits = []
    for number in (1, 2):
        relay.step(0, rng, CallReceived(number, "alice", Push("room", (draft(str(number)),))))
        (commit,) = relay.step(0, rng, LookedUp(number, {}))
        assert isinstance(commit, Commit)
        commits.append(commit)
    assert commits[1].previous == commits[0].batch_id
    answers = relay.step(0, rng, CommitFailed(commits[0].batch_id, "disk full"))
    for answer in answers:
        assert isinstance(answer, Answered)
        assert refused(answer.answer) == (503, "storage_failed")
    assert [a.request_id for a in answers if isinstance(a, Answered)] == [1, 2]
    assert relay.step(0, rng, CommitFailed(commits[1].batch_id, "follows a failed one")) == []
    relay.step(0, rng, CallReceived(3, "alice", Push("room", (draft("2"),))))
    (again,) = relay.step(0, rng, LookedUp(3, {}))
    assert isinstance(again, Commit)
    assert again.previous == 0
    assert relay.step(0, rng, Committed(again.batch_id)) == [Answered(3, Pushed((("2", 1),), 1))]
    assert relay.metrics()["pending_bytes"] == 0


def test_a_room_whose_creation_failed_does_not_exist() -> None:
    relay, rng = Relay(Limits(), Snapshot()), random.Random(0)
    (commit,) = relay.step(0, rng, CallReceived(1, "alice", OpenRoom("room", ())))
    assert isinstance(commit, Commit)
    (early,) = relay.step(0, rng, CallReceived(2, "eve", OpenRoom("room", ())))
    assert isinstance(early, Answered)
    assert refused(early.answer) == (403, "not_member")
    relay.step(0, rng, CommitFailed(commit.batch_id, "disk full"))
    (unknown,) = relay.step(0, rng, CallReceived(3, "alice", Pull("room", 0, 1)))
    assert isinstance(unknown, Answered)
    assert refused(unknown.answer) == (404, "unknown_room")


def test_a_storage_that_cannot_be_read_is_said_so() -> None:
    relay, rng = Relay(Limits(), Snapshot((RoomState("room", ("alice",), 3),))), random.Random(0)
    for request_id, call in ((1, Pull("room", 0, 1)), (2, Push("room", (draft("1"),)))):
        relay.step(0, rng, CallReceived(request_id, "alice", call))
        (answer,) = relay.step(0, rng, ReadFailed(request_id, "I/O error"))
        assert isinstance(answer, Answered)
        assert refused(answer.answer) == (503, "storage_failed")
    assert relay.metrics()["pending_bytes"] == 0


def test_what_waits_to_be_stored_is_bounded() -> None:
    relay, rng = Relay(Limits(pending_bytes=100), ROOM), random.Random(0)
    relay.step(0, rng, CallReceived(1, "alice", Push("room", (draft("1", "x" * 90),))))
    (answer,) = relay.step(0, rng, CallReceived(2, "bob", Push("room", (draft("2", "x" * 90),))))
    assert isinstance(answer, Answered)
    assert refused(answer.answer) == (429, "too_many")
    (commit,) = relay.step(0, rng, LookedUp(1, {}))
    assert isinstance(commit, Commit)
    relay.step(0, rng, Committed(commit.batch_id))
    assert isinstance(relay.step(0, rng, CallReceived(3, "bob", Push("room", (draft("2"),))))[0], LookUp)


def test_commits_reported_out_of_order_are_an_error_of_the_edge() -> None:
    relay, rng = Relay(Limits(), ROOM), random.Random(0)
    with pytest.raises(ValueError, match="in order"):
        relay.step(0, rng, Committed(7))
