from __future__ import annotations

from syncproof_products.bundled.core.attachments import AttachmentIndex
from syncproof_products.bundled.core.records import Awaiting
from syncproof_products.bundled.core.wire import BlobRef


def blob(name: str) -> BlobRef:
    return BlobRef(name * 64, 10, f"{name}.png")


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
    index.add(waits(1, "a", "b"), {blob("a").digest: 5})
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
