"""Whether invites have their form, let devices in, and are refused where they must be."""

from __future__ import annotations

import re

from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History

#: Notes of the harness: an invite that a device made; what a device answered to one.
INVITED, ANSWERED = "invited", "invite_answered"
#: What it answered to one that it took.
ACCEPTED = "accepted"
#: What it answered to one that nobody made, and when it had asked for too many such.
GUESSED, STOPPED = "unknown_invite", "too_many_guesses"
_FORM = re.compile("[A-Z2-7]{4}(-[A-Z2-7]{4}){3}")


def invite_form(history: History, *, device: str) -> Verdict:
    """Each short code of a device has the form XXXX-XXXX-XXXX-XXXX, and none comes twice."""
    codes = [str(note.fields["code"]) for note in history.notes(INVITED, device)]
    if not codes:
        return nothing_to_judge("invite_form", f"{device} made no invite")
    faults = [
        f"expected a short code of {device} to have the form XXXX-XXXX-XXXX-XXXX, it has {len(code)} characters"
        for code in codes
        if not _FORM.fullmatch(code)
    ]
    if len(set(codes)) < len(codes):
        faults.append(f"{device} made the same short code twice")
    return judge("invite_form", faults[:3], (), f"{count(len(codes), 'short code')} of {device}")


def invite_taken(history: History, *, device: str) -> Verdict:
    """A device comes in by an invite that can be used."""
    asked = history.notes(ANSWERED, device)
    if not asked:
        return nothing_to_judge("invite_taken", f"nobody showed {device} an invite")
    answer, message = (str(asked[-1].fields[name]) for name in ("answer", "message"))
    faults = []
    if answer != ACCEPTED:
        faults = [f"expected {device} to come in by the invite; it answered '{answer}': {message}"]
    return judge("invite_taken", faults, (), f"{device} came in by the invite")


def invite_refused(history: History, *, device: str, code: str, says: str) -> Verdict:
    """A device refuses an invite that cannot be used, and says what is wrong with it.

    code: the error that it must answer with. says: words of its message.
    """
    asked = history.notes(ANSWERED, device)
    if not asked:
        return nothing_to_judge("invite_refused", f"nobody showed {device} an invite")
    answer, message = (str(asked[-1].fields[name]) for name in ("answer", "message"))
    faults = []
    if answer != code:
        faults = [f"expected {device} to refuse the invite as '{code}'; it answered '{answer}'"]
    elif says not in message:
        faults = [f"expected {device} to say '{says}' when it refuses the invite; it said: {message}"]
    return judge("invite_refused", faults, (), f"{device} refused the invite as '{code}'")


def guesses_bounded(history: History, *, device: str, most: int, since_ns: int) -> Verdict:
    """Whoever guesses short codes is stopped before long, and is not told of any whether somebody made it.

    most: so many may be tried in vain. since_ns: when the device began to guess.
    """
    answers = [
        str(note.fields["answer"]) for note in history.notes(ANSWERED, device) if note.t_ns >= since_ns
    ]
    if not answers:
        return nothing_to_judge("guesses_bounded", f"{device} guessed no short code")
    tried = [answer for answer in answers if answer != STOPPED]
    faults = []
    if len(tried) > most or tried == answers:
        faults.append(
            f"expected {device} to be stopped as '{STOPPED}' after {count(most, 'short code')} in vain; "
            f"it tried {len(tried)} and was not stopped"
        )
    told = sorted({answer for answer in tried if answer != GUESSED})
    if told:
        faults.append(
            f"expected {device} to be told '{GUESSED}' of every code that it guessed; it was told '{told[0]}' of one"
        )
    return judge(
        "guesses_bounded", faults, (), f"{device} was stopped after {count(len(tried), 'short code')}"
    )


LIVENESS = {
    "invite_form": invite_form,
    "invite_taken": invite_taken,
    "invite_refused": invite_refused,
    "guesses_bounded": guesses_bounded,
}
