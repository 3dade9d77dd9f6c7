"""What arrives is what was sent: every entry is an operation that the harness asked for, in its group, unchanged.

An operation that was refused did not happen, so it must not arrive either. (One that was acknowledged as well is
exactly_once_effect's.) What an outsider says nobody asked for.
"""

from __future__ import annotations

from collections.abc import Iterable

from syncproof.evidence.checkers.verdict import Verdict, count, judge, named, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import Deliver, Log


def check(history: History, *, device: str | None = None) -> Verdict:
    """device: judge only this one."""
    faults: list[str] = []
    witness: list[str] = []
    entries = 0
    for name, log in history.devices.items():
        if device in (None, name):
            for deliveries in log.by_incarnation.values():
                entries += len(deliveries)
                _judge(history, name, deliveries, faults, witness)
    if device is None:
        for group, lines in history.log.items():
            entries += len(lines)
            _judge(history, f"the log of {group}", lines, faults, witness)
    if not entries:
        return nothing_to_judge("integrity", "nothing was delivered")
    return judge("integrity", faults, witness, f"{count(entries, 'entry', 'entries')} as they were sent")


def _judge(
    history: History, where: str, entries: Iterable[Deliver | Log], faults: list[str], witness: list[str]
) -> None:
    operations, refusals = history.operations, history.refusals
    invented: dict[str, None] = {}
    altered: dict[str, None] = {}
    refused: dict[str, None] = {}
    for entry in history.inside(entries):
        op_id = entry.op_id
        operation = operations.get(op_id)
        if operation is None:
            invented[op_id] = None
        elif entry.digest != operation.digest or entry.group != operation.group:
            altered[op_id] = None
        elif op_id in refusals and op_id not in history.acks:
            refused[op_id] = None
    for found, words in (
        (invented, "that nobody sent"),
        (altered, "not as sent"),
        (refused, "that was refused"),
    ):
        if found:
            witness += found
            faults.append(f"{where} has {count(len(found), 'operation')} {words}: {named(history, found)}")
