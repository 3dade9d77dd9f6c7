"""Bugs of entries that wait for their attachments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from syncproof_defects import breaks
from syncproof_products.bundled.core.attachments import AttachmentIndex
from syncproof_products.bundled.core.conflict import sibling_of
from syncproof_products.bundled.core.delivery import Delivery
from syncproof_products.bundled.core.exchanges import Exchanges, Flight
from syncproof_products.bundled.core.records import Awaiting, Change, Snapshot
from syncproof_products.bundled.core.room import Room
from syncproof_products.bundled.core.transfers import Transfers
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.wire import Event
from syncproof_products.bundled.device.reading import Reader


@breaks(Delivery, "_take_in")
def shows_entry_without_attachment(
    original: Callable[..., None],
    self: Delivery,
    room: Room,
    event: Event,
    own: bool,
    changes: list[Change],
    notes: list[Any],
) -> None:
    """An entry is shown as soon as its descriptor is here."""
    original(self, room, event, own, changes, notes)
    draft = event.draft
    if draft.blobs and draft.entry is not None and not own:
        shows_entry_without_attachment.ran()
        self._apply(room.name, draft.entry, sibling_of(event), changes, notes)


@breaks(AttachmentIndex, "arrived")
def forgets_what_waits(
    original: Callable[..., list[Awaiting]], self: AttachmentIndex, digest: str
) -> list[Awaiting]:
    """The attachment comes, and the entry that has waited for it is forgotten."""
    if original(self, digest):
        forgets_what_waits.ran()
    return []


@breaks(Exchanges, "failed")
def takes_missing_for_final(
    original: Callable[..., None],
    self: Exchanges,
    turn: Turn,
    number: int,
    reason: str,
    at_least: float = 0.0,
) -> None:
    """An attachment that the relay does not have when it is first asked for is never asked for again."""
    flight: Flight | None = self._flights.get(number)
    if flight is not None and reason.startswith("missing"):
        takes_missing_for_final.ran()
        at_least = 1e6
    original(self, turn, number, reason, at_least)


@breaks(AttachmentIndex, "events")
def waits_silently(_original: Callable[..., int], self: AttachmentIndex) -> int:
    """A device does not say what it waits for: neither that it waits, nor that an attachment is missing."""
    if self._awaiting:
        waits_silently.ran()
    return 0


@breaks(Transfers, "look_again")
def never_looks_again(_original: Callable[..., None], self: Transfers) -> None:
    """What was given up stays given up, as long as the connection stands."""
    if any(download.parked for download in self._attachments._downloads.values()):
        never_looks_again.ran()


@breaks(AttachmentIndex, "arrived")
def completes_one_entry_per_attachment(
    original: Callable[..., list[Awaiting]], self: AttachmentIndex, digest: str
) -> list[Awaiting]:
    """Of several entries that wait for one attachment, only the first is completed when it comes."""
    complete = original(self, digest)
    if len(complete) > 1:
        completes_one_entry_per_attachment.ran()
    return complete[:1]


@breaks(Reader, "snapshot")
def forgets_what_it_waits_for(
    original: Callable[..., Snapshot], self: Reader, partials: dict[str, int]
) -> Snapshot:
    """A device that starts again looks only for attachments of which it has a part."""
    snapshot = original(self, partials)
    waiting = tuple(each for each in snapshot.awaiting if any(partials.get(b.digest) for b in each.blobs))
    if waiting != snapshot.awaiting:
        forgets_what_it_waits_for.ran()
    return replace(snapshot, awaiting=waiting)


@breaks(Delivery, "_take_in")
def takes_own_attachments_for_present(
    original: Callable[..., None],
    self: Delivery,
    room: Room,
    event: Event,
    own: bool,
    changes: list[Change],
    notes: list[Any],
) -> None:
    """A device takes the attachments of its own messages for present, also after it was installed anew."""
    if event.author == self._device and event.draft.blobs and not own:
        takes_own_attachments_for_present.ran()
        own = True
    original(self, room, event, own, changes, notes)
