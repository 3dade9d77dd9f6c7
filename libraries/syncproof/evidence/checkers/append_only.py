"""A delivery log only ever grows: numbered from 1 without a gap, and after a restart what was there is still there."""

from __future__ import annotations

from syncproof.evidence.checkers.verdict import Verdict, count, judge, named, nothing_to_judge
from syncproof.evidence.history import DeviceLog, History
from syncproof.evidence.records import Deliver, installation


def check(history: History, *, device: str | None = None) -> Verdict:
    """device: judge only this one."""
    faults: list[str] = []
    witness: list[str] = []
    entries = 0
    for name, log in history.devices.items():
        if device not in (None, name):
            continue
        for incarnation, deliveries in log.by_incarnation.items():
            entries += len(deliveries)
            wrong = next((k for k, entry in enumerate(deliveries) if entry.n != k + 1), None)
            if wrong is not None:
                entry = deliveries[wrong]
                witness.append(entry.op_id)
                faults.append(
                    f"{name}'s delivery log (incarnation {incarnation}) has {history.name(entry.op_id)} as number "
                    f"{entry.n} in place {wrong + 1}"
                )
        changed = _changed(log)
        if changed:
            witness += changed
            faults.append(
                f"{name}'s delivery log lost or changed {count(len(changed), 'entry', 'entries')} over a restart: "
                f"{named(history, changed)}"
            )
    if not entries:
        return nothing_to_judge("append_only", "nothing was delivered")
    return judge("append_only", faults, witness, f"{count(entries, 'entry', 'entries')}, only ever appended")


def _changed(log: DeviceLog) -> list[str]:
    """Entries of an incarnation that a later one does not have in the same place.

    An incarnation that died before its log was read to the end shows only what was read; what it does not
    show is looked for in the next one. A new installation owes nothing to the one before.
    """
    changed: dict[str, None] = {}
    known: list[Deliver] = []
    installed = 0
    for incarnation in sorted(log.by_incarnation):
        if installation(incarnation) != installed:
            installed, known = installation(incarnation), []
        now, whole = log.by_incarnation[incarnation], incarnation in log.read_to
        for k, entry in enumerate(known):
            if k < len(now):
                same = now[k]
                if (same.op_id, same.version, same.digest) != (entry.op_id, entry.version, entry.digest):
                    changed[entry.op_id] = None
            elif whole:
                changed[entry.op_id] = None
        if whole or len(now) >= len(known):
            known = now
    return list(changed)
