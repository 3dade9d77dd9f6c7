"""Peers that do harm: they are found out, and nobody else is taken for one."""

from __future__ import annotations

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import NEVER
from syncproof.workloads.files.records import PeerExposed, PeerQuarantined


def nobody_framed(history: History, *, device: str | None = None) -> Verdict:
    """Whom devices expose or quarantine is a hostile peer of the scenario.

    device: judge only what this one says.
    """
    if not history.lines:
        return nothing_to_judge("nobody_framed", "the history is empty")
    exposed, shut_out = history.of(PeerExposed, device), history.of(PeerQuarantined, device)
    said = [(line.device, "exposed", line.peer) for line in exposed]
    said += [(line.device, "quarantined", line.peer) for line in shut_out]
    framed = dict.fromkeys(
        f"{name} {did} {peer}, who is no hostile peer"
        for name, did, peer in said
        if peer not in history.outsiders
    )
    passed = f"{count(len(exposed), 'time')} that somebody was exposed, {len(shut_out)} that somebody was quarantined"
    return judge("nobody_framed", list(framed), (), passed)


def harm_done(history: History, *, device: str | None = None) -> Verdict:
    """A hostile peer has done what it should not: where it did no harm, the scenario shows nothing.

    device: whoever is judged, the hostile peer is the same.
    """
    del device
    if not history.lines:
        return nothing_to_judge("harm_done", "the history is empty")
    times = {note.device: int(str(note.fields["times"])) for note in history.notes("harm")}
    idle = [f"{name} has done no harm" for name in history.outsiders.values() if not times.get(name)]
    return judge("harm_done", [], (), f"{count(sum(times.values()), 'time')} that harm was done", idle)


def strangers_kept_out(history: History, *, device: str | None = None) -> Verdict:
    """Whom nobody has let in has no file of anybody's.

    device: whoever is judged, the stranger is the same.
    """
    del device
    if not history.lines:
        return nothing_to_judge("strangers_kept_out", "the history is empty")
    strangers = {note.device for note in history.notes("stranger")}
    faults: list[str] = []
    unknown: list[str] = []
    for name in sorted(strangers):
        looks = history.notes("loot", name)
        files = looks[-1].fields["files"] if looks else ()
        if not looks:
            unknown.append(f"nobody has looked at what {name} has")
        elif isinstance(files, (list, tuple)) and files:
            faults.append(
                f'{name}, whom nobody has let in, has {count(len(files), "file")}, one of them "{files[0]}"'
            )
    return judge(
        "strangers_kept_out", faults, (), f"{count(len(strangers), 'stranger')}, without any file", unknown
    )


def liar_exposed(
    history: History, *, liar: str, asked_ns: int, within_ns: int, device: str | None = None
) -> Verdict:
    """By the deadline each device has said that it has a proof of what a hostile peer does.

    device: judge only this one.
    """
    if liar not in history.outsiders.values():
        return nothing_to_judge("liar_exposed", f"{liar} takes no part")
    known = exposed_by(history, liar, due(history, asked_ns, within_ns))
    said = [
        f"expected {each} to have exposed {liar} {within(within_ns)}"
        for each in history.devices
        if each not in known and device in (None, each)
    ]
    return judge("liar_exposed", said, (), f"{count(len(known), 'device')} exposed {liar}")


def liars_exposed(history: History, *, asked_ns: int, within_ns: int, device: str | None = None) -> Verdict:
    """By the deadline each device has said that it has a proof of what each hostile peer does.

    device: judge only this one.
    """
    if not history.outsiders:
        return nothing_to_judge("liars_exposed", "nobody is hostile")
    deadline = due(history, asked_ns, within_ns)
    said = [
        f"expected {each} to have exposed {liar} {within(within_ns)}"
        for liar in history.outsiders.values()
        for each in history.devices
        if each not in exposed_by(history, liar, deadline) and device in (None, each)
    ]
    passed = f"{count(len(history.outsiders), 'hostile peer')}, each exposed by all"
    return judge("liars_exposed", said, (), passed)


def exposed_by(history: History, name: str, until: int = NEVER) -> set[str]:
    """The devices that have said by then that they have a proof of what a hostile peer does."""
    return {
        line.device
        for line in history.of(PeerExposed)
        if line.t_ns <= until and history.outsiders.get(line.peer) == name
    }


SAFETY = {"nobody_framed": nobody_framed, "harm_done": harm_done, "strangers_kept_out": strangers_kept_out}
LIVENESS = {"liar_exposed": liar_exposed, "liars_exposed": liars_exposed}
