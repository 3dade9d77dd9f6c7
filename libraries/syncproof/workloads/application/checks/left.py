"""Whether an application that is left, flushed or closed is free at once, keeps what waits, and syncs when it is back.

Times are those of a user who waits. TIME_SCALE does not make him more patient, and no slack is added.
"""

from __future__ import annotations

from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import Catchup, Note
from syncproof.workloads.application.records import Focus

#: Notes of the harness: what it asked an application for, and how long that took.
ASKED = "application"
#: What the harness sees is on top of what the application takes: twice as long is the plan's own bound.
_SEEN = 2


def free_again(history: History, *, device: str, most_ns: int) -> Verdict:
    """An application that was left, flushed or closed was free again in time, by its own clock and by the harness's.

    most_ns: by its own clock; the harness may see twice as much.
    """
    asked = history.notes(ASKED, device)
    if not asked:
        return nothing_to_judge("free_again", f"nobody left, flushed or closed {device}'s application")
    most_ms = most_ns / 1e6
    faults = []
    for note in asked:
        told, seen = _number(note, "took_ms"), _number(note, "seen_ms")
        if told > most_ms or seen > _SEEN * most_ms:
            faults.append(
                f"{device}'s application was blocked for {max(told, seen):.0f} ms when it was asked to "
                f"{note.fields['asked']}, expected at most {most_ms:g} ms"
            )
    return judge(
        "free_again", faults, (), f"{device}'s application was free in time, {count(len(asked), 'time')}"
    )


def rest_kept(history: History, *, device: str) -> Verdict:
    """What a flush or a close could not push in its time was kept, all of it (unknown where nothing was left)."""
    asked = [note for note in history.notes(ASKED, device) if "pending" in note.fields]
    if not asked:
        return nothing_to_judge("rest_kept", f"{device}'s application was neither flushed nor closed")
    last = asked[-1]
    kept = _number(last, "pending")
    taken = [
        op_id for op_id, line in history.accepts.items() if line.device == device and line.t_ns < last.t_ns
    ]
    unacked = [op_id for op_id in taken if op_id not in history.acks or history.acks[op_id].t_ns > last.t_ns]
    if not unacked:
        return Verdict(
            "rest_kept",
            "unknown",
            f"inconclusive: {device}'s application could push all that waited: make its link slower",
        )
    # Acknowledgements may have died with a process that was closed: there alone its own word for them counts.
    pushed = _number(last, "pushed") if last.fields.get("asked") == "close" else 0.0
    faults = []
    if kept + pushed < len(unacked):
        faults.append(
            f"expected {device}'s application to keep all {len(unacked) - pushed:.0f} messages that it had not pushed; "
            f"it kept {kept:.0f}"
        )
    return judge("rest_kept", faults, (), f"{device}'s application kept {kept:.0f} messages")


def syncs_on_focus(history: History, *, device: str, most_ns: int) -> Verdict:
    """A device whose application came to the foreground began to catch up, this soon after (by its own clock).

    most_ns: from the one to the other.
    """
    gained = [line.t_ns for line in history.of(Focus, device) if line.focused]
    if not gained:
        return nothing_to_judge("syncs_on_focus", f"{device}'s application never came to the foreground")
    begun = [step.t_ns for step in history.of(Catchup, device) if step.state == "started"]
    faults = [
        f"expected {device} to begin to sync within {most_ns / 1e6:g} ms of coming to the foreground"
        for at in gained
        if not any(at <= step <= at + most_ns for step in begun)
    ][:1]
    return judge(
        "syncs_on_focus", faults, (), f"{device} began to sync at once, {count(len(gained), 'time')}"
    )


def _number(note: Note, field: str) -> float:
    value = note.fields.get(field, 0)
    return float(value) if isinstance(value, (int, float)) else 0.0


LIVENESS = {"free_again": free_again, "rest_kept": rest_kept, "syncs_on_focus": syncs_on_focus}
