"""Payloads of encrypted groups: those that were changed are refused, and cost nothing else."""

from __future__ import annotations

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import Connection

#: What a device says of a payload that it does not trust, whatever the reason.
_FORGED = ("authentication", "cut", "nonce", "not sealed")


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


LIVENESS = {"payload_refused": payload_refused}
