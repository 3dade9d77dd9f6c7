"""The server cannot read what devices say to each other, where the system promises that (capability `e2ee`).

Its operator has looked through all that it holds (`server_searched`), at least the events of each group's log and
something of whatever else there was to look through, and has found no operation in the clear (`readable`), nor an event
of the log that is not encrypted. What the harness itself has handed in in the clear (`unreadable`) is no secret.
"""

from __future__ import annotations

from syncproof.evidence.checkers.verdict import Verdict, count, judge, named, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import Readable

#: What a search must have looked through: as many as the log has lines.
EVENTS = "events of the room"


def check(history: History, *, device: str | None = None, e2ee: bool = False) -> Verdict:
    """device: judge only what this one has said. e2ee: whether the system promises it; where not, all is well."""
    if not history.lines:
        return nothing_to_judge("no_plaintext", "the history is empty")
    if not e2ee:
        return Verdict("no_plaintext", "pass", "the system promises no encryption")
    if not history.invokes_by_group:
        return nothing_to_judge("no_plaintext", "no operation was asked for")
    looked: dict[str, dict[str, int]] = {}
    for note in history.notes("server_searched"):
        group, found = str(note.fields.get("group")), note.fields.get("looked")
        if isinstance(found, dict):
            looked[group] = {str(what): int(number) for what, number in found.items()}
    unknown: list[str] = []
    for group in history.invokes_by_group:
        lines = len(history.log.get(group, ()))
        if looked.get(group, {}).get(EVENTS, 0) < max(1, lines):
            unknown.append(f"nobody has looked through what the server has of {group}")
    unknown += [
        f"nothing was looked through: 0 {what}"
        for found in looked.values()
        for what, number in found.items()
        if not number and what != EVENTS
    ]
    places: dict[str, dict[str, None]] = {}
    for line in history.of(Readable):
        places.setdefault(line.where, {})[line.op_id] = None
    for lines_of in history.log.values():
        for entry in lines_of:
            if not entry.sealed:
                places.setdefault("its log", {})[entry.op_id] = None
    faults: list[str] = []
    witness: list[str] = []
    handed_in = {
        str(note.fields.get("op_id"))
        for note in history.notes("unreadable")
        if note.fields.get("in_the_clear")
    }
    for where, op_ids in places.items():
        secret = [op_id for op_id in op_ids if op_id not in handed_in]
        theirs = [op_id for op_id in secret if device in (None, _author(history, op_id))]
        if theirs:
            witness += theirs
            faults.append(
                f"the server can read {count(len(theirs), 'operation')} in {where}: {named(history, theirs)}"
            )
    seen = ", ".join(f"{number} {what}" for found in looked.values() for what, number in found.items())
    return judge("no_plaintext", faults, witness, f"nothing in the clear in {seen}", unknown)


def _author(history: History, op_id: str) -> str:
    operation = history.operations.get(op_id)
    return operation.author if operation else ""
