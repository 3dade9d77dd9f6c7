"""What each version of an entry must know of the others: by what the harness asked for, not by the product's clocks.

An operation on an entry names the versions that its author had seen (`base`), and follows what the same author wrote
into the entry before. From these two alone follows what replaces what, and what is concurrent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from syncproof.evidence.history import History
from syncproof.evidence.records import Deliver, Invoke, Log


@dataclass(frozen=True)
class Version:
    """One operation on an entry.

    bases: the operations whose versions it names. before: its author's operation before it, on this entry.
    past: author -> number of the last operation of that author that it builds on.
    """

    operation: Invoke
    bases: tuple[str, ...]
    before: str | None
    past: Mapping[str, int]

    def knows(self, other: Invoke) -> bool:
        """Whether it is that operation, or builds on it."""
        own = self.operation
        return own.op_id == other.op_id or self.past.get(other.author, 0) >= other.author_n


@dataclass
class EntryVersions:
    """All operations on one entry, in the order of asking. by_version: what the system calls them -> op_id."""

    group: str
    entry: str
    by_op_id: dict[str, Version] = field(default_factory=dict)
    by_version: dict[str, str] = field(default_factory=dict)


Entries = dict[tuple[str, str], EntryVersions]


def unreplaced(versions: Iterable[Version], others: Iterable[Version]) -> list[Version]:
    """Those of one entry that none of the others builds on."""
    replaced: dict[str, int] = {}
    for other in others:
        for author, number in other.past.items():
            if number > replaced.get(author, 0):
                replaced[author] = number
    return [v for v in versions if v.operation.author_n > replaced.get(v.operation.author, 0)]


#: What `of` answered last for a history, with how many lines that had: several checkers ask in a row.
_answered: WeakKeyDictionary[History, tuple[int, Entries]] = WeakKeyDictionary()


def of(history: History) -> Entries:
    """(group, entry) -> its versions. Messages are none, also where they are about an entry."""
    length, versions = _answered.get(history, (-1, {}))
    if length != len(history.lines):
        versions = _read(history)
        _answered[history] = len(history.lines), versions
    return versions


def _read(history: History) -> Entries:
    versions: dict[tuple[str, str], EntryVersions] = {}
    last: dict[tuple[str, str, str], Version] = {}
    names = _names(history)
    for operation in history.operations.values():
        if operation.entry is None or operation.kind == "append":
            continue
        key = (operation.group, operation.entry)
        entry = versions.get(key)
        if entry is None:
            entry = versions[key] = EntryVersions(*key, by_version=names.get(key, {}))
        named = [entry.by_version.get(version, "") for version in operation.base]
        bases = tuple([op_id for op_id in named if op_id in entry.by_op_id])
        before = last.get((*key, operation.author))
        past: dict[str, int] = {}
        for known in [*[entry.by_op_id[op_id] for op_id in bases], *([before] if before else [])]:
            for author, number in [*known.past.items(), (known.operation.author, known.operation.author_n)]:
                if number > past.get(author, 0):
                    past[author] = number
        version = Version(operation, bases, before.operation.op_id if before else None, past)
        entry.by_op_id[operation.op_id] = last[(*key, operation.author)] = version
    return versions


def _names(history: History) -> dict[tuple[str, str], dict[str, str]]:
    """(group, entry) -> version -> op_id, by the delivery logs, and by the system's own where they do not say."""
    names: dict[tuple[str, str], dict[str, str]] = {}
    asked = {op.op_id: op for op in history.operations.values() if op.entry is not None}
    if not asked:
        return names
    delivered = (
        entry for log in history.devices.values() for entry in log.first.values() if entry.entry is not None
    )
    told: list[Iterable[Deliver | Log]] = [delivered]
    told += history.log.values()
    for lines in told:
        for line in lines:
            operation = asked.get(line.op_id)
            if operation is not None and operation.entry is not None:
                names.setdefault((operation.group, operation.entry), {}).setdefault(line.version, line.op_id)
    return names
