"""A member that leaves a room of the relay."""

from __future__ import annotations

import pytest

from syncproof_products.bundled.core.relay.events import Subscribed
from syncproof_products.bundled.core.wire import (
    Call,
    GetMarker,
    Hello,
    LeaveRoom,
    Live,
    OpenRoom,
    Pull,
    Refused,
    RoomInfo,
)
from syncproof_products.bundled.tests.relay.relay_bench import RelayBench, draft

STREAM = 1


def bench() -> RelayBench:
    opened = RelayBench()
    opened.open("alice", "bob")
    opened.step(Subscribed(STREAM, "bob"))
    opened.push("alice", draft("1"))
    return opened


def told(opened: RelayBench) -> list[int]:
    return [frame.event.seq for frame in opened.frames(STREAM) if isinstance(frame, Live)]


def test_who_left_is_told_nothing_more() -> None:
    opened = bench()
    assert opened.call("bob", LeaveRoom("room")) == RoomInfo("room", ("alice",), 1)
    opened.push("alice", draft("2"))
    assert told(opened) == [1]


@pytest.mark.parametrize("call", [Pull("room", 0, 10), GetMarker("room"), OpenRoom("room", ("bob",))])
@pytest.mark.parametrize("restarted", [False, True])
def test_who_left_is_a_stranger(call: Call, restarted: bool) -> None:
    opened = bench()
    opened.call("bob", LeaveRoom("room"))
    if restarted:
        opened.restart()
    answer = opened.call("bob", call)
    assert isinstance(answer, Refused)
    assert answer.status == 403
    opened.step(Subscribed(STREAM + 1, "bob"))
    assert opened.frames(STREAM + 1) == [Hello({})]


def test_leaving_twice_is_leaving_once() -> None:
    opened = bench()
    assert opened.call("bob", LeaveRoom("room")) == opened.call("bob", LeaveRoom("room"))


def test_a_room_that_all_have_left_is_nobodys() -> None:
    opened = bench()
    for device in ("alice", "bob"):
        opened.call(device, LeaveRoom("room"))
    assert isinstance(opened.call("mallory", OpenRoom("room", ("mallory",))), Refused)


def test_who_is_taken_in_again_is_told_again() -> None:
    opened = bench()
    opened.call("bob", LeaveRoom("room"))
    opened.push("alice", draft("2"))
    opened.call("alice", OpenRoom("room", ("bob",)))
    opened.push("alice", draft("3"))
    assert told(opened) == [1, 3]
