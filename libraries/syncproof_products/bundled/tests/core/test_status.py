"""The states of syncing by what happens: the table of the plan, and what a device makes of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from syncproof_products.bundled.core.events import (
    DisconnectWanted,
    ExchangeFailed,
    FlushWanted,
    FocusChanged,
)
from syncproof_products.bundled.core.status import StatusTracker, SyncStatus
from syncproof_products.bundled.core.wire import Page, Pull, Push, Pushed, Refused
from syncproof_products.bundled.tests.core.driven_device import GROUP, DrivenDevice, calls, observed, op

Act = Callable[[StatusTracker], None]

CONNECTED: Act = lambda tracker: tracker.connection(True)  # noqa: E731
LOST: Act = lambda tracker: tracker.connection(False)  # noqa: E731
ACKED: Act = lambda tracker: tracker.push_acked("a", 0)  # noqa: E731
ONE_OF_TWO: Act = lambda tracker: tracker.push_acked("b", 1)  # noqa: E731
FAILED: Act = lambda tracker: tracker.push_failed(["a"])  # noqa: E731
REFUSED: Act = lambda tracker: tracker.push_refused("a")  # noqa: E731
BACK: Act = lambda tracker: tracker.user_came_back()  # noqa: E731


@pytest.mark.parametrize(
    ("acts", "shown"),
    [
        ([], SyncStatus.OFFLINE),
        ([CONNECTED], SyncStatus.CONNECTED),
        ([CONNECTED, ACKED], SyncStatus.SYNCED),
        ([CONNECTED, FAILED], SyncStatus.PENDING),
        ([CONNECTED, ACKED, FAILED], SyncStatus.PENDING),
        ([CONNECTED, FAILED, ACKED], SyncStatus.SYNCED),
        ([CONNECTED, FAILED, ONE_OF_TWO], SyncStatus.PENDING),
        ([CONNECTED, ONE_OF_TWO], SyncStatus.CONNECTED),
        ([CONNECTED, REFUSED], SyncStatus.FAILED),
        ([CONNECTED, FAILED, REFUSED], SyncStatus.FAILED),
        ([CONNECTED, REFUSED, ACKED], SyncStatus.FAILED),
        ([CONNECTED, REFUSED, ONE_OF_TWO], SyncStatus.FAILED),
        ([CONNECTED, REFUSED, ACKED, BACK], SyncStatus.SYNCED),
        ([CONNECTED, REFUSED, BACK], SyncStatus.CONNECTED),
        ([CONNECTED, REFUSED, FAILED, BACK], SyncStatus.PENDING),
        ([CONNECTED, REFUSED, BACK, REFUSED], SyncStatus.FAILED),
        ([CONNECTED, REFUSED, LOST, CONNECTED], SyncStatus.FAILED),
        ([CONNECTED, REFUSED, LOST, BACK, CONNECTED], SyncStatus.CONNECTED),
        ([CONNECTED, FAILED, BACK], SyncStatus.PENDING),
        ([CONNECTED, REFUSED, FAILED], SyncStatus.FAILED),
        ([CONNECTED, ACKED, LOST], SyncStatus.OFFLINE),
        ([CONNECTED, FAILED, LOST], SyncStatus.OFFLINE),
        ([CONNECTED, REFUSED, LOST], SyncStatus.OFFLINE),
        ([CONNECTED, ACKED, LOST, CONNECTED], SyncStatus.CONNECTED),
        ([CONNECTED, ACKED, LOST, ACKED, CONNECTED], SyncStatus.SYNCED),
        ([CONNECTED, ACKED, CONNECTED], SyncStatus.SYNCED),
        ([CONNECTED, FAILED, LOST, CONNECTED], SyncStatus.PENDING),
        ([ACKED], SyncStatus.OFFLINE),
    ],
)
def test_what_is_shown(acts: list[Act], shown: SyncStatus) -> None:
    tracker = StatusTracker()
    for act in acts:
        act(tracker)
    assert tracker.status is shown


@pytest.mark.parametrize(
    ("status", "name", "emoji"),
    [
        (SyncStatus.SYNCED, "Synced", "☁️✓"),
        (SyncStatus.PENDING, "PendingSync", "☁️⏳"),
        (SyncStatus.FAILED, "SyncFailed", "☁️✗"),
        (SyncStatus.OFFLINE, "Offline", "📴"),
        (SyncStatus.CONNECTED, "Connected", "☁️"),
    ],
)
def test_each_state_has_its_emoji_and_a_sentence(status: SyncStatus, name: str, emoji: str) -> None:
    shown = status.shown
    assert (shown["status"], shown["emoji"]) == (name, emoji)
    assert shown["message"].endswith(".")


def test_what_is_pending_says_where_it_is() -> None:
    assert SyncStatus.PENDING.shown["message"] == "Changes saved locally. Will sync when connection restored."


def _shown(device: DrivenDevice) -> list[object]:
    return [fields["status"] for fields in device.seen("sync_status")]


def test_a_device_shows_each_change_once() -> None:
    device = DrivenDevice()
    device.go_live()
    assert _shown(device) == ["Connected"]
    device.submit(op(1))
    device.commit()
    device.step(ExchangeFailed(device.exchange(Push)[0], "closed"))
    assert _shown(device) == ["Connected", "PendingSync"]
    device.wait(1.0)
    device.answer(Push, Pushed((("op-1", 1),), 1))
    assert _shown(device) == ["Connected", "PendingSync", "Synced"]
    device.step(DisconnectWanted())
    assert _shown(device)[-1] == "Offline"
    assert device.core.status is SyncStatus.OFFLINE


@pytest.mark.parametrize(
    ("status", "shown"), [(413, "SyncFailed"), (429, "PendingSync"), (503, "PendingSync")]
)
def test_what_the_relay_refuses_for_good_has_failed(status: int, shown: str) -> None:
    device = DrivenDevice()
    device.go_live()
    device.submit(op(1))
    device.commit()
    device.answer(Push, Refused(status, "code", "no"))
    assert _shown(device)[-1] == shown


def test_a_refusal_is_shown_until_the_user_comes_back() -> None:
    device = DrivenDevice()
    device.go_live()
    device.submit(op(1))
    device.commit()
    device.answer(Push, Refused(413, "code", "no"))
    device.submit(op(2))
    device.commit()
    device.answer(Push, Pushed((("op-2", 1),), 1))
    device.step(FocusChanged(False))
    assert _shown(device)[-1] == "SyncFailed"
    device.step(FocusChanged(True))
    assert _shown(device)[-1] == "Synced"


def test_a_push_that_is_given_up_here_has_not_failed() -> None:
    device = DrivenDevice()
    device.go_live()
    device.submit(op(1))
    device.commit()
    device.step(DisconnectWanted())
    device.go_live()
    assert "PendingSync" not in _shown(device)


def test_the_foreground_begins_a_catch_up_and_the_background_nothing() -> None:
    device = DrivenDevice()
    device.go_live()
    assert calls(device.step(FocusChanged(False)), Pull) == []
    begun = device.step(FocusChanged(True))
    assert calls(begun, Pull) == [Pull(GROUP, 0, 500)]
    assert observed(begun, "catchup")[0]["reason"] == "focus"
    device.answer(Pull, Page((), 0, more=False))
    assert device.state == "live"
    assert [fields["focused"] for fields in device.seen("focus")] == [False, True]


@pytest.mark.parametrize("happened", [FlushWanted(), FocusChanged(True)])
def test_what_was_to_be_tried_later_is_tried_at_once(happened: FlushWanted | FocusChanged) -> None:
    device = DrivenDevice()
    device.go_live()
    device.submit(op(1))
    device.commit()
    device.step(ExchangeFailed(device.exchange(Push)[0], "closed"))
    assert calls(device.step(happened), Push)
