"""Bugs of whoever has one platform in mind."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace

from syncproof_defects import breaks
from syncproof_products.bundled.core.events import Submit
from syncproof_products.bundled.core.sending import Sender
from syncproof_products.bundled.core.turn import Turn


@breaks(Sender, "submit")
def takes_names_for_one_that_a_mac_takes_for_one(
    original: Callable[..., None], self: Sender, turn: Turn, event: Submit
) -> None:
    """Entries whose names differ in case, or in how an accent is written, are one entry."""
    entry = event.op.entry
    if entry is not None:
        one = unicodedata.normalize("NFC", entry).casefold()
        if one != entry:
            takes_names_for_one_that_a_mac_takes_for_one.ran()
        event = replace(event, op=replace(event.op, entry=one))
    original(self, turn, event)
