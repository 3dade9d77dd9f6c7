from __future__ import annotations

import pytest

from syncproof_products.bundled.core.actions import Accepted, Cancel, Commit, DownloadBlob, Rejected
from syncproof_products.bundled.core.events import (
    BlobDone,
    BlobFailed,
    ExchangeFailed,
    MarkerSet,
    StreamDown,
    Submit,
    Tick,
)
from syncproof_products.bundled.core.records import (
    AwaitingEnded,
    CursorMoved,
    Delivered,
    EntryStored,
    GroupState,
    MarkerMoved,
    Snapshot,
)
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.wire import BlobRef, Heartbeat, MarkerIs, Page, Pull, Refused, SetMarker
from syncproof_products.bundled.tests.core.driven_device import (
    GROUP,
    DrivenDevice,
    calls,
    event,
    events,
    observed,
    of,
    op,
)

PICTURE = BlobRef("a" * 64, 100, "picture.png")


def catchups(device: DrivenDevice) -> list[tuple[object, object, object]]:
    return [(step["state"], step["got"], step["reason"]) for step in device.seen("catchup")]


def local_markers(device: DrivenDevice) -> list[object]:
    return [marker["new"] for marker in device.seen("marker") if marker["scope"] == "local"]


def test_a_live_event_is_seen_when_it_is_durable_and_the_marker_with_it() -> None:
    device = DrivenDevice()
    device.go_live()
    actions = device.live(event(1))
    [commit] = of(actions, Commit)
    assert commit.changes == (
        Delivered(1, GROUP, event(1), "live"),
        CursorMoved(GROUP, 1),
        MarkerMoved(GROUP, "local", 1, 1),
    )
    assert observed(actions, "deliver") == observed(actions, "marker") == []
    actions = device.commit()
    assert observed(actions, "deliver") == [{"n": 1}]
    assert observed(actions, "marker") == [
        {"group": GROUP, "scope": "local", "old": None, "new": "1", "n": 1}
    ]


def test_what_comes_twice_is_ignored_and_counted() -> None:
    device = DrivenDevice()
    device.go_live()
    device.live(event(1), event(2), event(1), event(2), event(2))
    device.commit()
    assert device.core.deliveries == 2
    assert device.core.metrics()["duplicatesIgnored"] == 3


def test_catch_up_goes_page_by_page_and_each_page_is_one_commit() -> None:
    device = DrivenDevice(Settings(page_events=3, max_lookback=5))
    device.go_live(head=8)
    assert device.state == "catching_up"
    pulls = []
    for page in (events(1, 3), events(4, 6), events(7, 8)):
        pull = device.exchange(Pull)[1]
        pulls.append((pull.after, pull.limit))
        actions = device.answer(Pull, Page(page, 8, more=page[-1].seq < 8))
        [commit] = of(actions, Commit)
        assert len([change for change in commit.changes if isinstance(change, Delivered)]) == len(page)
        assert calls(actions, Pull) == [], "one page at a time is in memory"
        device.commit()
    assert pulls == [(0, 3), (3, 3), (6, 3)]
    assert catchups(device) == [
        ("started", 0, "connected"),
        ("page", 3, "connected"),
        ("page", 3, "connected"),
        ("page", 2, "connected"),
        ("ended", 8, "connected"),
    ]
    assert [delivered["n"] for delivered in device.seen("deliver")] == [3, 6, 8]
    assert local_markers(device) == ["3", "6", "8"]
    assert device.state == "live"


def test_a_live_event_ahead_of_a_gap_is_held_until_catch_up_got_there() -> None:
    device = DrivenDevice()
    device.go_live()
    actions = device.live(event(4))
    assert observed(actions, "held") == [
        {"group": GROUP, "op_id": "bob-4", "version": "4", "server_order": 4}
    ]
    assert of(actions, Commit) == []
    assert device.exchange(Pull)[1].after == 0
    device.answer(Pull, Page(events(1, 3), 3, more=False))
    device.commit()
    assert device.core.deliveries == 4
    assert local_markers(device) == ["3", "4"]
    assert [
        change.path
        for commit in of(device.actions, Commit)
        for change in commit.changes
        if isinstance(change, Delivered)
    ] == ["catchup"] * 3 + ["live"]


def test_a_live_event_that_a_page_brought_too_is_delivered_once() -> None:
    device = DrivenDevice()
    device.go_live(head=2)
    device.live(event(3))
    device.answer(Pull, Page(events(1, 3), 3, more=False))
    device.commit()
    assert device.core.deliveries == 3
    assert device.core.pending()["held"] == 0
    assert device.core.metrics()["duplicatesIgnored"] == 1


def test_a_beat_tells_of_events_that_never_came_live() -> None:
    device = DrivenDevice()
    device.go_live()
    actions = device.frame(Heartbeat({GROUP: 5}))
    assert [pull.after for pull in calls(actions, Pull)] == [0]
    assert catchups(device) == [("started", 0, "behind")]
    assert calls(device.frame(Heartbeat({GROUP: 5})), Pull) == [], "it goes on already"


def test_a_room_that_others_made_is_joined_when_the_relay_speaks_of_it() -> None:
    device = DrivenDevice(snapshot=Snapshot())
    device.go_live(head=3)
    device.commit()
    assert device.seen("group") == [{"group": GROUP, "state": "joined"}]
    assert device.exchange(Pull)[1].after == 0


def test_a_page_with_a_gap_is_taken_up_to_it() -> None:
    device = DrivenDevice()
    device.go_live(head=5)
    device.answer(Pull, Page((*events(1, 2), *events(4, 5)), 5, more=False))
    device.commit()
    assert device.core.deliveries == 2
    assert device.exchange(Pull)[1].after == 2


@pytest.mark.parametrize("promised", [0, 5])
def test_a_relay_that_gives_nothing_of_what_it_promised_is_not_asked_in_a_hurry(promised: int) -> None:
    device = DrivenDevice()
    device.go_live(head=5)
    for _ in range(3):
        asked = len(calls(device.actions, Pull))
        device.answer(Pull, Page((), promised, more=False))
        assert len(calls(device.actions, Pull)) == asked
        device.frame(Heartbeat({GROUP: 5}))
        device.wait(6)
    assert [retry["what"] for retry in device.seen("retry")][:3] == ["pull"] * 3
    assert device.state == "catching_up"


def test_a_page_that_does_not_come_is_asked_for_again() -> None:
    device = DrivenDevice()
    device.go_live(head=2)
    device.step(ExchangeFailed(device.exchange(Pull)[0], "timeout"))
    device.wait(0.6, 0.6)
    device.answer(Pull, Page(events(1, 2), 2, more=False))
    device.commit()
    assert device.core.deliveries == 2


def test_after_standby_the_marker_waits_for_a_catch_up_begun_since() -> None:
    device = DrivenDevice()
    device.go_live()
    device.live(event(1))
    device.commit()
    actions = device.step(Tick(), after=31.0)
    assert observed(actions, "wake") == [{"gap_ms": pytest.approx(31_000)}]
    assert [pull.after for pull in calls(actions, Pull)] == [1], "also where nothing seems to be missing"
    device.live(event(4))
    device.answer(Pull, Page(events(2, 3), 3, more=True))
    device.commit()
    assert device.core.deliveries == 3
    assert local_markers(device) == ["1"]
    device.answer(Pull, Page(events(4, 5), 5, more=False))
    device.commit()
    assert local_markers(device) == ["1", "5"]
    assert device.core.metrics()["wakeCatchUps"] == 1


def test_a_page_asked_for_before_standby_does_not_end_the_catch_up_after_it() -> None:
    device = DrivenDevice()
    device.go_live(head=2)
    exchange, _ = device.exchange(Pull)
    actions = device.step(Tick(), after=40.0)
    assert Cancel(exchange) in actions
    assert catchups(device) == [
        ("started", 0, "connected"),
        ("ended", 0, "connected"),
        ("started", 0, "wake"),
    ]


def test_standby_while_a_page_is_committed_delays_the_marker_but_loses_nothing() -> None:
    device = DrivenDevice()
    device.go_live(head=4)
    device.answer(Pull, Page(events(1, 2), 4, more=True))
    device.step(Tick(), after=40.0)
    device.commit()
    assert device.exchange(Pull)[1].after == 2
    device.answer(Pull, Page(events(3, 4), 4, more=False))
    device.commit()
    assert device.core.deliveries == 4
    assert catchups(device)[-2:] == [("page", 2, "wake"), ("ended", 2, "wake")]
    assert local_markers(device)[-1] == "4"


def test_the_marker_is_told_once_it_is_quiet_and_again_if_that_failed() -> None:
    device = DrivenDevice()
    device.go_live()
    device.live(*events(1, 3))
    device.commit()
    assert calls(device.actions, SetMarker) == []
    assert calls(device.wait(1.1, 0.1), SetMarker) == [SetMarker(GROUP, 3)]
    device.step(ExchangeFailed(device.exchange(SetMarker)[0], "closed"))
    assert calls(device.wait(2.0, 0.1), SetMarker) == [SetMarker(GROUP, 3)]
    device.answer(SetMarker, MarkerIs(3))
    assert observed(device.commit(), "marker") == [
        {"group": GROUP, "scope": "remote", "old": None, "new": "3", "n": 3}
    ]
    assert device.core.pending()["markers"] == 0
    assert calls(device.wait(20), SetMarker) == []


def test_an_application_cannot_set_a_marker_past_what_was_delivered() -> None:
    device = DrivenDevice()
    device.go_live()
    device.live(event(1))
    device.commit()
    assert of(device.step(MarkerSet(1, GROUP, 1, 1)), Accepted) == [Accepted(1)]
    assert [r.code for r in of(device.step(MarkerSet(2, GROUP, 2, 2)), Rejected)] == ["invalid"]
    assert [r.code for r in of(device.step(MarkerSet(3, "nowhere", 1, 1)), Rejected)] == ["unknown_group"]


def test_a_marker_that_was_behind_at_a_crash_is_where_deliveries_are_after_the_restart() -> None:
    state = GroupState(GROUP, ("alice",), joined=True, cursor=9, local_seq=4, local_n=4)
    device = DrivenDevice(snapshot=Snapshot(deliveries=9, groups=(state,)))
    device.commit()
    assert local_markers(device) == ["9"]


def test_concurrent_edits_are_kept_and_reported() -> None:
    device = DrivenDevice()
    device.go_live()
    device.submit(op(1, kind="put", entry="e"))
    device.commit()
    device.live(
        event(1, "bob", kind="put", entry="e", clock={"bob": 1}),
        event(2, "alice", kind="put", entry="e", op_id="op-1", clock={"alice": 1}),
    )
    device.commit()
    assert device.seen("conflict") == [{"group": GROUP, "entry": "e", "versions": ("1", "2")}]
    assert device.core.metrics()["conflictsCreated"] == 1
    device.step(Submit(7, op(2, kind="resolve", entry="e", base=("1", "2"))))
    stored = of(device.actions, Commit)[-1].changes[0]
    assert getattr(stored, "clock", None) == {"alice": 2, "bob": 1}


def test_an_entry_waits_for_its_attachment_and_is_complete_when_that_is_here() -> None:
    device = DrivenDevice()
    device.go_live()
    device.live(event(1, blobs=(PICTURE,), kind="put", entry="e", clock={"bob": 1}), event(2))
    device.commit()
    assert device.core.deliveries == 2, "what is behind it is not held up"
    assert device.core.metrics()["pendingJsonPaths"] == 1
    changes = [change for commit in of(device.actions, Commit) for change in commit.changes]
    assert not [change for change in changes if isinstance(change, EntryStored)]
    [download] = of(device.actions, DownloadBlob)
    actions = device.step(BlobDone(download.exchange))
    [commit] = of(actions, Commit)
    assert [type(change) for change in commit.changes] == [AwaitingEnded, EntryStored]
    assert observed(device.commit(), "blob")[-1]["state"] == "complete"
    assert device.core.metrics()["pendingJsonPaths"] == 0


def test_a_download_goes_on_where_it_was_interrupted_and_anew_if_corrupt() -> None:
    device = DrivenDevice()
    device.go_live()
    device.live(event(1, blobs=(PICTURE,)))
    device.commit()
    for reason, offset in (("closed", 50), ("timeout", 70), ("corrupt: other bytes", 0)):
        device.step(BlobFailed(of(device.actions, DownloadBlob)[-1].exchange, reason, offset))
        device.wait(6)
    assert [download.offset for download in of(device.actions, DownloadBlob)] == [0, 50, 70, 0]
    states = [step["state"] for step in device.seen("blob")]
    assert states == ["downloading", "interrupted"] * 2 + ["downloading", "corrupt", "downloading"]


def test_two_downloads_at_a_time_in_the_order_of_the_log() -> None:
    device = DrivenDevice()
    device.go_live()
    pictures = [BlobRef(str(n) * 64, 5, "p") for n in range(4)]
    device.live(*[event(n + 1, blobs=(picture,)) for n, picture in enumerate(pictures)])
    device.commit()
    assert [d.digest[0] for d in of(device.actions, DownloadBlob)] == ["0", "1"]
    device.step(BlobDone(of(device.actions, DownloadBlob)[0].exchange))
    assert [d.digest[0] for d in of(device.actions, DownloadBlob)] == ["0", "1", "2"]


def test_a_missing_attachment_is_given_up_after_its_ttl_and_found_again() -> None:
    device = DrivenDevice(Settings(retry_ttl_s=20.0, descriptor_catchup_s=60.0))
    device.go_live()
    device.live(event(1, blobs=(PICTURE,)))
    device.commit()
    started = device.now
    tries: list[float] = []
    while device.now < started + 75:
        for download in of(device.frame(Heartbeat({GROUP: 1})) + device.wait(1), DownloadBlob):
            tries.append(device.now - started)
            device.step(BlobFailed(download.exchange, "missing"))
        if device.now == started + 1:
            device.step(BlobFailed(of(device.actions, DownloadBlob)[0].exchange, "missing"))
    early = [at for at in tries if at < 25]
    assert not [at for at in tries if 26 < at < 60]
    assert [at for at in tries if at >= 60]
    assert len(early) >= 5
    metrics = device.core.metrics()
    assert (metrics["retriesPruned"], metrics["descriptorCatchUps"]) == (1, 1)
    assert metrics["circuitOpens"] == metrics["attemptsFailed"] == 0, "the link did its work"
    assert device.core.pending()["downloads"] == 1
    assert {step["state"] for step in device.seen("blob")} == {"downloading", "missing"}


def test_an_own_operation_needs_no_download() -> None:
    device = DrivenDevice()
    device.go_live()
    device.submit(op(1, blobs=(PICTURE,)))
    device.commit()
    device.live(event(1, "alice", op_id="op-1", blobs=(PICTURE,)))
    device.commit()
    assert of(device.actions, DownloadBlob) == []
    assert device.core.metrics()["pendingJsonPaths"] == 0


def test_a_refused_page_waits_and_asks_for_the_room() -> None:
    device = DrivenDevice()
    device.go_live(head=3)
    device.answer(Pull, Refused(404, "unknown_room", "no such room"))
    assert device.seen("retry")[-1]["what"] == "pull"
    assert device.core.groups == ()


def test_catch_up_goes_on_without_the_stream() -> None:
    device = DrivenDevice()
    device.go_live(head=3)
    device.step(StreamDown(1, "closed"))
    device.answer(Pull, Page(events(1, 3), 3, more=False))
    device.commit()
    assert device.core.deliveries == 3


def test_a_storage_that_does_not_keep_up_bounds_what_is_in_memory() -> None:
    device = DrivenDevice(Settings(hold_limit=5))
    device.go_live()
    device.live(*events(1, 20))
    staged = device.core.pending()["held"]
    assert staged == 5, "five are staged, five are held, the others are read from the log later"
    assert device.core.metrics()["eventsHeldDropped"] == 10
    device.commit()
    while device.core.deliveries < 20:
        after = device.exchange(Pull)[1].after
        device.answer(Pull, Page(events(after + 1, 20), 20, more=False))
        device.commit()
    assert device.state == "live"
    assert device.core.pending()["held"] == 0


def test_what_was_announced_after_an_empty_page_was_asked_for_is_asked_for_at_once() -> None:
    device = DrivenDevice(Settings(hold_limit=1))
    device.go_live()
    device.step(Tick(), after=31.0)
    device.live(event(2), event(3))
    asked = len(calls(device.actions, Pull))
    device.answer(Pull, Page((), 0, more=False))
    assert len(calls(device.actions, Pull)) == asked + 1
