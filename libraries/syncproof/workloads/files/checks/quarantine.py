"""Peers that are quarantined, or slowed down: what comes of them, and what no more."""

from __future__ import annotations

from collections import deque

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import NEVER, installation
from syncproof.workloads.files.records import FileTransfer, PeerQuarantined


def quarantine_kept(history: History, *, device: str | None = None) -> Verdict:
    """A device takes nothing from a peer as long as it has that peer quarantined.

    A device that was started again has it quarantined all the same; one that has lost all may have forgotten whom.

    device: judge only this one.
    """
    if not history.lines:
        return nothing_to_judge("quarantine_kept", "the history is empty")
    said = history.of(PeerQuarantined, device)
    faults: dict[str, None] = {}
    for line in said:
        for got in history.of(FileTransfer, line.device):
            if (
                got.peer == line.peer
                and installation(got.incarnation) == installation(line.incarnation)
                and line.t_ns < got.t_ns < line.until_ns
            ):
                faults[
                    f"{line.device} had quarantined {_name(history, line.peer)} and took something from it"
                ] = None
    return judge("quarantine_kept", list(faults), (), f"{count(len(said), 'quarantine')}, each kept")


def liar_quarantined(
    history: History, *, liar: str, asked_ns: int, within_ns: int, device: str | None = None
) -> Verdict:
    """By the deadline each device has said that it has a hostile peer quarantined.

    device: judge only this one.
    """
    if liar not in history.outsiders.values():
        return nothing_to_judge("liar_quarantined", f"{liar} takes no part")
    known = quarantined_by(history, liar, due(history, asked_ns, within_ns))
    said = [
        f"expected {each} to have quarantined {liar} {within(within_ns)}"
        for each in history.devices
        if each not in known and device in (None, each)
    ]
    return judge("liar_quarantined", said, (), f"{count(len(known), 'device')} quarantined {liar}")


def flood_slowed(history: History, *, most: int, during_ns: int, device: str | None = None) -> Verdict:
    """In no window of one length does a device take in more messages of a hostile peer than that, however many come.

    Unknown where a device got no more than that of it in all.

    most: so many messages. during_ns: how long a window is. device: judge only this one.
    """
    if not history.outsiders:
        return nothing_to_judge("flood_slowed", "nobody is hostile")
    faults: list[str] = []
    unknown: list[str] = []
    per = f"{during_ns / 1e9:g} s"
    for name in history.devices:
        if device not in (None, name):
            continue
        got = [line.t_ns for line in history.of(FileTransfer, name) if line.peer in history.outsiders]
        found = _most(got, during_ns)
        if found > most:
            faults.append(f"expected {name} to take in at most {most} messages in {per}; it took {found}")
        elif len(got) <= most:
            unknown.append(f"{name} got {count(len(got), 'message')} only")
    return judge("flood_slowed", faults, (), f"at most {most} messages in {per} were taken in", unknown)


def quarantined_by(history: History, name: str, until: int = NEVER) -> set[str]:
    """The devices that have said by then that they have a hostile peer quarantined."""
    return {
        line.device
        for line in history.of(PeerQuarantined)
        if line.t_ns <= until and history.outsiders.get(line.peer) == name
    }


def _most(times: list[int], during_ns: int) -> int:
    """In any such time. times: in their order."""
    recent: deque[int] = deque()
    most = 0
    for t_ns in times:
        recent.append(t_ns)
        while recent[0] <= t_ns - during_ns:
            recent.popleft()
        most = max(most, len(recent))
    return most


def _name(history: History, identity: str) -> str:
    return history.outsiders.get(identity, identity)


SAFETY = {"quarantine_kept": quarantine_kept}
LIVENESS = {"liar_quarantined": liar_quarantined, "flood_slowed": flood_slowed}
