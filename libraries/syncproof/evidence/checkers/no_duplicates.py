"""Nothing arrives twice.

Entries of the delivery logs are counted as they were read, one by one (a count over a set could never fail:
Jepsen's slip), per device and incarnation; so are the lines of the system's own log.
"""

from __future__ import annotations

from collections.abc import Iterable

from syncproof.evidence.checkers.verdict import Verdict, count, judge, named, nothing_to_judge
from syncproof.evidence.history import History


def check(history: History, *, device: str | None = None) -> Verdict:
    """device: judge only this one."""
    faults: list[str] = []
    witness: list[str] = []
    entries = 0
    for name, log in history.devices.items():
        if device not in (None, name):
            continue
        doubled: dict[str, None] = {}
        for deliveries in log.by_incarnation.values():
            entries += len(deliveries)
            doubled |= _doubled(entry.op_id for entry in history.inside(deliveries))
        if doubled:
            witness += doubled
            faults.append(f"{name} got {count(len(doubled), 'operation')} twice: {named(history, doubled)}")
    if device is None:
        for group, lines in history.log.items():
            entries += len(lines)
            doubled = _doubled(line.op_id for line in lines)
            if doubled:
                witness += doubled
                faults.append(
                    f"the log of {group} has {count(len(doubled), 'operation')} twice: "
                    f"{named(history, doubled)}"
                )
    if not entries:
        return nothing_to_judge("no_duplicates", "nothing was delivered")
    return judge("no_duplicates", faults, witness, f"{count(entries, 'entry', 'entries')}, each once")


def _doubled(op_ids: Iterable[str]) -> dict[str, None]:
    seen: set[str] = set()
    doubled: dict[str, None] = {}
    for op_id in op_ids:
        if op_id in seen:
            doubled[op_id] = None
        seen.add(op_id)
    return doubled
