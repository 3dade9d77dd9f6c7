"""Which delivered events wait for which attachments, and how far their downloads are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from syncproof_products.bundled.core.records import Awaiting
from syncproof_products.bundled.core.wire import BlobRef

Key = tuple[str, int]


@dataclass(slots=True)
class Download:
    """An attachment that is missing. offset: bytes that are here. parked: its retries were pruned; it is
    only looked for again by descriptor catch-up. waiting: the events that need it (a dictionary for its
    order).
    """

    blob: BlobRef
    offset: int
    waiting: dict[Key, None]
    parked: bool = False


class AttachmentIndex:
    """Events by the attachments they wait for."""

    def __init__(self) -> None:
        self._awaiting: dict[Key, Awaiting] = {}
        self._missing: dict[Key, dict[str, None]] = {}
        self._downloads: dict[str, Download] = {}

    @property
    def events(self) -> int:
        """Events that wait."""
        return len(self._awaiting)

    @property
    def missing(self) -> int:
        """Attachments that are missing."""
        return len(self._downloads)

    def add(self, awaiting: Awaiting, partials: Mapping[str, int] | None = None) -> None:
        """An event waits for attachments. partials: bytes that are here of those whose download was begun."""
        key = (awaiting.group, awaiting.seq)
        self._awaiting[key] = awaiting
        self._missing[key] = dict.fromkeys(blob.digest for blob in awaiting.blobs)
        for blob in awaiting.blobs:
            download = self._downloads.get(blob.digest)
            if download is None:
                offset = (partials or {}).get(blob.digest, 0)
                self._downloads[blob.digest] = Download(blob, offset, {key: None})
            else:
                download.waiting[key] = None

    def find(self, digest: str) -> Download | None:
        """The missing attachment of that digest."""
        return self._downloads.get(digest)

    def wanted(self) -> Iterator[Download]:
        """The missing attachments that are to be fetched, those that were needed first at the front."""
        return (download for download in self._downloads.values() if not download.parked)

    def arrived(self, digest: str) -> list[Awaiting]:
        """An attachment is here. Returns the events that now have all of theirs, in the order of their log."""
        download = self._downloads.pop(digest, None)
        complete = []
        for key in download.waiting if download else ():
            missing = self._missing[key]
            missing.pop(digest, None)
            if not missing:
                del self._missing[key]
                complete.append(self._awaiting.pop(key))
        return complete

    def park(self, digest: str) -> None:
        """Its retries were pruned."""
        download = self._downloads.get(digest)
        if download is not None:
            download.parked = True

    def unpark(self) -> int:
        """Descriptor catch-up: look again for all that was given up. Returns how many there were."""
        parked = [download for download in self._downloads.values() if download.parked]
        for download in parked:
            download.parked = False
        return len(parked)
