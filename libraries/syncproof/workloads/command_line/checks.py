"""What is judged of commands."""

from __future__ import annotations

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History

#: A note of the harness: a command that has ended, with its exit status, and with the texts that it showed.
RAN = "command"


def pulled(history: History, *, device: str, text: str, asked_ns: int, within_ns: int) -> Verdict:
    """A command line has pulled a text by the deadline, once and not twice."""
    pulls = [note for note in history.notes(RAN, device) if note.fields["command"] == "pull"]
    if not pulls:
        return nothing_to_judge("pulled", f"nobody pulled on {device}'s command line")
    deadline = due(history, asked_ns, within_ns)
    shown = [_texts(note.fields["texts"]) for note in pulls if note.t_ns <= deadline]
    faults = []
    if not any(text in texts for texts in shown):
        last = ", ".join(f'"{each}"' for each in shown[-1]) if shown and shown[-1] else "nothing"
        faults.append(
            f'expected {device}\'s command line to pull "{text}" {within(within_ns)}; it pulled {last}'
        )
    elif any(texts.count(text) > 1 for texts in shown):
        faults.append(f'{device}\'s command line pulled "{text}" twice')
    return judge("pulled", faults, (), f'{device}\'s command line pulled "{text}"')


def gives_up(history: History, *, device: str, since_ns: int, within_ns: int) -> Verdict:
    """Each command that cannot be done ends in its time, says why in one line, and fails for whoever called it."""
    runs = [note for note in history.notes(RAN, device) if note.t_ns >= since_ns]
    if not runs:
        return nothing_to_judge("gives_up", f"nobody tried a command on {device}'s command line")
    faults = []
    for note in runs:
        command, took_ns = note.fields["command"], note.fields["took_ns"]
        why = [line for line in str(note.fields["said"]).splitlines() if not line.startswith("{")]
        expected = f"expected '{command}' on {device}'s command line"
        if not isinstance(took_ns, int) or took_ns > within_ns:
            faults.append(f"{expected} to give up {within(within_ns)}; it went on")
        elif note.fields["status"] == 0:
            faults.append(f"{expected} to fail; its exit status was 0")
        elif len(why) != 1:
            faults.append(f"{expected} to say why in one line; it said {len(why)}: {' '.join(why)[:200]}")
    return judge("gives_up", faults, (), f"{device}'s command line gave up {count(len(runs), 'command')}")


def _texts(told: object) -> list[str]:
    return [str(each) for each in told] if isinstance(told, list) else []


LIVENESS = {"pulled": pulled, "gives_up": gives_up}
