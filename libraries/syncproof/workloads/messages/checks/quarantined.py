"""What cannot be read is quarantined by every member, never delivered; and nothing else is quarantined.

The harness notes what it had pushed that nobody can read (`unreadable`). A history in which nothing was passes.
"""

from __future__ import annotations

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, named, nothing_to_judge, unread
from syncproof.evidence.history import History


def check(history: History, *, device: str | None = None) -> Verdict:
    """device: judge only this one."""
    if not history.lines:
        return nothing_to_judge("quarantined", "the history is empty")
    unreadable = {str(note.fields.get("op_id", "")): note for note in history.notes("unreadable")}
    members = {name: None for group in history.members.values() for name in group if device in (None, name)}
    faults: list[str] = []
    witness: list[str] = []
    unknown: list[str] = []
    for name in members:
        aside, delivered = history.quarantined.get(name, {}), history.delivered(name)
        lacks = [op_id for op_id in unreadable if op_id not in aside]
        if lacks and (why := unread(history, name)):
            unknown.append(why)
            lacks = []
        for what, op_ids in (
            ("did not quarantine", lacks),
            ("delivered", [op_id for op_id in unreadable if op_id in delivered]),
            ("quarantined what can be read:", [op_id for op_id in aside if op_id not in unreadable]),
        ):
            if op_ids:
                witness += op_ids
                faults.append(f"{name} {what} {count(len(op_ids), 'event')} ({named(history, op_ids)})")
    return judge(
        "quarantined",
        faults,
        witness,
        f"{count(len(unreadable), 'event')} that nobody can read, quarantined by all",
        unknown,
    )


def quarantined_reported(
    history: History, *, device: str, wanted: int, asked_ns: int, within_ns: int
) -> Verdict:
    """A device reported so many events that it quarantined, each with its reason, by the deadline.

    wanted: how many.
    """
    if not history.notes("unreadable"):
        return nothing_to_judge("quarantined_reported", "nobody sent what cannot be read")
    deadline = due(history, asked_ns, within_ns)
    told = sum(
        1 for line in history.quarantined.get(device, {}).values() if line.reason and line.t_ns <= deadline
    )
    expected = f"expected {device} to quarantine {count(wanted, 'event')} {within(within_ns)}"
    faults = [f"{expected}; {told} were reported"] if told < wanted else []
    return judge("quarantined_reported", faults, (), f"{device} reported {count(told, 'event')}")


SAFETY = {"quarantined": check}
LIVENESS = {"quarantined_reported": quarantined_reported}
