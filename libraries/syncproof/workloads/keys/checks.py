"""Whom devices take for whom, and what others can read of what they say."""

from __future__ import annotations

from collections.abc import Sequence

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, named, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import NEVER
from syncproof.workloads.keys.records import KeyRetired, PeerRefused

#: By so much a machine's time of day may differ from the clock of the record.
_EARLY_NS = 100_000_000


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


def sizes_tell_little(history: History, *, most: int, device: str | None = None) -> Verdict:
    """Who listens hears pieces of few lengths, of however many lengths what was said is.

    Unknown where what was said had no more lengths than that, and where nothing was heard.

    most: lengths. device: whoever is judged, what was heard is the same.
    """
    del device
    heard = {str(note.fields["by"]): note.fields["lengths"] for note in history.notes("lengths_heard")}
    said = {operation.size for operation in history.operations.values()}
    if len(said) <= most:
        return nothing_to_judge("sizes_tell_little", f"what was said had {count(len(said), 'length')} only")
    faults: list[str] = []
    unknown: list[str] = []
    found = 0
    for who, lengths in heard.items():
        assert isinstance(lengths, (list, tuple)), f"the evidence has {lengths!r} where lengths belong"
        found = max(found, len(lengths))
        if len(lengths) > most:
            faults.append(f"expected {who} to hear pieces of at most {most} lengths; it was {len(lengths)}")
        elif not lengths:
            unknown.append(f"{who} has heard nothing")
    if not heard:
        unknown.append("nobody has listened")
    passed = f"{len(said)} lengths of what was said were {count(found, 'length')} of what was heard"
    return judge("sizes_tell_little", faults, (), passed, unknown)


def turned_away(
    history: History, *, names: Sequence[str], asked_ns: int, within_ns: int, device: str | None = None
) -> Verdict:
    """By the deadline devices have turned somebody away, after one came who is to be turned away.

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
    """When the first came whom nobody knows, or who stands between two; NEVER where none did.

    Where all have been told a stranger's key it is that moment: until then they refused one whom they did not know.
    """
    known = [note.t_ns for note in history.notes("stranger_known")]
    if known:
        return known[-1]
    strangers = (note.t_ns for note in history.notes("stranger"))
    begun = (edges[0] for edges in history.faults.values())
    between = (edge.t_ns for edge in begun if edge.kind == "tls_in_the_middle")
    return min((*strangers, *between), default=NEVER)


def turned_away_by(history: History, until: int = NEVER) -> set[str]:
    """The devices that have turned somebody away by then. Whom they refused before one came, they took for another."""
    since = came_ns(history)
    return {line.device for line in history.of(PeerRefused) if since <= line.t_ns <= until}


def nobody_turned_away(history: History, *, device: str | None = None) -> Verdict:
    """No device has turned somebody away since one of them has got a new key.

    device: judge only this one.
    """
    renewed = history.notes("key_renewed")
    if not renewed:
        return nothing_to_judge("nobody_turned_away", "no device has got a new key")
    said = [line for line in history.of(PeerRefused, device) if line.t_ns >= renewed[0].t_ns]
    faults = dict.fromkeys(
        f"{line.device} turned {line.peer or 'somebody'} away: {line.reason}" for line in said
    )
    return judge("nobody_turned_away", list(faults), (), "nobody was turned away")


def old_key_given_up(
    history: History, *, whose: str, identity: str, asked_ns: int, within_ns: int, device: str | None = None
) -> Verdict:
    """By the deadline all other devices have said that they do not believe the old key of a device any more.

    None of them has said so before the time was over in which either counts.

    whose: the device. identity: what the system calls it. device: judge only this one.
    """
    renewed = history.notes("key_renewed", whose)
    if not renewed:
        return nothing_to_judge("old_key_given_up", f"{whose} has got no new key")
    last = renewed[-1]
    until = last.t_ns + int(str(last.fields["overlap_ns"]))
    known = given_up_by(history, identity, due(history, asked_ns, within_ns), last.t_ns)
    others = [each for each in history.devices if each != whose and device in (None, each)]
    said = [
        f"expected {each} to have given up {whose}'s old key {within(within_ns)}"
        for each in others
        if each not in known
    ]
    early = given_up_by(history, identity, until - _EARLY_NS, last.t_ns)
    said += [f"{each} gave up {whose}'s old key before its time was over" for each in others if each in early]
    return judge("old_key_given_up", said, (), f"{count(len(known), 'device')} gave up {whose}'s old key")


def given_up_by(history: History, identity: str, until: int = NEVER, since: int = 0) -> set[str]:
    """The devices that have said by then, and not before, that they do not believe an old key any more."""
    return {
        line.device
        for line in history.of(KeyRetired)
        if line.peer == identity and since <= line.t_ns <= until
    }


SAFETY = {"nothing_overheard": nothing_overheard}
LIVENESS = {
    "turned_away": turned_away,
    "nobody_turned_away": nobody_turned_away,
    "old_key_given_up": old_key_given_up,
    "sizes_tell_little": sizes_tell_little,
}
