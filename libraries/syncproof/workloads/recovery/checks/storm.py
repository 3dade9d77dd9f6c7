"""Whether a crowd that lost its server at once comes back spread over time, and not in waves."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.workloads.recovery.records import CompanionRetry

#: So many attempts show how they are spread.
LEAST = 100
#: The times of the plan, in parts of the most that chance adds (5 s): what chance must make of them at least (2 s), and
#: the slot (100 ms) that nobody may crowd into.
_SPREAD, _SLOTS = 0.4, 50
#: Times the share of a slot, if all slots had the same.
_CROWDED = 3
#: Loops round their timers to milliseconds.
_EARLY_NS = 1_000_000


def storm_spread(history: History, *, device: str, base_ns: int, max_ns: int, jitter_ns: int) -> Verdict:
    """The attempts of a crowd to connect again are spread by chance, and no moment has more than its share of them.

    Judged by what came between two failures of one device, less the pause that doubles with each: what is left is what
    chance has added. device: whose network the crowd is on. base_ns, max_ns: the first pause, and the longest one.
    jitter_ns: what chance adds at most.
    """
    by_member: dict[int, list[CompanionRetry]] = {}
    for line in history.of(CompanionRetry, device):
        by_member.setdefault(line.member, []).append(line)
    added = [
        second.t_ns - first.t_ns - min(max_ns, base_ns << min(first.attempt - 1, 40))
        for lines in by_member.values()
        for first, second in pairwise(lines)
        if second.attempt == first.attempt + 1
    ]
    if len(added) < LEAST:
        return nothing_to_judge(
            "storm_spread", f"{len(added)} attempts are on record, {LEAST} show how they are spread"
        )
    faults: list[str] = []
    early = sum(each < -_EARLY_NS for each in added)
    if early:
        faults.append(f"expected all to keep to their pauses; {count(early, 'attempt')} came sooner")
    spread_ns, least_ns = max(added) - min(added), jitter_ns * _SPREAD
    if spread_ns < least_ns:
        faults.append(
            f"expected chance to spread {len(added)} attempts over {least_ns / 1e6:.0f} ms at least, seen "
            f"{spread_ns / 1e6:.0f} ms"
        )
    slot, most = Counter(each * _SLOTS // jitter_ns for each in added).most_common(1)[0]
    if most > _CROWDED * len(added) / _SLOTS:
        faults.append(
            f"expected no {jitter_ns / _SLOTS / 1e6:.0f} ms with more than {_CROWDED} times their share of "
            f"{len(added)} attempts ({len(added) / _SLOTS:.1f}); {most} came {slot * jitter_ns / _SLOTS / 1e6:.0f} ms "
            "after their pause"
        )
    return judge(
        "storm_spread", faults, (), f"{len(added)} attempts of {count(len(by_member), 'device')} are spread"
    )


LIVENESS = {"storm_spread": storm_spread}
