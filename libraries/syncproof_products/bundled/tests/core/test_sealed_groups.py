"""A device in an encrypted group: what it pushes is sealed once, and what comes is opened or refused."""

from __future__ import annotations

from syncproof_products.bundled.core.actions import Accepted, Commit, Rejected
from syncproof_products.bundled.core.device import Device
from syncproof_products.bundled.core.events import CommitFailed, Started
from syncproof_products.bundled.core.records import Delivered, GroupState, OutboxOp, Quarantined, Snapshot
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.wire import BlobRef, Push
from syncproof_products.bundled.tests.core.driven_device import (
    GROUP,
    SETTINGS,
    DrivenDevice,
    event,
    last,
    observed,
    op,
)
from syncproof_synckit.encryption.errors import PayloadRefused


class Boxes:
    """Seals by a number that goes up with each call; opens what it sealed itself."""

    def __init__(self) -> None:
        self.sealed = 0

    def size(self, body_bytes: int) -> int:
        return body_bytes + 10

    def seal(self, op_id: str, body: str, cursor: int) -> str:
        self.sealed += 1
        return f'{{"sealed":"{self.sealed}:{op_id}:{cursor}:{body.encode().hex()}"}}'

    def open(self, op_id: str, author: str, body: str) -> str:
        del author
        parts = body.removeprefix('{"sealed":"').removesuffix('"}').split(":")
        if len(parts) != 4 or parts[1] != op_id:
            raise PayloadRefused("it is not what was sealed")
        return bytes.fromhex(parts[3]).decode()


def device(boxes: Boxes, settings: Settings = SETTINGS, snapshot: Snapshot | None = None) -> DrivenDevice:
    driven = DrivenDevice(settings)
    driven.core = Device("alice", settings, sealings={GROUP: boxes})
    driven.actions.clear()
    driven.commits.clear()
    driven.step(Started(snapshot or Snapshot(groups=(GroupState(GROUP, ("alice", "bob"), joined=True),))))
    return driven


def test_a_body_is_sealed_once_and_pushed_so_again_and_again() -> None:
    boxes = Boxes()
    alice = device(boxes)
    alice.go_live()
    alice.submit(op(1))
    stored = alice.commits[-1].changes[0]
    alice.commit()
    first = alice.exchange(Push)[1].drafts[0]
    assert boxes.open(first.op_id, "alice", first.body) == op(1).body
    assert first.body == getattr(stored, "sealed", None)
    again = device(boxes, snapshot=Snapshot(
        connected=True,
        groups=(GroupState(GROUP, ("alice", "bob"), joined=True),),
        outbox=(OutboxOp(op(1), {}, 0, first.body),),
    ))  # fmt: skip
    again.go_live()
    assert again.exchange(Push)[1].drafts[0] == first
    assert boxes.sealed == 1


def test_what_was_not_stored_leaves_nothing() -> None:
    alice = device(Boxes())
    alice.submit(op(1))
    alice.step(CommitFailed(alice.commits[-1].batch, "disk full"))
    assert last(alice.actions, Rejected).code == "storage_failed"


def test_what_comes_is_opened_before_it_is_delivered() -> None:
    boxes = Boxes()
    alice = device(boxes)
    alice.go_live()
    alice.live(event(1, body=boxes.seal("bob-1", '{"text":"hello"}', 0)))
    delivered = [
        change for commit in alice.commits for change in commit.changes if isinstance(change, Delivered)
    ]
    assert [change.event.draft.body for change in delivered] == ['{"text":"hello"}']


def test_what_cannot_be_opened_is_quarantined_as_it_came_and_holds_nothing_up() -> None:
    boxes = Boxes()
    alice = device(boxes)
    alice.go_live()
    sealed = boxes.seal("bob-1", '{"text":"hello"}', 0)
    alice.live(
        event(1, body='{"text":"in the clear"}'),
        event(2, body=sealed),  # of another operation
        event(3, body=boxes.seal("bob-3", '{"text":"after"}', 0)),
    )
    alice.commit()
    changes = [change for each in alice.actions if isinstance(each, Commit) for change in each.changes]
    aside = [change for change in changes if isinstance(change, Quarantined)]
    assert [(change.event.seq, change.reason) for change in aside] == [
        (1, "it is not what was sealed"),
        (2, "it is not what was sealed"),
    ]
    assert aside[1].event.draft.body == sealed
    assert [change.event.seq for change in changes if isinstance(change, Delivered)] == [3]
    assert len(observed(alice.actions, "quarantined")) == 2
    assert alice.state == "live"


def test_who_was_not_told_the_passphrase_delivers_no_sealed_body() -> None:
    alice = DrivenDevice()
    alice.go_live()
    alice.live(event(1, body='{"sealed":"AAAA"}'))
    alice.commit()
    assert "passphrase" in str(observed(alice.actions, "quarantined")[0]["reason"])


def test_attachments_and_bodies_that_become_too_long_are_refused() -> None:
    alice = device(Boxes(), Settings(max_event_bytes=30, retry_jitter=0.0))
    alice.submit(op(1, blobs=(BlobRef("a" * 64, 3, "picture.png"),)), op(2, body='{"op_id":"op-2"}'))
    alice.commit()
    assert last(alice.actions, Accepted).op_id == "op-2"
    refused = [action for action in alice.actions if isinstance(action, Rejected)]
    assert [action.code for action in refused] == ["unsupported"]
    alice.submit(op(3, body='{"op_id":"op-3", "text":""}'))
    assert last(alice.actions, Rejected).code == "too_large"
