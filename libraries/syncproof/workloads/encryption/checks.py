"""Payloads of encrypted groups: those that were changed are refused, and cost nothing else."""

from __future__ import annotations

import re

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import Connection
from syncproof.workloads.encryption.records import Session

#: Thirty-two bytes as hex, or in base64.
_KEY = re.compile("[0-9a-fA-F]{64}|[A-Za-z0-9+/_-]{43}")
#: What a device says of a payload that it does not trust, whatever the reason.
_FORGED = ("authentication", "cut", "nonce")


def payload_refused(history: History, *, device: str, forged: bool, asked_ns: int, within_ns: int) -> Verdict:
    """A device reported each damaged payload by the deadline, with the right reason, and stayed in its session.

    forged: whether the payloads were changed after they were sealed; else they are authentic and empty.
    """
    sent = {str(note.fields.get("op_id", "")): note for note in history.notes("unreadable")}
    if not sent:
        return nothing_to_judge("payload_refused", "nobody sent a damaged payload")
    deadline = due(history, asked_ns, within_ns)
    told = history.quarantined.get(device, {})
    faults: list[str] = []
    witness: list[str] = []
    for op_id, note in sent.items():
        line = told.get(op_id)
        if line is None or line.t_ns > deadline:
            witness.append(op_id)
            faults.append(f"expected {device} to report {op_id} {within(within_ns)}; it did not")
            continue
        distrusts = any(word in line.reason for word in _FORGED)
        if distrusts is not forged:
            expected = "that it was changed" if forged else "that it is no message, as it is authentic"
            witness.append(op_id)
            faults.append(
                f"expected {device} to say of {op_id} {expected}; it said: {line.reason or 'nothing'}"
            )
        if (secret := str(note.fields.get("secret", ""))) and secret in line.reason:
            witness.append(op_id)
            faults.append(
                f"{device} shows what was sealed in {op_id} when it says why it refuses it: {line.reason}"
            )
        # The note comes when the relay has answered, and the payload may be faster.
        handed_in = history.operations.get(op_id)
        since = note.t_ns if handed_in is None else handed_in.t_ns
        again = [
            each for each in history.of(Connection, device) if each.state != "live" and each.t_ns > since
        ]
        if again:
            witness.append(op_id)
            faults.append(
                f"{device} gave up its session after {op_id}: it was {again[0].state} "
                f"{(again[0].t_ns - since) / 1e9:.2f} s later; expected it to stay live"
            )
    return judge("payload_refused", faults, witness, f"{device} reported {count(len(sent), 'payload')}")


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


LIVENESS = {"payload_refused": payload_refused, "handshake_failed": handshake_failed}
