"""Nobody's version of an entry is lost to somebody else's, and what was replaced does not come back.

Judged by what each device answered last of each entry, against what it had delivered by then. It must hold every
edit that no other builds on (or one beside it that says the same); it must not hold one that another names as its
base; and while an edit stands, it must show one. What builds on what is known from the harness, see
`entry_versions`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from syncproof.evidence import entry_versions
from syncproof.evidence.checkers.verdict import Verdict, count, judge, named, nothing_to_judge, unread
from syncproof.evidence.entry_versions import EntryVersions, Version
from syncproof.evidence.history import History
from syncproof.evidence.records import Entry

Conflicts = Literal["siblings", "lww", "none"]
#: How long an answer may take: what was delivered within that may be in it.
ANSWER_NS = 20_000_000_000


def check(history: History, *, device: str | None = None, conflicts: Conflicts = "siblings") -> Verdict:
    """device: judge only this one. conflicts: what the system promises; only `siblings` keeps all."""
    if not history.lines:
        return nothing_to_judge("conflict_preservation", "the history is empty")
    if conflicts != "siblings":
        return Verdict(
            "conflict_preservation", "pass", f"not promised: concurrent changes become {conflicts}"
        )
    faults: list[str] = []
    witness: list[str] = []
    unknown: dict[str, None] = {}
    judged = 0
    entries = entry_versions.of(history)
    for key, versions in entries.items():
        answers = {
            name: views[-1] for name, views in history.views.get(key, {}).items() if device in (None, name)
        }
        if not answers:
            if not _several_arrived(history, versions):
                continue  # nothing that could have been in conflict
            return nothing_to_judge("conflict_preservation", f'nobody was asked for entry "{key[1]}"')
        for name, view in answers.items():
            judged += 1
            unknown[unread(history, name)] = None
            for text, op_ids in _wrong(history, versions, name, view):
                witness += op_ids
                faults.append(f'{name}\'s entry "{key[1]}" {text}')
    passed = f"{count(judged, 'answer')} about {count(len(entries), 'entry', 'entries')}"
    return judge("conflict_preservation", faults, witness, passed, [*filter(None, unknown)])


def _several_arrived(history: History, versions: EntryVersions) -> bool:
    """Whether any device delivered more than one version of the entry (what it quarantined, it did not deliver)."""
    return any(sum(op_id in log.first for op_id in versions.by_op_id) > 1 for log in history.devices.values())


def _wrong(
    history: History, versions: EntryVersions, device: str, view: Entry
) -> Iterator[tuple[str, list[str]]]:
    """What is wrong with one answer, each with the operations concerned."""
    held = {sibling.version: versions.by_version.get(sibling.version) for sibling in view.siblings}
    strange = [version for version, op_id in held.items() if op_id not in versions.by_op_id]
    if strange:
        yield f"holds version {', '.join(strange)}, which nobody wrote into it", []
    there = [versions.by_op_id[op_id] for op_id in held.values() if op_id in versions.by_op_id]
    present = list(_present(history, versions, device, view))
    here = set(held.values())
    said = {version.operation.content for version in there if version.operation.kind != "delete"}
    lost = [
        version.operation.op_id
        for version in entry_versions.unreplaced(present, _perhaps_present(history, versions, device, view))
        if version.operation.kind != "delete"
        and version.operation.op_id not in here
        and not (version.operation.content and version.operation.content in said)
    ]
    if lost:
        yield f"lost {named(history, lost)}, which nothing replaces", lost
    replaced = {base for version in present for base in version.bases}
    back = [version.operation.op_id for version in there if version.operation.op_id in replaced]
    if back:
        yield f"still holds {named(history, back)}, which was replaced", back
    edits = [sibling.version for sibling in view.siblings if not sibling.deleted]
    if edits and view.winner not in edits:
        yield f"shows {view.winner or 'nothing'}, though it holds {', '.join(edits)}", []


def _present(history: History, versions: EntryVersions, device: str, view: Entry) -> Iterator[Version]:
    """What the device had certainly delivered when it was asked, and has the attachments of."""
    delivered = history.delivered(device)
    for op_id, version in versions.by_op_id.items():
        entry = delivered.get(op_id)
        if entry is None or entry.n > view.seen:
            continue
        if all(history.has_blob(device, digest) for digest in version.operation.blobs):
            yield version


def _perhaps_present(
    history: History, versions: EntryVersions, device: str, view: Entry
) -> Iterator[Version]:
    """What it may have delivered: the answer is stamped when it was asked for, and takes its time.

    Anything, where its delivery log was not read to its end.
    """
    delivered = history.delivered(device)
    answered = view.t_ns + ANSWER_NS
    for op_id, version in versions.by_op_id.items():
        entry = delivered.get(op_id)
        if entry.t_ns <= answered if entry else unread(history, device):
            yield version


SAFETY = {"conflict_preservation": check}
