"""Who does not have all of a file yet passes on what it has, and is asked for hardly anything else."""

from __future__ import annotations

from collections import Counter

from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.workloads.files.checks.spread import names_of
from syncproof.workloads.files.checks.work import counted
from syncproof.workloads.files.records import FileTransfer

_SEVERAL = "more than one file was written"


def _passed_on(history: History) -> Counter[str]:
    """How many parts of the one file each device got from one that got a new part of it later."""
    got, names = [line for line in history.of(FileTransfer) if line.what == "block"], names_of(history)
    new = {(line.device, line.digest): line for line in reversed(got)}
    last: dict[str, int] = {}
    for line in new.values():
        last[line.device] = max(last.get(line.device, 0), line.t_ns)
    return Counter(line.device for line in got if line.t_ns < last.get(names.get(line.peer, line.peer), 0))


def parts_passed_on(history: History, *, device: str, least: int) -> Verdict:
    """A device gets parts of a file from others that are still getting other parts of it themselves.

    Unknown where more than one file was written: a part does not say of which it is.

    least: parts.
    """
    if len(history.operations) > 1:
        return nothing_to_judge("parts_passed_on", _SEVERAL)
    if not any(line.what == "block" for line in history.of(FileTransfer, device)):
        return nothing_to_judge("parts_passed_on", f"{device} got no part of a file")
    seen = _passed_on(history)[device]
    said = f"{device} got {count(seen, 'part')} from devices that were still getting others"
    faults = [f"{said}; expected at least {least}"] if seen < least else []
    return judge("parts_passed_on", faults, (), said)


def few_in_vain(history: History, *, most: float, device: str | None = None) -> Verdict:
    """Hardly ever is a device asked for a part of a file that it does not have.

    What devices count themselves is judged; and only where parts of the one file that was written were passed on by
    devices that did not have all.

    most: of all questions that were answered, the part that was in vain. device: judge only what this one asked.
    """
    if len(history.operations) > 1:
        return nothing_to_judge("few_in_vain", _SEVERAL)
    vain = {name: times for name, times in counted(history, "askedInVain").items() if device in (None, name)}
    got = sum(line.what == "block" for line in history.of(FileTransfer, device))
    if not vain or not sum(number for name, number in _passed_on(history).items() if device in (None, name)):
        return nothing_to_judge(
            "few_in_vain", "nobody got a part from a device that was still getting others"
        )
    asked = sum(vain.values())
    said = f"{count(asked, 'part')} of {asked + got} that devices asked for were not there"
    faults = [f"{said}; expected at most {most:.0%}"] if asked > most * (asked + got) else []
    return judge("few_in_vain", faults, (), said)


LIVENESS = {"parts_passed_on": parts_passed_on, "few_in_vain": few_in_vain}
