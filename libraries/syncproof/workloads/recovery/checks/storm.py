"""Whether a crowd that lost its server at once comes back whole, and spread over time, not in waves."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.workloads.recovery.records import CompanionLive, CompanionRetry

#: So many attempts show how they are spread.
LEAST = 100
#: The times of the plan, in parts of the most that chance adds (5 s): what chance must make of them at least (2 s), and
#: the slot (100 ms) that nobody may crowd into.
_SPREAD, _SLOTS = 0.4, 50
#: Times the share of a slot, if all slots had the same.
_CROWDED = 3
#: How often the attempts of devices that do it right may look crowded.
_BY_CHANCE = 1e-6
#: Loops round their timers to milliseconds.
_EARLY_NS = 1_000_000


def storm_spread(
    history: History,
    *,
    device: str,
    members: int,
    base_ns: int,
    max_ns: int,
    jitter_ns: int,
    asked_ns: int,
    within_ns: int,
) -> Verdict:
    """A crowd tries to connect again spread by chance, no moment has more than its share, and all of it comes back.

    What chance has added to an attempt is what a device said that it waits, less the pause that doubles with each; it
    must have waited so long. device: whose network the crowd is on. members: how many there are. base_ns, max_ns: the
    first pause, and the longest one. jitter_ns: what chance adds at most.
    """
    by_member: dict[int, list[CompanionRetry]] = {number: [] for number in range(1, members + 1)}
    for line in history.of(CompanionRetry, device):
        by_member.setdefault(line.member, []).append(line)
    pairs = [
        (first, second)
        for lines in by_member.values()
        for first, second in pairwise(lines)
        if second.attempt == first.attempt + 1
    ]
    if len(pairs) < LEAST:
        return nothing_to_judge(
            "storm_spread", f"{len(pairs)} attempts are on record, {LEAST} show how they are spread"
        )
    faults: list[str] = []
    away = members - back(history, device, due(history, asked_ns, within_ns))
    if away:
        faults.append(
            f"expected all {members} devices to be back {within(within_ns)}; {away} of them are not"
        )
    idle = sum(len(lines) < 2 for lines in by_member.values())
    if idle:
        faults.append(f"expected each to try again and again; {count(idle, 'device')} tried less than twice")
    pauses = [min(max_ns, base_ns << min(first.attempt - 1, 40)) for first, _ in pairs]
    took = [second.t_ns - first.t_ns - pause for (first, second), pause in zip(pairs, pauses, strict=True)]
    added = [round(first.delay_ms * 1e6) - pause for (first, _), pause in zip(pairs, pauses, strict=True)]
    early = sum(
        said < -_EARLY_NS or second.t_ns < first.due_ns - _EARLY_NS
        for (first, second), said in zip(pairs, added, strict=True)
    )
    if early:
        faults.append(f"expected all to keep to their pauses; {count(early, 'attempt')} came sooner")
    spread_ns, least_ns = max(took) - min(took), jitter_ns * _SPREAD
    if spread_ns < least_ns:
        faults.append(
            f"expected chance to spread {len(took)} attempts over {least_ns / 1e6:.0f} ms at least, seen "
            f"{spread_ns / 1e6:.0f} ms"
        )
    # Of what it said: a machine that is late makes waves of its own.
    slot, most = Counter(each * _SLOTS // jitter_ns for each in added).most_common(1)[0]
    limit = crowded(len(added))
    if most > limit:
        faults.append(
            f"expected no {jitter_ns / _SLOTS / 1e6:.0f} ms with more than {limit} of {len(added)} attempts (their "
            f"share is {len(added) / _SLOTS:.1f}); {most} came {slot * jitter_ns / _SLOTS / 1e6:.0f} ms "
            "after their pause"
        )
    return judge(
        "storm_spread", faults, (), f"{len(added)} attempts of {count(members, 'device')} are spread"
    )


def back(history: History, device: str, by_ns: int) -> int:
    """How many of a crowd are live at a time, and have not lost it since."""
    told: dict[int, bool] = {}
    lines: list[CompanionRetry | CompanionLive] = [
        *history.of(CompanionRetry, device),
        *history.of(CompanionLive, device),
    ]
    for line in sorted(lines, key=lambda each: each.i):
        if line.t_ns <= by_ns:
            told[line.member] = isinstance(line, CompanionLive)
    return sum(told.values())


def crowded(attempts: int) -> int:
    """The most that may be in one slot: three times its share, or what chance puts there once in a million storms.

    The second is more where attempts are few. By Chernoff's bound for each slot: at least k of a mean m happen with a
    probability of e^(k-m) (m/k)^k at most.
    """
    share = attempts / _SLOTS
    limit = math.floor(_CROWDED * share)
    while limit + 1 - share + (limit + 1) * math.log(share / (limit + 1)) > math.log(_BY_CHANCE / _SLOTS):
        limit += 1
    return limit


LIVENESS = {"storm_spread": storm_spread}
