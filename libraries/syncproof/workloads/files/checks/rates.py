"""How often something goes wrong, as far as a sample proves it.

A rate is proved when a system in which exactly that share fails would show so few failures in one sample of twenty at
most: without any failure that takes about 3,000 messages for 0.1%, and 30,000 for 0.01%. With fewer, nothing is proved.
"""

from __future__ import annotations

import math
from collections import Counter

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, count, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.workloads.files.checks.spread import names_of
from syncproof.workloads.files.looks import last_look, unlooked
from syncproof.workloads.files.records import FileTransfer
from syncproof.workloads.files.versions import Versions

#: So rarely may chance alone make a rate look better than it is.
_CHANCE = 0.05


def few_changes_failed(
    history: History, *, most: float, asked_ns: int, within_ns: int, device: str | None = None
) -> Verdict:
    """Of all changes at most such a share fails to arrive: each counts once for each other device.

    It has failed where its author's device refused it, where it did not come by the deadline, or came twice. Unknown
    where there were too few to prove that share.

    most: the share. device: judge only what was for this one.
    """
    deadline = due(history, asked_ns, within_ns)
    failed: list[str] = []
    number = 0
    for name, log in history.devices.items():
        if device not in (None, name):
            continue
        came = Counter(entry.op_id for entry in log.latest)
        in_time = {op_id for op_id, entry in history.delivered(name).items() if entry.t_ns <= deadline}
        for op_id, made in history.operations.items():
            if made.device == name or made.group not in history.members:
                continue
            number += 1
            if op_id not in in_time or came[op_id] > 1:
                failed.append(op_id)
    what = f"{count(number, 'change')} for others, {len(failed)} of them failed {within(within_ns)}"
    return _proved("few_changes_failed", what, len(failed), number, most, failed)


def few_messages_lost(history: History, *, most: float, device: str | None = None) -> Verdict:
    """Of all that devices said to each other at most such a share was not taken in by whom it was for.

    How much each has said it counts itself, as ``messagesSent``: between the first and the last time that it was asked.
    Unknown where one was not asked twice, or has said less than others took in of it, and where there were too few
    messages to prove that share.

    most: the share. device: judge only what this one said.
    """
    said, names = _said(history), names_of(history)
    if not names:
        return nothing_to_judge("few_messages_lost", "nobody knows from whom messages came")
    got: Counter[str] = Counter()
    for line in history.of(FileTransfer):
        giver = names.get(line.peer, "")
        if giver in said and line.t_ns > said[giver][0]:
            got[giver] += 1
    judged = [name for name in history.devices if device in (None, name)]
    if odd := [name for name in judged if name not in said or said[name][1] < got[name]]:
        return nothing_to_judge(
            "few_messages_lost", f"{' and '.join(odd)} did not count what was said to others"
        )
    number = sum(said[name][1] for name in judged)
    lost = number - sum(got[name] for name in judged)
    what = f"{count(number, 'message')}, {lost} of them lost"
    return _proved("few_messages_lost", what, lost, number, most, [])


def few_conflicts_left(history: History, *, most: float, device: str | None = None) -> Verdict:
    """Of all conflicts at most such a share is left to people at rest: the device settles all the others itself.

    A conflict is a version of a file whose author did not know another one of it. It is left to people where something
    lies beside that file, which they would have to look at. Unknown where there were too few to prove that share.

    most: the share. device: judge only what is left in this one's folder.
    """
    versions, folders = Versions(history), last_look(history)
    if lacking := unlooked(history, folders, device):
        return nothing_to_judge("few_conflicts_left", "; ".join(lacking))
    number = left = 0
    witness: list[str] = []
    for path, made in versions.by_path.items():
        met = [
            later
            for place, later in enumerate(made)
            if any(not versions.knows(later, earlier) for earlier in made[:place])
        ]
        number += len(met)
        beside = max(
            len(versions.lying(path, folder.files)) - 1
            for name, folder in folders.items()
            if device in (None, name)
        )
        if met and beside > 0:
            left += beside
            witness += [each.op_id for each in met]
    what = f"{count(number, 'conflict')}, {left} of them left to people"
    return _proved("few_conflicts_left", what, left, number, most, witness)


def _said(history: History) -> dict[str, tuple[int, int]]:
    """When each device was first asked how much it has said (ns), and how much more that was when it was asked last."""
    asked: dict[str, list[tuple[int, int]]] = {}
    for note in history.notes("work_counted"):
        counted = note.fields["counted"]
        assert isinstance(counted, dict), f"the evidence has {counted!r} where counts belong"
        if "messagesSent" in counted:
            asked.setdefault(note.device, []).append((note.t_ns, int(counted["messagesSent"])))
    return {
        name: (times[0][0], times[-1][1] - times[0][1]) for name, times in asked.items() if len(times) > 1
    }


def _proved(check: str, what: str, failed: int, number: int, most: float, witness: list[str]) -> Verdict:
    """what: for people."""
    if not number:
        return nothing_to_judge(check, "there was none")
    if not 0 < most < 1:
        return nothing_to_judge(check, f"no sample proves {100 * most:g}%")
    expected = f"expected at most {100 * most:g}%"
    if failed > most * number:
        return Verdict(check, "fail", f"{expected}: {what}", tuple(dict.fromkeys(witness)))
    if _chance(failed, number, most) > _CHANCE:
        needed = math.ceil(math.log(_CHANCE) / math.log1p(-most))
        return Verdict(
            check,
            "unknown",
            f"unknown: {what}; a sample too small to prove {100 * most:g}%, which takes {needed} without a failure",
        )
    return Verdict(check, "pass", f"{what}, which proves at most {100 * most:g}%")


def _chance(failed: int, number: int, rate: float) -> float:
    """How likely so few failures are in a sample where each fails with that rate, between 0 and 1."""

    def exactly(few: int) -> float:
        ways = math.lgamma(number + 1) - math.lgamma(few + 1) - math.lgamma(number - few + 1)
        return math.exp(ways + few * math.log(rate) + (number - few) * math.log1p(-rate))

    return math.fsum(map(exactly, range(min(failed, number) + 1)))


LIVENESS = {
    "few_changes_failed": few_changes_failed,
    "few_messages_lost": few_messages_lost,
    "few_conflicts_left": few_conflicts_left,
}
