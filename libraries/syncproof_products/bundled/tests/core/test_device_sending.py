from __future__ import annotations

from math import inf, nan

import pytest

from syncproof_products.bundled.core.actions import Accepted, Commit, Exchange, Rejected, UploadBlob
from syncproof_products.bundled.core.events import (
    BlobDone,
    BlobFailed,
    CommitFailed,
    ExchangeFailed,
    GroupSet,
    Submit,
)
from syncproof_products.bundled.core.records import GroupState, OpAcked, OpStored, OutboxOp, Snapshot
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.wire import BlobRef, OpenRoom, Push, Pushed, Refused, RoomInfo
from syncproof_products.bundled.tests.core.driven_device import (
    GROUP,
    SETTINGS,
    DrivenDevice,
    calls,
    event,
    observed,
    of,
    op,
)

PICTURE = BlobRef("a" * 64, 3, "picture.png")


def pushed(device: DrivenDevice) -> list[list[str]]:
    return [[draft.op_id for draft in push.drafts] for push in calls(device.actions, Push)]


def test_an_operation_is_accepted_when_durable_and_pushed_then() -> None:
    device = DrivenDevice()
    device.go_live()
    actions = device.submit(op(1))
    assert [type(action) for action in of(actions, Commit)] == [Commit]
    assert of(actions, Accepted) == []
    assert calls(actions, Push) == []
    actions = device.commit()
    assert of(actions, Accepted) == [Accepted(1, "op-1", 0)]
    assert pushed(device) == [["op-1"]]


def test_an_ack_is_seen_when_it_is_durable() -> None:
    device = DrivenDevice()
    device.go_live()
    device.submit(op(1))
    device.commit()
    actions = device.answer(Push, Pushed((("op-1", 7),), 7))
    assert [commit.changes for commit in of(actions, Commit)] == [(OpAcked("op-1", 7),)]
    assert observed(actions, "ack") == []
    assert observed(device.commit(), "ack") == [{"op_id": "op-1", "server_order": 7}]
    assert device.core.pending()["outbox"] == 0


def test_operations_that_come_while_a_commit_is_under_way_share_the_next() -> None:
    device = DrivenDevice()
    device.go_live()
    actions = device.submit(*[op(n) for n in range(1, 11)])
    assert [len(commit.changes) for commit in of(actions, Commit)] == [1]
    actions = device.commit()
    assert [len(commit.changes) for commit in of(actions, Commit)] == [9]
    assert pushed(device)[0] == ["op-1"]


def test_a_push_whose_answer_was_lost_is_tried_again_with_the_same_ids() -> None:
    device = DrivenDevice()
    device.go_live()
    device.submit(op(1), op(2))
    device.commit()
    device.answer(Push, Pushed((("op-1", 1),), 1))
    device.commit()
    exchange, lost = device.exchange(Push)
    actions = device.step(ExchangeFailed(exchange, "closed"))
    [attempt] = observed(actions, "attempt")
    assert attempt == {"what": "push", "outcome": "failed", "reason": "closed"}
    [retry] = observed(actions, "retry")
    assert (retry["attempt"], retry["delay_ms"], retry["due_ns"]) == (
        1,
        500.0,
        round((device.now + 0.5) * 1e9),
    )
    assert calls(device.wait(0.4, 0.4), Push) == []
    assert calls(device.wait(0.2, 0.2), Push) == [lost]


def test_an_operation_whose_event_comes_back_is_acked_without_an_answer() -> None:
    device = DrivenDevice()
    device.go_live()
    device.submit(op(1))
    device.commit()
    device.live(event(1, "alice", op_id="op-1"))
    actions = device.commit()
    assert observed(actions, "ack") == [{"op_id": "op-1", "server_order": 1}]
    assert observed(actions, "deliver") == [{"n": 1}]
    device.step(ExchangeFailed(device.exchange(Push)[0], "closed"))
    device.wait(10)
    assert pushed(device) == [["op-1"]]
    assert device.core.pending()["retries"] == 0


def test_seen_counts_what_was_delivered_before() -> None:
    device = DrivenDevice()
    device.go_live()
    device.live(event(1), event(2))
    device.submit(op(1))
    assert of(device.commit(), Accepted) == [Accepted(1, "op-1", 2)]


def test_the_same_operation_again_is_the_same_answer_and_other_content_is_a_conflict() -> None:
    device = DrivenDevice()
    device.go_live()
    actions = device.submit(op(1), op(1), op(1, body="{}"))
    assert [rejected.code for rejected in of(actions, Rejected)] == ["op_conflict"]
    actions = device.commit()
    assert of(actions, Accepted) == [Accepted(1, "op-1", 0), Accepted(2, "op-1", 0)]
    assert of(device.step(Submit(9, op(1))), Accepted) == [Accepted(9, "op-1", 0)]
    stored = [c for commit in of(device.actions, Commit) for c in commit.changes if isinstance(c, OpStored)]
    assert len(stored) == 1


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"group": "unknown"}, "unknown_group"),
        ({"body": "x" * 2_000_000}, "too_large"),
        ({"kind": "put"}, "invalid"),
        ({"kind": "put", "entry": "e", "base": ("17",)}, "stale_base"),
    ],
)
def test_what_cannot_be_taken_is_rejected_with_a_code(wrong: dict[str, object], code: str) -> None:
    device = DrivenDevice()
    assert [rejected.code for rejected in of(device.submit(op(1, **wrong)), Rejected)] == [code]
    assert device.core.pending()["outbox"] == 0


def test_a_full_outbox_refuses_more_and_keeps_what_it_has() -> None:
    device = DrivenDevice(Settings(outbox_limit=2))
    actions = device.submit(op(1), op(2), op(3))
    assert [(rejected.ticket, rejected.code) for rejected in of(actions, Rejected)] == [(3, "outbox_full")]
    assert device.core.pending()["outbox"] == 2


def test_operations_wait_in_their_order_while_offline() -> None:
    device = DrivenDevice()
    device.submit(*[op(n) for n in range(1, 4)])
    device.commit()
    assert calls(device.actions, Push) == []
    device.go_live()
    assert pushed(device) == [["op-1", "op-2", "op-3"]]


def test_after_a_restart_the_outbox_is_pushed_again() -> None:
    rows = tuple(OutboxOp(op(n), {}, 0) for n in (1, 2))
    device = DrivenDevice(
        snapshot=Snapshot(connected=True, groups=(GroupState(GROUP, ("alice",), True),), outbox=rows)
    )
    device.go_live()
    assert pushed(device) == [["op-1", "op-2"]]


def test_one_poisoned_operation_neither_blocks_nor_takes_the_others_with_it() -> None:
    device = DrivenDevice()
    device.submit(*[op(n) for n in range(1, 5)])
    device.commit()
    device.go_live()
    seq = 0
    while device.core.pending()["outbox"]:
        _, push = device.exchange(Push)
        ids = [draft.op_id for draft in push.drafts]
        if "op-2" in ids:
            device.answer(Push, Refused(409, "op_conflict", "op-2 has other content"))
        else:
            device.answer(
                Push, Pushed(tuple((op_id, seq + n) for n, op_id in enumerate(ids, 1)), seq + len(ids))
            )
            seq += len(ids)
        device.commit()
    assert [acked["op_id"] for acked in device.seen("ack")] == ["op-1", "op-3", "op-4"]
    assert device.seen("failed") == [
        {"op_id": "op-2", "code": "op_conflict", "message": "op-2 has other content"}
    ]
    assert device.core.metrics()["opsFailed"] == 1


def test_too_many_is_waited_for_as_long_as_the_relay_says() -> None:
    device = DrivenDevice()
    device.go_live()
    device.submit(op(1))
    device.commit()
    actions = device.answer(Push, Refused(429, "too_many", "slow down", 8.0))
    assert observed(actions, "attempt")[0]["outcome"] == "ok", "the link did its work"
    assert calls(device.wait(7.9), Push) == []
    assert len(calls(device.wait(0.2), Push)) == 1


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("asked_s", "waits_s"), [(1e300, 3600.0), (inf, 3600.0), (nan, 5.5), (-inf, 5.5)], ids=str
)
def test_no_time_that_anybody_asks_for_ends_a_device(status: int, asked_s: float, waits_s: float) -> None:
    device = DrivenDevice()
    device.go_live()
    device.submit(op(1))
    device.commit()
    actions = device.answer(Push, Refused(status, "busy", "later", asked_s))
    [delay_ms] = [each["delay_ms"] for each in observed(actions, "retry")]
    assert isinstance(delay_ms, float)
    assert 0 < delay_ms <= waits_s * 1000


@pytest.mark.parametrize("status", [403, 404])
def test_a_relay_that_does_not_know_us_in_the_room_is_asked_for_it_again(status: int) -> None:
    device = DrivenDevice()
    device.go_live()
    device.submit(op(1))
    device.commit()
    actions = device.answer(Push, Refused(status, "no", "no"))
    assert calls(actions, OpenRoom) == [OpenRoom(GROUP, ("alice", "bob"))]
    device.answer(OpenRoom, RoomInfo(GROUP, ("alice", "bob"), 0))
    device.commit()
    device.wait(1)
    assert pushed(device) == [["op-1"], ["op-1"]]


def test_a_group_is_durable_then_opened_then_joined() -> None:
    device = DrivenDevice(snapshot=Snapshot())
    device.go_live()
    device.step(GroupSet(5, "new", ("alice", "bob")))
    actions = device.commit()
    assert of(actions, Accepted) == [Accepted(5)]
    assert device.exchange(OpenRoom)[1] == OpenRoom("new", ("alice", "bob"))
    device.answer(OpenRoom, RoomInfo("new", ("alice", "bob"), 3))
    assert observed(device.commit(), "group") == [{"group": "new", "state": "joined"}]
    assert device.core.groups == ("g", "new")


def test_an_attachment_is_uploaded_before_its_operation_is_pushed() -> None:
    device = DrivenDevice()
    device.go_live()
    device.submit(op(1, blobs=(PICTURE,)), op(2))
    device.commit()
    [upload] = of(device.actions, UploadBlob)
    assert calls(device.actions, Push) == []
    device.step(BlobFailed(upload.exchange, "closed"))
    device.wait(1)
    upload = of(device.actions, UploadBlob)[-1]
    device.step(BlobDone(upload.exchange))
    device.commit()
    assert pushed(device) == [["op-1", "op-2"]]
    states = [step["state"] for step in device.seen("blob")]
    assert states == ["uploading", "interrupted", "uploading", "uploaded"]


def test_an_attachment_that_the_relay_never_takes_fails_its_operation_only() -> None:
    device = DrivenDevice()
    device.go_live()
    device.submit(op(1, blobs=(PICTURE,)), op(2))
    device.commit()
    device.step(BlobFailed(of(device.actions, UploadBlob)[-1].exchange, "too_large: 413"))
    device.commit()
    assert [failed["op_id"] for failed in device.seen("failed")] == ["op-1"]
    assert pushed(device) == [["op-2"]]


def test_a_commit_that_fails_refuses_operations_and_keeps_the_rest() -> None:
    device = DrivenDevice()
    device.go_live()
    device.live(event(1))
    device.submit(op(1))
    device.commits.clear()
    first = of(device.actions, Commit)[-1]
    actions = device.step(CommitFailed(first.batch, "disk full"))
    assert [(r.ticket, r.code) for r in of(actions, Rejected)] == [(1, "storage_failed")]
    assert observed(actions, "deliver") == []
    device.wait(1)
    again = of(device.actions, Commit)[-1]
    assert again.batch != first.batch
    assert again.changes == first.changes
    assert observed(device.commit(), "deliver") == [{"n": 1}]
    device.submit(op(1))
    assert len(of(device.commit(), Accepted)) == 1


def test_everything_has_its_own_id() -> None:
    device = DrivenDevice(SETTINGS)
    device.go_live()
    device.submit(*[op(n) for n in range(1, 4)])
    device.commit()
    ids = [action.exchange for action in of(device.actions, Exchange)]
    assert len(ids) == len(dict.fromkeys(ids))
