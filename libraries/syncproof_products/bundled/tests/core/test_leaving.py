"""A device that leaves a group: what still comes from before, what it does no more, how it comes back."""

from __future__ import annotations

import pytest

from syncproof_products.bundled.core.actions import Accepted, OpenStream, Rejected
from syncproof_products.bundled.core.events import (
    ConnectWanted,
    GroupLeft,
    GroupSet,
    RelayAddressChanged,
    StreamUp,
)
from syncproof_products.bundled.core.records import GroupState, Snapshot
from syncproof_products.bundled.core.wire import (
    Heartbeat,
    Hello,
    LeaveRoom,
    Live,
    OpenRoom,
    Page,
    Pull,
    Push,
    Refused,
    RoomInfo,
    SetMarker,
)
from syncproof_products.bundled.tests.core.driven_device import (
    GROUP,
    DrivenDevice,
    calls,
    event,
    events,
    last,
    observed,
    of,
    op,
)

TICKET = 9


def member(delivered: int = 0) -> DrivenDevice:
    device = DrivenDevice()
    device.go_live()
    device.live(*events(1, delivered))
    device.commit()
    return device


def left(device: DrivenDevice, head: int) -> None:
    device.step(GroupLeft(TICKET, GROUP))
    device.answer(LeaveRoom, RoomInfo(GROUP, ("bob",), head))
    done = device.commit()
    assert [answer.ticket for answer in of(done, Accepted)] == [TICKET]
    assert observed(done, "group") == [{"group": GROUP, "state": "left"}]


def test_what_was_sent_before_it_left_and_comes_late_is_not_its_any_more() -> None:
    device = member(3)
    left(device, head=5)
    device.live(event(4), event(5))
    device.frame(Heartbeat({GROUP: 5}))
    device.commit()
    assert device.core.deliveries == 3
    assert device.core.groups == ()
    assert set(device.core.pending().values()) == {0}
    assert not calls(device.wait(60), Pull)


def test_it_neither_sends_nor_tells_a_marker_nor_asks_to_be_in_again() -> None:
    device = member(2)
    device.submit(op(1))
    device.commit()
    left(device, head=2)
    device.submit(op(2))
    after = device.wait(60)
    assert not [*calls(after, Push), *calls(after, SetMarker), *calls(after, OpenRoom)]
    assert device.core.pending()["outbox"] == 0


def test_a_catch_up_that_is_under_way_is_given_up() -> None:
    device = DrivenDevice()
    device.go_live(head=4)
    device.exchange(Pull)
    left(device, head=4)
    assert not device.core.pending()["held"]
    assert device.state == "live"


@pytest.mark.parametrize("frame", [Heartbeat({GROUP: 6}), Live(GROUP, event(6))])
def test_who_is_taken_in_again_goes_on_where_it_was(frame: Heartbeat | Live) -> None:
    device = member(3)
    left(device, head=5)
    asked = calls(device.frame(frame), Pull)
    assert [pull.after for pull in asked] == [3]
    device.answer(Pull, Page(tuple(events(4, 6)), 6, more=False))
    device.commit()
    assert device.core.deliveries == 6


def test_that_it_left_outlasts_its_process() -> None:
    device = DrivenDevice(
        snapshot=Snapshot(groups=(GroupState(GROUP, ("alice", "bob"), cursor=3, left=True),))
    )
    device.step(RelayAddressChanged("relay:1"))
    device.step(ConnectWanted())
    device.commit()
    device.step(StreamUp(last(device.actions, OpenStream).stream))
    device.frame(Hello({}))
    assert device.state == "live"
    assert not calls(device.wait(60), OpenRoom)


def test_a_wish_to_be_in_again_is_asked_for() -> None:
    device = member()
    left(device, head=0)
    device.step(GroupSet(TICKET + 1, GROUP, ("alice",)))
    assert device.exchange(OpenRoom)


@pytest.mark.parametrize("status", [403, 500])
def test_a_relay_that_does_not_let_go_leaves_it_in(status: int) -> None:
    device = member()
    device.step(GroupLeft(TICKET, GROUP))
    refused = of(device.answer(LeaveRoom, Refused(status, "no", "no")), Rejected)
    assert [(answer.ticket, answer.code) for answer in refused] == [(TICKET, "offline")]
    assert device.core.groups == (GROUP,)
    assert device.core.pending()["retries"] == 0


def test_who_is_offline_or_out_already_cannot_leave() -> None:
    offline = DrivenDevice()
    assert of(offline.step(GroupLeft(TICKET, GROUP)), Rejected)[0].code == "offline"
    device = member()
    left(device, head=0)
    assert of(device.step(GroupLeft(TICKET, GROUP)), Rejected)[0].code == "unknown_group"
