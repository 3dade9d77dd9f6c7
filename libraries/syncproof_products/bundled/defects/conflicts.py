"""Bugs of entries: of what becomes of versions that do not know of each other, and of their clocks."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path as FilePath
from typing import Any

from syncproof_defects import breaks
from syncproof_products.bundled.agent.adapter import Adapter
from syncproof_products.bundled.core import conflict
from syncproof_products.bundled.core.delivery import Delivery, Note
from syncproof_products.bundled.core.events import Submit
from syncproof_products.bundled.core.outbox import Outbox
from syncproof_products.bundled.core.records import Change, EntryStored, Op, Sibling
from syncproof_products.bundled.core.room import Room
from syncproof_products.bundled.core.sending import Sender
from syncproof_products.bundled.core.wire import Clock, Event
from syncproof_products.bundled.device import runtime

Siblings = tuple[Sibling, ...]


@breaks(conflict, "join")
def last_writer_wins(original: Callable[..., Siblings], siblings: Siblings, version: Sibling) -> Siblings:
    """Of concurrent versions of an entry only the one that the relay got last is kept."""
    joined = original(siblings, version)
    if len(joined) > 1:
        last_writer_wins.ran()
    return joined[-1:]


@breaks(Adapter, "entry")
def shows_its_own_version(
    original: Callable[..., dict[str, object]], self: Adapter, group: str, entry: str
) -> dict[str, object]:
    """Of concurrent versions a device shows the one that it wrote itself."""
    answer: dict[str, object] = original(self, group, entry)
    state = self.device.reader.entry(group, entry)
    own = [known.version for known in state.siblings if known.author == self._name] if state else []
    if own and own[-1] != answer["winner"]:
        shows_its_own_version.ran()
        answer["winner"] = own[-1]
    return answer


@breaks(Delivery, "_apply")
def counts_no_conflict(
    original: Callable[..., None],
    self: Delivery,
    group: str,
    entry: str,
    version: Sibling,
    changes: list[Change],
    notes: list[Note],
) -> None:
    """A conflict is kept, and not counted."""
    before = self.conflicts
    original(self, group, entry, version, changes, notes)
    if self.conflicts > before:
        counts_no_conflict.ran()
        self.conflicts = before


@breaks(conflict, "_fingerprint")
def same_content_is_a_conflict(original: Callable[..., str], body: str, blobs: tuple[str, ...]) -> str:
    """What a version says is compared together with the id of the operation that wrote it."""
    same_content_is_a_conflict.ran()
    return original(body, blobs) + body


@breaks(conflict, "join")
def deletion_takes_the_edit_along(
    original: Callable[..., Siblings], siblings: Siblings, version: Sibling
) -> Siblings:
    """A deletion replaces an edit that it does not know of."""
    joined = original(siblings, version)
    deletions = tuple([sibling for sibling in joined if sibling.deleted])
    if deletions and len(deletions) < len(joined):
        deletion_takes_the_edit_along.ran()
    return deletions or joined


@breaks(Sender, "_bases")
def resolution_forgets_a_base(
    original: Callable[..., dict[str, Clock] | str], self: Sender, op: Op, event: Submit
) -> dict[str, Clock] | str:
    """A resolution is written on top of one of the versions in conflict, not of all."""
    found: dict[str, Clock] | str = original(self, op, event)
    if op.kind == "resolve" and isinstance(found, dict) and len(found) > 1:
        resolution_forgets_a_base.ran()
        return dict(list(found.items())[-1:])
    return found


@breaks(runtime, "open_database")
def tidies_up_at_start(
    original: Callable[..., tuple[sqlite3.Connection, int]], path: FilePath, device: str
) -> tuple[sqlite3.Connection, int]:
    """When a device starts, it keeps the last version of every entry and throws away those beside it."""
    connection, incarnation = original(path, device)
    rows = connection.execute("SELECT group_name, entry, siblings FROM entries").fetchall()
    for group, entry, siblings in rows:
        known = json.loads(siblings)
        if len(known) > 1:
            tidies_up_at_start.ran()
            connection.execute(
                "UPDATE entries SET siblings = ? WHERE group_name = ? AND entry = ?",
                (json.dumps(known[-1:]), group, entry),
            )
    return connection, incarnation


@breaks(Outbox, "last_clock")
def forgets_its_unsent_edits(
    original: Callable[..., Clock | None], self: Outbox, group: str, entry: str
) -> Clock | None:
    """A new version does not build on the device's own one that the relay does not have yet."""
    if original(self, group, entry) is not None:
        forgets_its_unsent_edits.ran()
    return None


@breaks(Delivery, "deliver")
def keeps_only_the_newest_of_a_page(
    original: Callable[..., None], self: Delivery, room: Room, events: list[Event], *rest: Any
) -> None:
    """Of several versions of an entry that catch-up brings together, only the last is delivered."""
    last = {event.draft.entry: event for event in events if event.draft.entry is not None}
    kept = [e for e in events if e.draft.entry is None or last[e.draft.entry] is e]
    if len(kept) < len(events):
        keeps_only_the_newest_of_a_page.ran()
    original(self, room, kept, *rest)


@breaks(conflict.Entries, "clock_for")
def counts_on_from_what_stands(
    original: Callable[..., Clock],
    self: conflict.Entries,
    device: str,
    group: str,
    entry: str,
    base: Mapping[str, Clock],
    pending: Clock | None,
) -> Clock:
    """A new version gets the next count behind the versions that stand, not behind all that there were."""
    known = self._entries.get((group, entry))
    if known is None:
        return original(self, device, group, entry, base, pending)
    context, known.context = known.context, {}
    clock = original(self, device, group, entry, base, pending)
    known.context = context
    if clock[device] <= context.get(device, 0):
        counts_on_from_what_stands.ran()
    return clock


@breaks(conflict.Entries, "acknowledged")
def does_not_build_on_what_was_only_acknowledged(
    original: Callable[..., EntryStored], self: conflict.Entries, group: str, entry: str, clock: Clock
) -> EntryStored:
    """A new version does not build on the device's own one that the relay has, and the log has not brought back."""
    stored = original(self, group, entry, clock)
    does_not_build_on_what_was_only_acknowledged.ran()
    self._entries[(group, entry)].own = {}
    return stored
