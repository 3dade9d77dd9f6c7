"""Which delivered events wait for which attachments, and how far their downloads are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from syncproof_products.bundled.core.records import Awaiting
from syncproof_products.bundled.core.stored_blob import StoredBlob

Key = tuple[str, int]


@dataclass(slots=True)
class Download:
    """An attachment that is missing. offset: bytes that are here. parked: its retries were pruned; it is
    only looked for again by descriptor catch-up. waiting: the events that need it (a dictionary for its
    order). missing_since: when the relay first said that it has none.
    """

    blob: StoredBlob
    offset: int
    waiting: dict[Key, None]
    parked: bool = False
    missing_since: float | None = None


class AttachmentIndex:
    """Events by the attachments they wait for, and these by their addresses at the relay."""

    def __init__(self) -> None:
        #: Bytes that are here of downloads that were begun before the device started, by address.
        self.partials: Mapping[str, int] = {}
        self._awaiting: dict[Key, Awaiting] = {}
        self._missing: dict[Key, dict[str, None]] = {}
        self._downloads: dict[str, Download] = {}
        #: What is said to be something else at an address that is being fetched: its turn comes behind that.
        self._behind: dict[str, list[tuple[StoredBlob, Key]]] = {}

    @property
    def events(self) -> int:
        """Events that wait."""
        return len(self._awaiting)

    @property
    def missing(self) -> int:
        """Attachments that are missing."""
        return len(self._downloads)

    def add(self, awaiting: Awaiting) -> None:
        """An event waits for attachments."""
        key = (awaiting.group, awaiting.seq)
        self._awaiting[key] = awaiting
        self._missing[key] = dict.fromkeys(blob.address for blob in awaiting.blobs)
        for blob in awaiting.blobs:
            self._want(blob, key, self.partials.get(blob.address, 0))

    def find(self, address: str) -> Download | None:
        """The missing attachment of that address."""
        return self._downloads.get(address)

    def wanted(self) -> Iterator[Download]:
        """The missing attachments that are to be fetched, those that were needed first at the front."""
        return (download for download in self._downloads.values() if not download.parked)

    def arrived(self, address: str) -> list[Awaiting]:
        """An attachment is here. Returns the events that now have all of theirs, in the order of their log."""
        download = self._downloads.pop(address, None)
        complete = []
        for key in download.waiting if download else ():
            missing = self._missing[key]
            missing.pop(address, None)
            if not missing:
                del self._missing[key]
                complete.append(self._awaiting.pop(key))
        self._next(address)
        return complete

    def refused(self, address: str) -> list[Awaiting]:
        """It can never be had: nobody looks for it again before the next start, and what needs it waits for ever.

        Returns the events whose body it is, which wait no longer.
        """
        download = self._downloads.pop(address, None)
        keys = [key for key in (download.waiting if download else ()) if self._awaiting[key].is_body]
        for key in keys:
            del self._missing[key]
        self._next(address)
        return [self._awaiting.pop(key) for key in keys]

    def park(self, address: str) -> None:
        """Its retries were pruned."""
        download = self._downloads.get(address)
        if download is not None:
            download.parked = True

    def unpark(self) -> int:
        """Descriptor catch-up: look again for all that was given up. Returns how many there were."""
        parked = [download for download in self._downloads.values() if download.parked]
        for download in parked:
            download.parked = False
        return len(parked)

    def _want(self, blob: StoredBlob, key: Key, offset: int) -> None:
        download = self._downloads.get(blob.address)
        if download is None:
            self._downloads[blob.address] = Download(blob, offset, {key: None})
        elif _is_same(download.blob, blob):
            download.waiting[key] = None
        else:
            self._behind.setdefault(blob.address, []).append((blob, key))

    def _next(self, address: str) -> None:
        for blob, key in self._behind.pop(address, ()):
            self._want(blob, key, 0)


def _is_same(one: StoredBlob, other: StoredBlob) -> bool:
    """Whether two events mean the same by an address: by their authors' word, which may be wrong."""
    return (one.digest, one.reference, one.is_body) == (other.digest, other.reference, other.is_body)
