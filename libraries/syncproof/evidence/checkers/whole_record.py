"""Nothing is missing from the record: its lines are numbered without a gap, and devices' events too.

What a recorder dropped nobody has judged, so a gap is unknown, and no failure of the system.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.lines import Line


def check(history: History, *, device: str | None = None) -> Verdict:
    """device: judge only what this one told."""
    if not history.lines:
        return nothing_to_judge("whole_record", "the history is empty")
    unknown = [_gap(history.lines)] if device is None and not _dense(history.lines) else []
    for gap in history.notes("event_gap", device)[:1]:
        fields = gap.fields
        unknown.append(f"behind event {fields['after']} of {gap.device} came event {fields['next']}")
    return judge("whole_record", [], (), f"{count(len(history.lines), 'line')}, none missing", unknown)


def _dense(lines: Sequence[Line]) -> bool:
    """By the first and the last, because a million lines have to be judged within seconds."""
    return lines[-1].i - lines[0].i == len(lines) - 1


def _gap(lines: Sequence[Line]) -> str:
    before, after = next((a.i, b.i) for a, b in pairwise(lines) if b.i != a.i + 1)
    return f"behind line {before} of the history comes line {after}"
