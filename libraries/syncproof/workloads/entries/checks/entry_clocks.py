"""The vector clock of a version says what the version builds on: all of it, and nothing else.

A version's clock must be past those of all its bases, count its own author once more than before, and know of no
other device more than its bases and its author's last version did; it must be the same on every device. Systems that
tell no clocks are not judged.

Source: Fidge (1988), Mattern (1989).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from syncproof.evidence import entry_versions, vector_clock
from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.entry_versions import EntryVersions, Version
from syncproof.evidence.history import History
from syncproof.evidence.vector_clock import VectorClock


def check(history: History, *, device: str | None = None) -> Verdict:
    """device: judge only the clocks that this one tells."""
    if not history.lines:
        return nothing_to_judge("entry_clocks", "the history is empty")
    faults: list[str] = []
    witness: list[str] = []
    judged = 0
    for versions in entry_versions.of(history).values():
        clocks: dict[str, VectorClock] = {}
        for op_id, name, clock in _told(history, versions, device):
            known = clocks.setdefault(op_id, clock)
            if known != clock and vector_clock.compare(known, clock) != "equal":
                witness.append(op_id)
                faults.append(
                    f"{name} has {vector_clock.write(clock)} for {history.name(op_id)}, which has "
                    f"{vector_clock.write(known)} elsewhere"
                )
        judged += len(clocks)
        for op_id in clocks:
            wrong = _wrong(versions.by_op_id[op_id], clocks)
            if wrong:
                witness.append(op_id)
                faults.append(f"{history.name(op_id)} has {vector_clock.write(clocks[op_id])}, which {wrong}")
    if len(faults) > 3:
        faults = [*faults[:3], f"and {len(faults) - 3} more"]
    return judge(
        "entry_clocks", faults, witness, f"{count(judged, 'clock')}, each of what its version builds on"
    )


def _told(
    history: History, versions: EntryVersions, device: str | None
) -> Iterator[tuple[str, str, VectorClock]]:
    """op_id, device and clock, of every clock that a device tells in its delivery log or when it is asked."""
    for name in history.devices:
        if device not in (None, name):
            continue
        delivered = history.delivered(name)
        for op_id in versions.by_op_id:
            entry = delivered.get(op_id)
            if entry is not None and entry.clock is not None:
                yield op_id, name, entry.clock
        view = history.view(name, versions.group, versions.entry)
        for sibling in view.siblings if view else ():
            known = versions.by_version.get(sibling.version)
            if known in versions.by_op_id and sibling.clock is not None:
                yield known, name, sibling.clock


def _wrong(version: Version, clocks: Mapping[str, VectorClock]) -> str:
    """What is wrong with a version's clock; "" for nothing."""
    own, author = clocks[version.operation.op_id], version.operation.author
    bases = [clocks[base] for base in version.bases if base in clocks]
    before = clocks.get(version.before) if version.before is not None else None
    least = vector_clock.merge(bases)
    if not vector_clock.dominates(own, least):
        return f"does not know all of what it builds on, {vector_clock.write(least)}"
    counted = max(least.get(author, 0), before.get(author, 0) if before else 0)
    if own.get(author, 0) <= counted:
        return f"counts {author} no further than {counted}"
    if (version.before is not None and before is None) or len(bases) < len(version.bases):
        return ""  # what it may know is not known here
    most = vector_clock.merge([least, before or {}])
    others = {device: number for device, number in own.items() if device != author}
    if not vector_clock.dominates(most, others):
        return f"knows more than what it builds on, {vector_clock.write(most)}"
    return ""


SAFETY = {"entry_clocks": check}
