from __future__ import annotations

from syncproof_products.bundled.core.attachments import AttachmentIndex
from syncproof_products.bundled.core.records import Awaiting
from syncproof_products.bundled.core.stored_blob import StoredBlob, stored
from syncproof_products.bundled.core.wire import BlobRef


def blob(name: str) -> StoredBlob:
    return stored(BlobRef(name * 64, 10, f"{name}.png"))


def waits(seq: int, *names: str) -> Awaiting:
    return Awaiting("g", seq, tuple(blob(name) for name in names))


def test_an_event_is_complete_when_its_last_attachment_is_there() -> None:
    index = AttachmentIndex()
    index.add(waits(1, "a", "b"))
    index.add(waits(2, "b"))
    index.add(waits(3, "c"))
    assert (index.events, index.missing) == (3, 3)
    assert [complete.seq for complete in index.arrived(blob("b").digest)] == [2]
    assert [complete.seq for complete in index.arrived(blob("a").digest)] == [1]
    assert (index.events, index.missing) == (1, 1)
    assert index.arrived(blob("a").digest) == []


def test_the_same_attachment_twice_in_one_event_is_one() -> None:
    index = AttachmentIndex()
    index.add(waits(1, "a", "a"))
    assert index.missing == 1
    assert [complete.seq for complete in index.arrived(blob("a").digest)] == [1]


def test_downloads_go_on_where_they_were() -> None:
    index = AttachmentIndex()
    index.partials = {blob("a").digest: 5}
    index.add(waits(1, "a", "b"))
    assert [download.offset for download in index.wanted()] == [5, 0]


def test_what_was_given_up_is_looked_for_again_by_descriptor_catch_up() -> None:
    index = AttachmentIndex()
    index.add(waits(1, "a", "b"))
    index.park(blob("a").digest)
    assert [download.blob.name for download in index.wanted()] == ["b.png"]
    assert index.events == 1, "the event still waits"
    assert index.unpark() == 1
    assert index.unpark() == 0
    assert [download.blob.name for download in index.wanted()] == ["a.png", "b.png"]


def test_what_can_never_be_had_is_no_longer_looked_for_and_completes_nothing() -> None:
    index = AttachmentIndex()
    index.add(waits(1, "a", "b"))
    index.refused(blob("a").address)
    assert [download.blob.name for download in index.wanted()] == ["b.png"]
    assert index.arrived(blob("b").address) == []
    assert (index.events, index.missing) == (1, 0)


def test_an_event_whose_body_can_never_be_had_waits_no_longer() -> None:
    index = AttachmentIndex()
    body = Awaiting("g", 1, (blob("a"),), is_body=True)
    index.add(body)
    index.add(waits(2, "a"))
    assert index.refused(blob("a").address) == [body]
    assert (index.events, index.missing) == (1, 0)


def test_what_is_said_to_be_something_else_at_one_address_waits_its_turn() -> None:
    index = AttachmentIndex()
    here = StoredBlob("digest", 5, "photo.jpg", "address", 21, "sealed so")
    other = StoredBlob("other digest", 5, "photo.jpg", "address", 21, "sealed otherwise")
    honest, hostile = Awaiting("g", 1, (here,)), Awaiting("g", 2, (other,))
    index.add(honest)
    index.add(hostile)
    assert [download.blob for download in index.wanted()] == [here]
    assert index.arrived("address") == [honest]
    assert [download.blob for download in index.wanted()] == [other]
    assert index.refused("address") == []
    assert list(index.wanted()) == []
