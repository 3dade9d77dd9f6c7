"""Peers that behave oddly: users are told of them, and of nobody else."""

from __future__ import annotations

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import NEVER
from syncproof.workloads.files.records import PeerSuspected


def nobody_slandered(history: History, *, device: str | None = None) -> Verdict:
    """Of whom devices tell their users that it behaves oddly is a hostile peer of the scenario.

    device: judge only what this one says.
    """
    if not history.lines:
        return nothing_to_judge("nobody_slandered", "the history is empty")
    said = history.of(PeerSuspected, device)
    faults = dict.fromkeys(
        f"{line.device} reported {line.peer}, who is no hostile peer: it {line.reason}"
        for line in said
        if line.peer and line.peer not in history.outsiders
    )
    return judge(
        "nobody_slandered", list(faults), (), f"{count(len(said), 'time')} that somebody was reported"
    )


def liar_reported(
    history: History, *, liar: str, asked_ns: int, within_ns: int, device: str | None = None
) -> Verdict:
    """By the deadline each device has told its users that a hostile peer behaves oddly.

    device: judge only this one.
    """
    if liar not in history.outsiders.values():
        return nothing_to_judge("liar_reported", f"{liar} takes no part")
    known = reported_by(history, liar, due(history, asked_ns, within_ns))
    said = [
        f"expected {each} to have reported {liar} {within(within_ns)}"
        for each in history.devices
        if each not in known and device in (None, each)
    ]
    return judge("liar_reported", said, (), f"{count(len(known), 'device')} reported {liar}")


def reported_by(history: History, name: str, until: int = NEVER) -> set[str]:
    """The devices that have said by then that a hostile peer behaves oddly."""
    return {
        line.device
        for line in history.of(PeerSuspected)
        if line.t_ns <= until and history.outsiders.get(line.peer) == name
    }


SAFETY = {"nobody_slandered": nobody_slandered}
LIVENESS = {"liar_reported": liar_reported}
