"""A device in an encrypted group: what it pushes is sealed once, and what comes is opened or refused."""

from __future__ import annotations

from syncproof_products.bundled.core.actions import (
    Accepted,
    Commit,
    DownloadBlob,
    Exchange,
    Rejected,
    UploadBlob,
)
from syncproof_products.bundled.core.device import Device
from syncproof_products.bundled.core.events import (
    Answered,
    BlobDone,
    BlobFailed,
    CommitFailed,
    Started,
    Submit,
)
from syncproof_products.bundled.core.records import (
    Awaiting,
    AwaitingStored,
    Delivered,
    GroupState,
    OutboxOp,
    Quarantined,
    Sealed,
    Snapshot,
)
from syncproof_products.bundled.core.sealing import Opened
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.stored_blob import StoredBlob
from syncproof_products.bundled.core.wire import BlobRef, Draft, Event, Page, Pull, Push
from syncproof_products.bundled.tests.core.driven_device import (
    GROUP,
    SETTINGS,
    DrivenDevice,
    event,
    last,
    observed,
    of,
    op,
)
from syncproof_synckit.encryption.errors import PayloadRefused

#: An attachment, and what the edge has made of it for the relay.
PICTURE = BlobRef("a" * 64, 3, "picture.png")
SEALED_PICTURE = StoredBlob(PICTURE.digest, PICTURE.size, PICTURE.name, "c" * 64, 19, "how")


class Boxes:
    """Seals by a number that goes up with each call; opens what it sealed itself."""

    def __init__(self) -> None:
        self.sealed = 0
        self.blobs: dict[str, tuple[StoredBlob, ...]] = {}

    def size(self, body_bytes: int, blobs: int) -> int:
        return body_bytes + 10 * (1 + blobs)

    def seal(self, op_id: str, body: str, cursor: int, blobs: tuple[StoredBlob, ...] = ()) -> str:
        self.sealed += 1
        self.blobs[op_id] = blobs
        return f'{{"sealed":"{self.sealed}:{op_id}:{cursor}:{body.encode().hex()}"}}'

    def open(self, op_id: str, author: str, body: str) -> Opened:
        del author
        parts = body.removeprefix('{"sealed":"').removesuffix('"}').split(":")
        if len(parts) != 4 or parts[1] != op_id:
            raise PayloadRefused("it is not what was sealed")
        return Opened(bytes.fromhex(parts[3]).decode(), self.blobs.get(op_id, ()))


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
    assert boxes.open(first.op_id, "alice", first.body).body == op(1).body
    assert Sealed(first.body) == getattr(stored, "sealed", None)
    again = device(boxes, snapshot=Snapshot(
        connected=True,
        groups=(GroupState(GROUP, ("alice", "bob"), joined=True),),
        outbox=(OutboxOp(op(1), {}, 0, Sealed(first.body)),),
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


def test_what_becomes_too_long_is_refused() -> None:
    alice = device(Boxes(), Settings(max_event_bytes=30, retry_jitter=0.0))
    alice.submit(op(1, blobs=(PICTURE,)), op(2, body='{"op_id":"op-2"}'))
    alice.commit()
    assert last(alice.actions, Accepted).op_id == "op-2"
    refused = [action for action in alice.actions if isinstance(action, Rejected)]
    assert [action.code for action in refused] == ["too_large"]
    alice.submit(op(3, body='{"op_id":"op-3", "text":""}'))
    assert last(alice.actions, Rejected).code == "too_large"


def test_the_relay_gets_what_was_made_of_an_attachment_and_then_the_message() -> None:
    boxes = Boxes()
    alice = device(boxes)
    alice.go_live()
    alice.step(Submit(1, op(1, blobs=(PICTURE,)), sealed=(SEALED_PICTURE,)))
    alice.commit()
    upload = last(alice.actions, UploadBlob)
    assert (upload.digest, upload.size) == (SEALED_PICTURE.address, SEALED_PICTURE.stored_bytes)
    alice.step(BlobDone(upload.exchange))
    alice.commit()
    [draft] = alice.exchange(Push)[1].drafts
    assert draft.blobs == (BlobRef(SEALED_PICTURE.address, SEALED_PICTURE.stored_bytes, ""),)
    assert boxes.blobs["op-1"] == (SEALED_PICTURE,)
    told = {step["digest"] for step in alice.seen("blob")}
    assert told == {PICTURE.digest}, "the application knows it by its own"


def from_bob(boxes: Boxes, *at_relay: BlobRef) -> Event:
    body = boxes.seal("bob-1", '{"text":"look"}', 0, (SEALED_PICTURE,))
    return Event(1, "bob", Draft("bob-1", "append", body, blobs=at_relay))


def test_what_was_sealed_is_fetched_and_opened() -> None:
    boxes = Boxes()
    alice = device(boxes)
    alice.go_live()
    alice.live(from_bob(boxes, SEALED_PICTURE.at_relay))
    alice.commit()
    changes = [change for each in of(alice.actions, Commit) for change in each.changes]
    assert AwaitingStored(Awaiting(GROUP, 1, (SEALED_PICTURE,))) in changes
    wanted = last(alice.actions, DownloadBlob)
    assert (wanted.digest, wanted.size, wanted.opens) == (SEALED_PICTURE.address, 19, SEALED_PICTURE)
    alice.step(BlobDone(wanted.exchange))
    alice.commit()
    done = alice.seen("blob")[-1]
    assert (done["digest"], done["state"]) == (PICTURE.digest, "complete")


def test_attachments_that_the_relay_has_exchanged_are_quarantined_with_their_message() -> None:
    for at_relay in ((), (BlobRef("d" * 64, 19, ""),), (SEALED_PICTURE.at_relay, SEALED_PICTURE.at_relay)):
        boxes = Boxes()
        alice = device(boxes)
        alice.go_live()
        alice.live(from_bob(boxes, *at_relay))
        alice.commit()
        [told] = observed(alice.actions, "quarantined")
        assert "not those that its author has sealed" in str(told["reason"])
        assert of(alice.actions, DownloadBlob) == []


def test_what_was_refused_when_it_was_opened_is_told_and_not_fetched_again() -> None:
    boxes = Boxes()
    alice = device(boxes)
    alice.go_live()
    alice.live(from_bob(boxes, SEALED_PICTURE.at_relay))
    alice.commit()
    wanted = last(alice.actions, DownloadBlob)
    alice.step(BlobFailed(wanted.exchange, "distrusted: its authentication fails"))
    told = alice.seen("blob")[-1]
    assert (told["state"], told["reason"]) == ("refused", "its authentication fails")
    assert alice.core.pending()["downloads"] == alice.core.pending()["retries"] == 0
    alice.wait(10)
    assert of(alice.actions, DownloadBlob) == [wanted]


LARGE = StoredBlob("b" * 64, 100_000, "", "d" * 64, 100_016, "how", is_body=True)


class LargeBoxes(Boxes):
    """Its bodies above 40 letters are contents: here once they have come, or refused."""

    def __init__(self) -> None:
        super().__init__()
        self.came: set[str] = set()
        self.forged: set[str] = set()

    def open(self, op_id: str, author: str, body: str) -> Opened:
        opened = super().open(op_id, author, body)
        bodies = [blob for blob in opened.blobs if blob.is_body]
        if not bodies or op_id in self.came:
            return opened
        if op_id in self.forged:
            raise PayloadRefused("it was forged")
        return Opened(None, opened.blobs)


def large(boxes: Boxes, seq: int, *blobs: StoredBlob) -> Event:
    op_id = f"bob-{seq}"
    body = boxes.seal(op_id, '{"text":"large"}', 0, blobs)
    return Event(seq, "bob", Draft(op_id, "append", body, blobs=tuple(blob.at_relay for blob in blobs)))


def small(boxes: Boxes, seq: int) -> Event:
    return event(seq, body=boxes.seal(f"bob-{seq}", f'{{"text":{seq}}}', 0))


def delivered(alice: DrivenDevice) -> list[int]:
    changes = [change for each in of(alice.actions, Commit) for change in each.changes]
    return [change.event.seq for change in changes if isinstance(change, Delivered)]


def test_nothing_passes_a_message_whose_body_is_on_its_way() -> None:
    boxes = LargeBoxes()
    alice = device(boxes)
    alice.go_live()
    events = (small(boxes, 1), large(boxes, 2, LARGE, SEALED_PICTURE), small(boxes, 3))
    alice.live(*events)
    alice.commit()
    assert delivered(alice) == [1]
    [wanted] = of(alice.actions, DownloadBlob)
    assert (wanted.digest, wanted.opens) == (LARGE.address, LARGE)
    alice.answer(Pull, Page(events[1:], 3, more=False))
    alice.commit()
    alice.wait(3)
    assert delivered(alice) == [1], "asked again and again, it says the same"
    boxes.came.add("bob-2")
    alice.step(BlobDone(wanted.exchange))
    alice.commit()
    alice.answer(Pull, Page(events[1:], 3, more=False))
    alice.commit()
    assert delivered(alice) == [1, 2, 3]
    assert alice.state == "live"
    pictures = [download.digest for download in of(alice.actions, DownloadBlob)]
    assert pictures == [LARGE.address, SEALED_PICTURE.address]


def test_a_page_is_taken_up_to_the_message_whose_body_is_on_its_way() -> None:
    boxes = LargeBoxes()
    alice = device(boxes)
    alice.go_live(head=4)
    events = (small(boxes, 1), large(boxes, 2, LARGE), small(boxes, 3), small(boxes, 4))
    alice.answer(Pull, Page(events, 4, more=False))
    alice.commit()
    assert delivered(alice) == [1]
    boxes.came.add("bob-2")
    alice.step(BlobDone(last(alice.actions, DownloadBlob).exchange))
    alice.commit()
    alice.answer(Pull, Page(events[1:], 4, more=False))
    alice.commit()
    assert delivered(alice) == [1, 2, 3, 4]


def test_a_message_whose_body_can_never_be_had_is_quarantined_and_holds_nothing_up() -> None:
    boxes = LargeBoxes()
    alice = device(boxes)
    alice.go_live()
    events = (large(boxes, 1, LARGE), small(boxes, 2))
    alice.live(*events)
    alice.commit()
    alice.answer(Pull, Page(events, 2, more=False))
    alice.commit()
    boxes.forged.add("bob-1")
    alice.step(BlobFailed(last(alice.actions, DownloadBlob).exchange, "distrusted: it was forged"))
    alice.commit()
    alice.answer(Pull, Page(events, 2, more=False))
    alice.commit()
    assert delivered(alice) == [2]
    assert [told["reason"] for told in observed(alice.actions, "quarantined")] == ["it was forged"]


def answer_all(alice: DrivenDevice, events: tuple[Event, ...], answered: set[int]) -> None:
    """The relay has these events, and none of the blobs they refer to."""
    for action in [*alice.actions]:
        if isinstance(action, DownloadBlob) and action.exchange not in answered:
            alice.step(BlobFailed(action.exchange, "missing: 404 unknown_blob"))
        elif (
            isinstance(action, Exchange) and isinstance(action.call, Pull) and action.exchange not in answered
        ):
            alice.step(Answered(action.exchange, Page(events, len(events), more=False)))
        else:
            continue
        answered.add(action.exchange)
    alice.commit()


def test_a_body_that_the_relay_has_lost_holds_its_group_up_for_so_long_and_no_longer() -> None:
    boxes, answered = LargeBoxes(), set[int]()
    settings = Settings(retry_jitter=0.0, retry_ttl_s=20.0, descriptor_catchup_s=30.0, idle_timeout_s=1e6)
    alice = device(boxes, settings)
    alice.go_live()
    events = (large(boxes, 1, LARGE), small(boxes, 2))
    alice.live(*events)
    for _ in range(20):
        answer_all(alice, events, answered)
        alice.wait(1)
    assert delivered(alice) == [], "it may come yet"
    for _ in range(40):
        answer_all(alice, events, answered)
        alice.wait(1)
    assert delivered(alice) == [2]
    assert [told["reason"] for told in observed(alice.actions, "quarantined")] == [
        "the relay has lost its body"
    ]
    asked = len(of(alice.actions, DownloadBlob))
    alice.wait(100)
    assert len(of(alice.actions, DownloadBlob)) == asked, "nobody waits for it any more"


def test_the_body_of_an_own_message_is_brought_before_it() -> None:
    boxes = LargeBoxes()
    alice = device(boxes)
    alice.go_live()
    alice.step(Submit(1, op(1), sealed=(LARGE,)))
    alice.commit()
    upload = last(alice.actions, UploadBlob)
    assert upload.digest == LARGE.address
    alice.step(BlobDone(upload.exchange))
    alice.commit()
    [draft] = alice.exchange(Push)[1].drafts
    assert draft.blobs == (LARGE.at_relay,)


def test_what_has_expired_is_told_and_not_asked_for_again() -> None:
    boxes = Boxes()
    alice = device(boxes)
    alice.go_live()
    alice.live(from_bob(boxes, SEALED_PICTURE.at_relay))
    alice.commit()
    wanted = last(alice.actions, DownloadBlob)
    alice.step(BlobFailed(wanted.exchange, "expired: 410 expired: the relay keeps it no longer"))
    told = alice.seen("blob")[-1]
    assert (told["state"], told["reason"]) == ("expired", "410 expired: the relay keeps it no longer")
    alice.wait(10)
    assert of(alice.actions, DownloadBlob) == [wanted]
