"""Concurrent versions of an entry: which remain, which conflict, which one wins.

The state of an entry is the set of its maximal versions: those whose clock no other version's clock
dominates. It is a function of the versions alone, not of the order in which they came in, so that devices
that have seen the same versions hold the same state. What L-3.1 asks for is a view of it:

- same content on both sides is no conflict: of versions that say the same, the latest stands for all;
- delete against edit keeps the edit: a deletion is only seen where no concurrent edit stands;
- a resolution dominates what it resolves: it is a version whose clock is past those of all its bases.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from syncproof_products.bundled.core.records import EntryState, EntryStored, Sibling
from syncproof_products.bundled.core.wire import Clock, Event
from syncproof_synckit.vector_clock import advance, dominates, merge


@dataclass(slots=True)
class Entry:
    """An entry: its maximal versions in the order of the log, and the merged clock of all it ever saw.

    own: clock of this device's last version that the relay has, and the log perhaps not yet.
    """

    siblings: tuple[Sibling, ...] = ()
    context: Clock = field(default_factory=dict)
    own: Clock = field(default_factory=dict)


def join(siblings: tuple[Sibling, ...], version: Sibling) -> tuple[Sibling, ...]:
    """The maximal versions once `version` came in too."""
    if any(dominates(known.clock, version.clock) for known in siblings):
        return siblings
    remain = [known for known in siblings if not dominates(version.clock, known.clock)]
    return tuple(sorted([*remain, version], key=_place))


def visible(siblings: tuple[Sibling, ...]) -> tuple[Sibling, ...]:
    """The versions that a person has to choose from; more than one is a conflict."""
    latest = {(known.deleted, known.content): known for known in siblings}
    edits = [known for known in latest.values() if not known.deleted]
    return tuple(sorted(edits or latest.values(), key=_place))


def winner(siblings: tuple[Sibling, ...]) -> Sibling | None:
    """The version that applications show while nobody has chosen: the latest in the log that is visible."""
    chosen = visible(siblings)
    return chosen[-1] if chosen else None


def sibling_of(event: Event) -> Sibling:
    """The version that an event about an entry brings."""
    draft = event.draft
    body = draft.body.encode()
    deleted = draft.kind == "delete"
    # Two deletions say the same, whatever their bodies carry.
    content = "" if deleted else _fingerprint(draft.body, tuple(blob.digest for blob in draft.blobs))
    return Sibling(
        version=str(event.seq),
        author=event.author,
        clock=draft.clock,
        deleted=deleted,
        digest=hashlib.sha256(body).hexdigest(),
        content=content,
    )


class Entries:
    """The entries of all groups (their versions and clocks; never what they say)."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], Entry] = {}

    def restore(self, states: tuple[EntryState, ...]) -> None:
        """Take over what the storage holds."""
        for state in states:
            self._entries[(state.group, state.entry)] = Entry(state.siblings, state.context)

    def siblings(self, group: str, entry: str) -> tuple[Sibling, ...]:
        """The maximal versions of an entry."""
        known = self._entries.get((group, entry))
        return known.siblings if known else ()

    def apply(self, group: str, entry: str, version: Sibling) -> tuple[EntryStored, tuple[str, ...]]:
        """Let a version come in. Returns the change, and the versions in conflict if it made or widened one."""
        known = self._entries.setdefault((group, entry), Entry())
        before = visible(known.siblings)
        known.siblings = join(known.siblings, version)
        known.context = merge((known.context, version.clock))
        after = visible(known.siblings)
        conflict = len(after) > max(1, len(before))
        change = EntryStored(group, entry, known.siblings, known.context)
        return change, tuple(sibling.version for sibling in after) if conflict else ()

    def acknowledged(self, group: str, entry: str, clock: Clock) -> EntryStored:
        """The relay has a version of this device, which leaves the outbox before it comes with the log.

        Its count is used up from here on, also after a restart; a later version that had the same would be taken
        for this one, and vanish. Returns the change.
        """
        known = self._entries.setdefault((group, entry), Entry())
        known.context = merge((known.context, clock))
        known.own = clock
        return EntryStored(group, entry, known.siblings, known.context)

    def clock_for(
        self,
        device: str,
        group: str,
        entry: str,
        base: Mapping[str, Clock],
        pending: Clock | None,
    ) -> Clock:
        """The clock of a new version by `device`: past its bases, its own latest version and its pending write."""
        known = self._entries.get((group, entry)) or Entry()
        own = [sibling.clock for sibling in known.siblings if sibling.author == device]
        clocks = [*base.values(), *own, known.own, pending or {}]
        return advance(merge(clocks), device, known.context.get(device, 0))


def _place(sibling: Sibling) -> int:
    return int(sibling.version)


def _fingerprint(body: str, blobs: tuple[str, ...]) -> str:
    """What a version says: its body without the op_id that makes every body different, and its attachments."""
    try:
        said = json.loads(body)
    except ValueError:
        said = body
    if isinstance(said, dict):
        said = {name: value for name, value in said.items() if name != "op_id"}
    text = json.dumps([said, blobs], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
