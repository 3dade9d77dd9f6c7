from __future__ import annotations

import pytest

from syncproof_products.bundled.core.actions import AskUpload, UploadBlob, UploadPart
from syncproof_products.bundled.core.events import (
    BlobDone,
    BlobFailed,
    ConnectWanted,
    DisconnectWanted,
    UploadHeld,
)
from syncproof_products.bundled.core.records import GroupState, OutboxOp, Snapshot
from syncproof_products.bundled.core.uploads import Part, goes_on, is_in_parts, next_part
from syncproof_products.bundled.core.wire import BlobRef, Push, Refused
from syncproof_products.bundled.tests.core.driven_device import (
    GROUP,
    SETTINGS,
    DrivenDevice,
    calls,
    last,
    of,
    op,
)

PART = SETTINGS.part_bytes
FILM = BlobRef("f" * 64, 2 * PART + 1, "film.mp4")


@pytest.mark.parametrize(
    ("size", "held", "part"),
    [
        (25, 0, Part(0, 10)),
        (25, 10, Part(10, 10)),
        (25, 20, Part(20, 5)),
        (25, 13, Part(13, 10)),  # a part of which only some came
        (20, 10, Part(10, 10)),
        (20, 20, Part(20, 0)),  # all is there, and the relay has not been told that it is
    ],
)
def test_the_next_part_begins_where_the_relay_is(size: int, held: int, part: Part) -> None:
    assert next_part(size, held, 10) == part


@pytest.mark.parametrize(("size", "parts"), [(0, False), (9, False), (10, False), (11, True)])
def test_what_is_no_larger_than_a_part_goes_in_one_request(size: int, parts: bool) -> None:
    assert is_in_parts(size, 10) is parts


@pytest.mark.parametrize(
    ("before", "held", "on"),
    [
        (None, 0, True),
        (None, 20, True),
        (None, 21, False),
        (0, 1, True),
        (10, 10, False),
        (10, 9, False),
        (10, 20, True),
        (20, 20, False),
    ],
)
def test_a_relay_that_holds_no_more_than_before_is_not_gone_on_with(
    before: int | None, held: int, on: bool
) -> None:
    assert goes_on(20, before, held) is on


def begun() -> DrivenDevice:
    device = DrivenDevice()
    device.go_live()
    device.submit(op(1, blobs=(FILM,)))
    device.commit()
    return device


def told(device: DrivenDevice, held: int, whole: bool = False) -> list[tuple[int, int]]:
    """The relay answers the last request of the upload. Returns the parts that follow from it."""
    exchange = max(action.exchange for action in device.actions if isinstance(action, AskUpload | UploadPart))
    actions = device.step(UploadHeld(exchange, held, whole))
    return [(part.offset, part.length) for part in of(actions, UploadPart)]


def test_an_upload_in_parts_asks_first_and_ends_with_the_push() -> None:
    device = begun()
    assert of(device.actions, UploadBlob) == []
    assert last(device.actions, AskUpload).digest == FILM.digest
    assert told(device, 0) == [(0, PART)]
    assert told(device, PART) == [(PART, PART)]
    assert told(device, 2 * PART) == [(2 * PART, 1)]
    assert calls(device.actions, Push) == []
    assert told(device, FILM.size, whole=True) == []
    device.commit()
    assert len(calls(device.actions, Push)) == 1
    states = [(step["state"], step["offset"]) for step in device.seen("blob")]
    assert states == [
        ("uploading", 0),
        ("uploading", 0),
        ("uploading", PART),
        ("uploading", 2 * PART),
        ("uploaded", FILM.size),
    ]


def test_what_the_relay_has_already_is_not_brought() -> None:
    device = begun()
    assert told(device, FILM.size, whole=True) == []
    device.commit()
    assert of(device.actions, UploadPart) == []
    assert len(calls(device.actions, Push)) == 1


def test_after_a_part_that_failed_the_relay_is_asked_again() -> None:
    device = begun()
    told(device, 0)
    told(device, PART)
    asked = len(of(device.actions, AskUpload))
    device.step(BlobFailed(last(device.actions, UploadPart).exchange, "closed"))
    device.wait(1)
    assert len(of(device.actions, AskUpload)) == asked + 1, "nobody knows how much of the part came"
    assert told(device, PART + 7) == [(PART + 7, PART - 6)]
    assert [step["offset"] for step in device.seen("blob") if step["state"] == "interrupted"] == [PART]


def test_a_part_that_is_whole_at_the_relay_and_has_no_answer_is_not_brought_again() -> None:
    device = begun()
    told(device, 0)
    device.step(BlobFailed(last(device.actions, UploadPart).exchange, "closed"))
    device.wait(1)
    assert told(device, FILM.size) == [(FILM.size, 0)], "all came: the relay has only to make a whole of it"


@pytest.mark.parametrize("said", [0, PART, 3 * PART])
def test_a_relay_that_does_not_get_on_is_left_alone_for_a_while(said: int) -> None:
    device = begun()
    told(device, 0)
    told(device, PART)
    assert told(device, said) == []
    assert device.seen("retry")[-1]["what"] == "upload"
    device.wait(1)
    assert told(device, 3) == [(3, PART)], "it goes on from what the relay says when it is asked"


def test_a_cancelled_part_is_asked_for_and_a_late_answer_is_nothing() -> None:
    device = begun()
    told(device, 0)
    late = last(device.actions, UploadPart).exchange
    device.step(DisconnectWanted())
    assert of(device.step(UploadHeld(late, PART)), UploadPart) == []
    asked = len(of(device.actions, AskUpload))
    device.step(ConnectWanted())
    device.open_stream()
    assert len(of(device.actions, AskUpload)) == asked + 1


def test_a_device_that_died_asks_first() -> None:
    outbox = (OutboxOp(op(1, blobs=(FILM,)), {}, 0),)
    groups = (GroupState(GROUP, ("alice", "bob"), joined=True),)
    device = DrivenDevice(snapshot=Snapshot(groups=groups, outbox=outbox))
    device.go_live()
    assert of(device.actions, UploadPart) == []
    assert told(device, PART) == [(PART, PART)]


def test_too_large_in_parts_fails_the_operation() -> None:
    device = begun()
    told(device, 0)
    device.step(BlobFailed(last(device.actions, UploadPart).exchange, "too_large: 413"))
    device.commit()
    assert [failed["op_id"] for failed in device.seen("failed")] == ["op-1"]


@pytest.mark.parametrize("reason", ["expired: 410", "missing: 404", "rejected: 410 unsaid", "gateway: 502"])
def test_an_upload_is_not_given_up_for_what_somebody_says_of_what_is_gone(reason: str) -> None:
    """Who brings something has it: only its size can be in the way for ever."""
    device = begun()
    device.step(BlobFailed(last(device.actions, AskUpload).exchange, reason))
    device.commit()
    assert device.seen("blob")[-1]["state"] == "interrupted"
    assert device.seen("retry")[-1]["what"] == "upload"
    asked = len(of(device.actions, AskUpload))
    device.wait(0)
    assert len(of(device.actions, AskUpload)) == asked, "not at once"
    device.wait(2)
    assert len(of(device.actions, AskUpload)) == asked + 1
    assert device.seen("failed") == []


SMALL = BlobRef("b" * 64, 5, "picture")


@pytest.mark.parametrize("there", [True, False])
def test_what_was_brought_over_another_connection_is_asked_for_before_it_is_referred_to(there: bool) -> None:
    """A relay takes away what nobody refers to for long, and nobody knows how long this device was away."""
    snapshot = Snapshot(
        connected=True,
        groups=(GroupState(GROUP, ("alice", "bob"), joined=True),),
        outbox=(OutboxOp(op(1, blobs=(SMALL,)), {}, 0),),
        uploaded=(SMALL.digest,),
    )
    device = DrivenDevice(snapshot=snapshot)
    device.go_live()
    assert calls(device.actions, Push) == []
    [asked] = of(device.actions, AskUpload)
    device.step(UploadHeld(asked.exchange, SMALL.size if there else 0, there))
    device.commit()
    uploads = of(device.actions, UploadBlob)
    assert len(uploads) == (not there)
    for upload in uploads:
        device.step(BlobDone(upload.exchange))
        device.commit()
    assert len(calls(device.actions, Push)) == 1


def test_what_the_relay_took_away_before_the_push_is_brought_again() -> None:
    device = DrivenDevice()
    device.go_live()
    device.submit(op(1, blobs=(SMALL,)))
    device.commit()
    device.step(BlobDone(last(device.actions, UploadBlob).exchange))
    device.commit()
    [pushed] = calls(device.actions, Push)
    assert pushed.brought
    device.actions = device.answer(Push, Refused(424, "unknown_blob", "bring it again"))
    device.step(BlobDone(last(device.actions, UploadBlob).exchange))
    device.commit()
    device.wait(3.0)
    assert len(calls(device.actions, Push)) == 1
    assert device.seen("failed") == []
