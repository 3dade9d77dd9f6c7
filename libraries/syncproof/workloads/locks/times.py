"""From when to when devices had a lock, by what they said themselves."""

from __future__ import annotations

from dataclasses import dataclass

from syncproof.evidence.history import History
from syncproof.workloads.locks.records import Lock

#: The path of what is no lock of a file: who leads.
LEADERSHIP = ""


def called(path: str) -> str:
    """A lock for people."""
    return "the lead" if path == LEADERSHIP else f'the lock of "{path}"'


@dataclass
class Term:
    """A lock in one device's hand, ns. lost: when the device said that it could not keep it; None if it did not."""

    device: str
    path: str
    epoch: int
    since: int
    until: int
    lost: int | None = None


def terms(history: History, path: str | None = None) -> list[Term]:
    """Each time that a device had a lock (of one path), in the order of their begin.

    It ends when the device says so, when what it said last has run out, when its process was killed, or when the device
    has it anew.
    """
    found = [term for name in history.devices for term in _terms(history, name)]
    return sorted((term for term in found if path in (None, term.path)), key=lambda term: term.since)


def holders(history: History, path: str, t_ns: int) -> list[str]:
    """Who has a lock at that time."""
    return [term.device for term in terms(history, path) if term.since <= t_ns < term.until]


def _terms(history: History, device: str) -> list[Term]:
    kills = history.kills(device)
    going: dict[str, Term] = {}
    found: list[Term] = []
    for line in history.of(Lock, device):
        term = going.get(line.path)
        if line.state == "held":
            if term is None or term.epoch != line.epoch or term.until < line.t_ns:
                if term is not None:
                    term.until = min(term.until, line.t_ns)
                term = going[line.path] = Term(device, line.path, line.epoch, line.t_ns, line.until_ns)
                found.append(term)
            term.until = line.until_ns
        elif term is not None:
            term.until = min(term.until, line.t_ns)
            term.lost = line.t_ns if line.state == "lost" else None
            del going[line.path]
    for term in found:
        term.until = min([term.until, *(t_ns for t_ns in kills if t_ns > term.since)])
    return found
