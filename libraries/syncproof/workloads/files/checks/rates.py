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


LIVENESS = {"few_changes_failed": few_changes_failed}
