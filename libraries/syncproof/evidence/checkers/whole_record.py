"""Nothing is missing from the record: its lines are numbered without a gap, and devices' events too.

What a recorder dropped nobody has judged, so a gap is unknown, and no failure of the system.
"""

from __future__ import annotations

from itertools import pairwise

from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History


def check(history: History, *, device: str | None = None) -> Verdict:
    """device: judge only what this one told."""
    if not history.lines:
        return nothing_to_judge("whole_record", "the history is empty")
    gaps = [(a.i, b.i) for a, b in pairwise(history.lines) if b.i != a.i + 1] if device is None else []
    unknown = [f"behind line {before} of the history comes line {after}" for before, after in gaps[:1]]
    for gap in history.notes("event_gap", device)[:1]:
        fields = gap.fields
        unknown.append(f"behind event {fields['after']} of {gap.device} came event {fields['next']}")
    return judge("whole_record", [], (), f"{count(len(history.lines), 'line')}, none missing", unknown)
