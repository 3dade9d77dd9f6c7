"""Whom devices take for whom, and what others can read of what they say."""

from __future__ import annotations

from collections.abc import Sequence

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, named, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import NEVER
from syncproof.workloads.keys.records import PeerRefused


def nothing_overheard(history: History, *, device: str | None = None) -> Verdict:
    """Whoever is on the way between devices can read nothing of what they say.

    Unknown where nothing passed there that could have been read.

    device: whoever is judged, what was overheard is the same.
    """
    del device
    if not history.lines:
        return nothing_to_judge("nothing_overheard", "the history is empty")
    last = {str(note.fields["by"]): note.fields for note in history.notes("overheard")}
    faults: list[str] = []
    witness: list[str] = []
    unknown: list[str] = []
    for who, found in last.items():
        op_ids = found["op_ids"]
        if isinstance(op_ids, (list, tuple)) and op_ids:
            faults.append(f"{who} can read {count(len(op_ids), 'operation')}: {named(history, op_ids)}")
            witness += op_ids
        elif found["named"]:
            faults.append(f"{who} can read the name of what is shared")
        elif found["hears"] and not found["size"]:
            unknown.append(f"{who} has heard nothing")
    passed = f"nothing can be read by {count(len(last), 'listener')}"
    return judge("nothing_overheard", faults, witness, passed, unknown)


def turned_away(
    history: History, *, names: Sequence[str], asked_ns: int, within_ns: int, device: str | None = None
) -> Verdict:
    """By the deadline devices have turned somebody away who is not who it was to be, since there is such a one.

    names: which. device: judge only this one.
    """
    if came_ns(history) == NEVER:
        return nothing_to_judge("turned_away", "nobody has come who is to be turned away")
    known = turned_away_by(history, due(history, asked_ns, within_ns))
    said = [
        f"expected {each} to have turned somebody away {within(within_ns)}"
        for each in names
        if each not in known and device in (None, each)
    ]
    return judge("turned_away", said, (), f"{count(len(known), 'device')} turned somebody away")


def came_ns(history: History) -> int:
    """When the first came whom nobody knows, or who stands between two; NEVER where none did."""
    strangers = (note.t_ns for note in history.notes("stranger"))
    begun = (edges[0] for edges in history.faults.values())
    between = (edge.t_ns for edge in begun if edge.kind == "tls_in_the_middle")
    return min((*strangers, *between), default=NEVER)


def turned_away_by(history: History, until: int = NEVER) -> set[str]:
    """The devices that have turned somebody away by then. Whom they refused before one came, they took for another."""
    since = came_ns(history)
    return {line.device for line in history.of(PeerRefused) if since <= line.t_ns <= until}


SAFETY = {"nothing_overheard": nothing_overheard}
LIVENESS = {"turned_away": turned_away}
