"""Bugs of entries: of what becomes of versions that do not know of each other, and of their clocks."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path as FilePath
from typing import Any

from syncproof_defects import Ran, defect, replace
from syncproof_products.bundled.agent.adapter import Adapter
from syncproof_products.bundled.core import conflict
from syncproof_products.bundled.core.delivery import Delivery, Note
from syncproof_products.bundled.core.events import Submit
from syncproof_products.bundled.core.journal import Then
from syncproof_products.bundled.core.outbox import Outbox
from syncproof_products.bundled.core.records import Change, Op, Path, Sibling
from syncproof_products.bundled.core.room import Room
from syncproof_products.bundled.core.sending import Sender
from syncproof_products.bundled.core.wire import Clock, Event
from syncproof_products.bundled.device import runtime

Siblings = tuple[Sibling, ...]


@defect
def last_writer_wins(ran: Ran) -> None:
    """Of concurrent versions of an entry only the one that the relay got last is kept."""

    def broken(original: Callable[[Siblings, Sibling], Siblings]) -> Callable[[Siblings, Sibling], Siblings]:
        def join(siblings: Siblings, version: Sibling) -> Siblings:
            joined = original(siblings, version)
            if len(joined) > 1:
                ran()
            return joined[-1:]

        return join

    replace(conflict, "join", broken)


@defect
def shows_its_own_version(ran: Ran) -> None:
    """Of concurrent versions a device shows the one that it wrote itself."""

    def broken(original: Any) -> Callable[[Adapter, str, str], dict[str, object]]:
        def entry(self: Adapter, group: str, entry: str) -> dict[str, object]:
            answer: dict[str, object] = original(self, group, entry)
            state = self.device.reader.entry(group, entry)
            own = [known.version for known in state.siblings if known.author == self._name] if state else []
            if own and own[-1] != answer["winner"]:
                ran()
                answer["winner"] = own[-1]
            return answer

        return entry

    replace(Adapter, "entry", broken)


@defect
def counts_no_conflict(ran: Ran) -> None:
    """A conflict is kept, and not counted."""

    def broken(original: Any) -> Callable[[Delivery, str, str, Sibling, list[Change], list[Note]], None]:
        def apply(
            self: Delivery, group: str, entry: str, version: Sibling, changes: list[Change], notes: list[Note]
        ) -> None:
            before = self.conflicts
            original(self, group, entry, version, changes, notes)
            if self.conflicts > before:
                ran()
                self.conflicts = before

        return apply

    replace(Delivery, "_apply", broken)


@defect
def same_content_is_a_conflict(ran: Ran) -> None:
    """What a version says is compared together with the id of the operation that wrote it."""

    def broken(original: Callable[[str, tuple[str, ...]], str]) -> Callable[[str, tuple[str, ...]], str]:
        def fingerprint(body: str, blobs: tuple[str, ...]) -> str:
            ran()
            return original(body, blobs) + body

        return fingerprint

    replace(conflict, "_fingerprint", broken)


@defect
def deletion_takes_the_edit_along(ran: Ran) -> None:
    """A deletion replaces an edit that it does not know of."""

    def broken(original: Callable[[Siblings, Sibling], Siblings]) -> Callable[[Siblings, Sibling], Siblings]:
        def join(siblings: Siblings, version: Sibling) -> Siblings:
            joined = original(siblings, version)
            deletions = tuple([sibling for sibling in joined if sibling.deleted])
            if deletions and len(deletions) < len(joined):
                ran()
            return deletions or joined

        return join

    replace(conflict, "join", broken)


@defect
def resolution_forgets_a_base(ran: Ran) -> None:
    """A resolution is written on top of one of the versions in conflict, not of all."""

    def broken(original: Any) -> Callable[[Sender, Op, Submit], dict[str, Clock] | str]:
        def bases(self: Sender, op: Op, event: Submit) -> dict[str, Clock] | str:
            found: dict[str, Clock] | str = original(self, op, event)
            if op.kind == "resolve" and isinstance(found, dict) and len(found) > 1:
                ran()
                return dict(list(found.items())[-1:])
            return found

        return bases

    replace(Sender, "_bases", broken)


@defect
def tidies_up_at_start(ran: Ran) -> None:
    """When a device starts, it keeps the last version of every entry and throws away those beside it."""

    def broken(
        original: Callable[[FilePath, str], tuple[sqlite3.Connection, int]],
    ) -> Callable[[FilePath, str], tuple[sqlite3.Connection, int]]:
        def opened(path: FilePath, device: str) -> tuple[sqlite3.Connection, int]:
            connection, incarnation = original(path, device)
            rows = connection.execute("SELECT group_name, entry, siblings FROM entries").fetchall()
            for group, entry, siblings in rows:
                known = json.loads(siblings)
                if len(known) > 1:
                    ran()
                    connection.execute(
                        "UPDATE entries SET siblings = ? WHERE group_name = ? AND entry = ?",
                        (json.dumps(known[-1:]), group, entry),
                    )
            return connection, incarnation

        return opened

    replace(runtime, "open_database", broken)


@defect
def forgets_its_unsent_edits(ran: Ran) -> None:
    """A new version does not build on the device's own one that the relay does not have yet."""

    def broken(
        original: Callable[[Outbox, str, str], Clock | None],
    ) -> Callable[[Outbox, str, str], Clock | None]:
        def last_clock(self: Outbox, group: str, entry: str) -> Clock | None:
            if original(self, group, entry) is not None:
                ran()
            return None

        return last_clock

    replace(Outbox, "last_clock", broken)


@defect
def keeps_only_the_newest_of_a_page(ran: Ran) -> None:
    """Of several versions of an entry that catch-up brings together, only the last is delivered."""

    def broken(original: Any) -> Callable[[Delivery, Room, list[Event], Path, Then | None], None]:
        def deliver(
            self: Delivery, room: Room, events: list[Event], path: Path, after: Then | None = None
        ) -> None:
            last = {event.draft.entry: event for event in events if event.draft.entry is not None}
            kept = [e for e in events if e.draft.entry is None or last[e.draft.entry] is e]
            if len(kept) < len(events):
                ran()
            original(self, room, kept, path, after)

        return deliver

    replace(Delivery, "deliver", broken)
