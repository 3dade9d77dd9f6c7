"""An attachment is whole or it is not there: never a part of it, never other bytes, never a promise of it alone.

A device may hand out nothing for an attachment, or all of it. What it has called complete it hands out from then
on, until it is reinstalled. An entry that it shows has its attachments. When everything is at rest, what it has
delivered has them too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from syncproof.evidence.checkers.verdict import Verdict, count, judge, named, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import Blob, Entry

Held = dict[tuple[str, str], list[int]]


def check(history: History, *, device: str | None = None) -> Verdict:
    """device: judge only this one. A history without attachments passes."""
    if not history.lines:
        return nothing_to_judge("whole_attachments", "the history is empty")
    owners = _owners(history)
    complete, shown = _promised(history)
    begun = _installations(history)
    faults: dict[str, dict[str, None]] = {}
    looks = 0
    for seen in history.of(Blob):
        if device not in (None, seen.device) or seen.state not in ("read", "absent", "lost"):
            continue
        looks += 1
        words = _wrong(seen, complete, shown, begun)
        if words:
            faults.setdefault(f"{seen.device} {words}", {}).update(
                dict.fromkeys(owners.get(seen.digest, (seen.digest,)))
            )
    said = [f"{words}: {named(history, op_ids)}" for words, op_ids in faults.items()]
    witness = [op_id for op_ids in faults.values() for op_id in op_ids]
    return judge("whole_attachments", said, witness, f"{count(looks, 'look')} at attachments, none at a part")


def _wrong(seen: Blob, complete: Held, shown: Held, begun: Mapping[str, Sequence[int]]) -> str:
    """What is wrong with what was seen, "" for nothing. Stamps of looks are of before they began."""
    where = (seen.device, seen.digest)
    since = max((began for began in begun.get(seen.device, ()) if began <= seen.t_ns), default=0)
    if seen.state == "read":
        return "" if seen.content == seen.digest else "handed out something else than the whole attachment"
    if seen.state == "lost":
        return "came to rest without the attachment"
    if any(since <= said < seen.t_ns for said in complete.get(where, ())):
        return "had called the attachment complete and did not have it"
    if any(since <= said < seen.t_ns for said in shown.get(where, ())):
        return "showed an entry without its attachment"
    return ""


def _owners(history: History) -> dict[str, list[str]]:
    """Attachment -> the operations that have it."""
    owners: dict[str, list[str]] = {}
    for invoke in history.invokes():
        for digest in invoke.blobs:
            owners.setdefault(digest, []).append(invoke.op_id)
    return owners


def _promised(history: History) -> tuple[Held, Held]:
    """When a device called an attachment complete, and when it showed an entry that has it."""
    complete: Held = {}
    for step in history.of(Blob):
        if step.state == "complete":
            complete.setdefault((step.device, step.digest), []).append(step.t_ns)
    blobs = {invoke.digest: invoke.blobs for invoke in history.invokes() if invoke.blobs}
    shown: Held = {}
    for view in history.of(Entry):
        for digest in _attachments(view, blobs):
            shown.setdefault((view.device, digest), []).append(view.t_ns)
    return complete, shown


def _installations(history: History) -> dict[str, list[int]]:
    """When each device was reinstalled: what it had said before binds it no more."""
    begun: dict[str, list[int]] = {}
    for note in history.notes("reinstalled"):
        begun.setdefault(note.device, []).append(note.t_ns)
    return begun


def _attachments(view: Entry, blobs: dict[str, tuple[str, ...]]) -> Iterable[str]:
    for sibling in view.siblings:
        yield from blobs.get(sibling.digest, ())


SAFETY = {"whole_attachments": check}
