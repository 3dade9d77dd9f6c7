"""Handshakes of encrypted groups: one that fails says where, and the next one succeeds with fresh keys."""

from __future__ import annotations

import re

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.workloads.encryption.records import Session

#: Thirty-two bytes as hex, or in base64.
_KEY = re.compile("[0-9a-fA-F]{64}|[A-Za-z0-9+/_-]{43}")


def handshake_failed(history: History, *, device: str, says: str, asked_ns: int, within_ns: int) -> Verdict:
    """A device said where its handshake failed, showed no key, and came to a session with fresh keys by the deadline.

    says: words that name the part.
    """
    told = history.of(Session, device)
    if not told:
        return nothing_to_judge("handshake_failed", f"{device} told of no secured connection")
    deadline = due(history, asked_ns, within_ns)
    faults: list[str] = []
    failed = [line for line in told if line.state == "Reconnecting"]
    named = [line for line in failed if says in line.reason]
    if not named:
        said = "; ".join(line.reason for line in failed) or "nothing"
        faults.append(
            f"expected {device} to say {within(within_ns)} that a handshake failed at '{says}'; it said: {said}"
        )
    elif not any(
        line.state == "Connected" and line.attempt == 0 and named[0].t_ns < line.t_ns <= deadline
        for line in told
    ):
        faults.append(
            f"expected {device} to have a session again {within(within_ns)}, counting attempts anew; it has none"
        )
    if any(line.attempt < 1 for line in failed):
        faults.append(f"{device} does not count an attempt that failed")
    keys = [line.ephemeral for line in told if line.state == "Handshaking"]
    if len(set(keys)) < len(keys):
        faults.append(f"{device} began two of {count(len(keys), 'handshake')} with the same ephemeral key")
    faults += [
        f"{device} shows what may be a key: {line.reason}" for line in told if _KEY.search(line.reason)
    ]
    return judge("handshake_failed", faults, (), f"{device} said why, and has a session")


LIVENESS = {"handshake_failed": handshake_failed}
