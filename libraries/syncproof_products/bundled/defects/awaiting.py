"""Bugs of entries that wait for their attachments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syncproof_defects import Ran, defect, replace
from syncproof_products.bundled.core.attachments import AttachmentIndex
from syncproof_products.bundled.core.conflict import sibling_of
from syncproof_products.bundled.core.delivery import Delivery
from syncproof_products.bundled.core.exchanges import Exchanges, Flight
from syncproof_products.bundled.core.records import Awaiting, Change
from syncproof_products.bundled.core.room import Room
from syncproof_products.bundled.core.transfers import Transfers
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.wire import Event


@defect
def shows_entry_without_attachment(ran: Ran) -> None:
    """An entry is shown as soon as its descriptor is here."""

    def broken(original: Callable[..., None]) -> Callable[..., None]:
        def take_in(
            self: Delivery, room: Room, event: Event, own: bool, changes: list[Change], notes: list[Any]
        ) -> None:
            original(self, room, event, own, changes, notes)
            draft = event.draft
            if draft.blobs and draft.entry is not None and not own:
                ran()
                self._apply(room.name, draft.entry, sibling_of(event), changes, notes)

        return take_in

    replace(Delivery, "_take_in", broken)


@defect
def forgets_what_waits(ran: Ran) -> None:
    """The attachment comes, and the entry that has waited for it is forgotten."""

    def broken(
        original: Callable[[AttachmentIndex, str], list[Awaiting]],
    ) -> Callable[[AttachmentIndex, str], list[Awaiting]]:
        def arrived(self: AttachmentIndex, digest: str) -> list[Awaiting]:
            if original(self, digest):
                ran()
            return []

        return arrived

    replace(AttachmentIndex, "arrived", broken)


@defect
def takes_missing_for_final(ran: Ran) -> None:
    """An attachment that the relay does not have when it is first asked for is never asked for again."""

    def broken(original: Callable[..., None]) -> Callable[..., None]:
        def failed(self: Exchanges, turn: Turn, number: int, reason: str, at_least: float = 0.0) -> None:
            flight: Flight | None = self._flights.get(number)
            if flight is not None and reason.startswith("missing"):
                ran()
                at_least = 1e6
            original(self, turn, number, reason, at_least)

        return failed

    replace(Exchanges, "failed", broken)


@defect
def waits_silently(ran: Ran) -> None:
    """A device does not say what it waits for: neither that it waits, nor that an attachment is missing."""

    def broken(original: Callable[[AttachmentIndex], int]) -> property:
        def events(self: AttachmentIndex) -> int:
            if self._awaiting:
                ran()
            return 0

        del original
        return property(events)

    replace(AttachmentIndex, "events", broken)


@defect
def never_looks_again(ran: Ran) -> None:
    """What was given up stays given up, as long as the connection stands."""

    def broken(original: Callable[[Transfers], None]) -> Callable[[Transfers], None]:
        def look_again(self: Transfers) -> None:
            if any(download.parked for download in self._attachments._downloads.values()):
                ran()

        del original
        return look_again

    replace(Transfers, "look_again", broken)
