"""Whether an application that is left, flushed or closed is free at once, keeps what waits, and syncs when it is back.

Times are those of a user who waits: TIME_SCALE does not make him more patient.
"""

from __future__ import annotations

from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import Catchup, Note
from syncproof.workloads.application.records import Focus

#: Notes of the harness: what it asked an application for, and how long that took.
ASKED = "application"
#: What the harness may see beyond what a user may wait: its own request, and the end of a process, on a machine that is
#: as busy as it gets.
_SEEN_LATER_MS = 10_000


def free_again(history: History, *, device: str, most_ns: int) -> Verdict:
    """An application that was left, flushed or closed was free again in time, by its own clock and by the harness's.

    most_ns: by its own clock. The harness, which asks it over a network, may see 10 seconds more.
    """
    asked = history.notes(ASKED, device)
    if not asked:
        return nothing_to_judge("free_again", f"nobody left, flushed or closed {device}'s application")
    most_ms = most_ns / 1e6
    faults = []
    for note in asked:
        told, seen = _number(note, "took_ms"), _number(note, "seen_ms")
        if told > most_ms or seen > most_ms + _SEEN_LATER_MS:
            faults.append(
                f"{device}'s application was blocked for {max(told, seen):.0f} ms when it was asked to "
                f"{note.fields['asked']}, expected at most {most_ms:g} ms"
            )
    return judge(
        "free_again", faults, (), f"{device}'s application was free in time, {count(len(asked), 'time')}"
    )


def rest_kept(history: History, *, device: str) -> Verdict:
    """What no flush and no close could push in its time was kept, all of it (unknown where nothing was ever left)."""
    asked = [note for note in history.notes(ASKED, device) if "pending" in note.fields]
    if not asked:
        return nothing_to_judge("rest_kept", f"{device}'s application was neither flushed nor closed")
    ended = history.acks | history.refusals
    #: Of each close: the number of pushes that may never be acknowledged, and the candidates.
    untold: list[tuple[float, set[str]]] = []
    kept, faults = [], []
    for note in asked:
        waiting = {
            op_id
            for op_id, line in history.accepts.items()
            if line.device == device
            and line.t_ns < note.t_ns
            and (op_id not in ended or ended[op_id].t_ns > note.t_ns)
        }
        begun_ns = _number(note, "begun_ns")
        told = sum(
            line.device == device and begun_ns < line.t_ns <= note.t_ns for line in history.acks.values()
        )
        unheard = max(0.0, _number(note, "pushed") - told)
        if note.fields["asked"] == "close":
            # Acknowledgements may have died with the process: for those its own word alone counts.
            untold.append((unheard, waiting))
            unheard = 0.0
        # It counts a push when the relay has taken it, and tells of it when that is on its disk: a little later.
        left = len(waiting) - min(unheard, len(waiting & history.acks.keys()))
        left -= sum(min(number, len(waiting & pushed)) for number, pushed in untold)
        if left <= 0:
            continue
        kept.append(_number(note, "pending"))
        if kept[-1] < left:
            faults.append(
                f"expected {device}'s application to keep {count(round(left), 'message')} that it had not "
                f"pushed when it was asked to {note.fields['asked']}; it kept {kept[-1]:.0f}"
            )
    if not kept:
        return Verdict(
            "rest_kept",
            "unknown",
            f"inconclusive: {device}'s application could push all that waited: make its link slower",
        )
    return judge("rest_kept", faults, (), f"{device}'s application kept {count(round(kept[-1]), 'message')}")


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
    value = note.fields[field]
    assert isinstance(value, (int, float)), f"{field} is a number"
    return value


LIVENESS = {"free_again": free_again, "rest_kept": rest_kept, "syncs_on_focus": syncs_on_focus}
