"""What a server that was attacked keeps of it: descriptors, tasks and memory."""

from __future__ import annotations

from collections.abc import Mapping

from syncproof.evidence.checkers.deadline import within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.workloads.adversarial.records import Attacked, ServerUse

_MB = 1e6


def resources_returned(
    history: History, *, spare: int, within_ns: int, times: int, asked_ns: int, device: str | None = None
) -> Verdict:
    """Behind every attack the server has no more descriptors and tasks than before the first, and soon.

    spare: how many more there may be, for what honest devices do meanwhile. within_ns: from the end of an attack.
    times: attacks that there must have been. asked_ns, device: are not looked at.
    """
    del asked_ns, device
    used = {line.n: line for line in history.of(ServerUse)}
    if not set(range(times + 1)) <= used.keys():
        return nothing_to_judge(
            "resources_returned", "the server was not measured before and behind each attack"
        )
    ended = {attack.n: attack.t_ns for attack in history.of(Attacked)}
    if not used.keys() <= {0, *ended}:
        return nothing_to_judge("resources_returned", "an attack has not come to an end")
    before = used[0]
    faults: list[str] = []
    for n in range(1, times + 1):
        now = used[n]
        for name in ("descriptors", "tasks"):
            had, has = getattr(before, name), getattr(now, name)
            if has > had + spare:
                faults.append(f"behind attack {n} the server has {has} {name}; it had {had} before the first")
        took = now.t_ns - ended[n]
        if took > within_ns:
            faults.append(
                f"expected the server to come to rest {within(within_ns)}; "
                f"behind attack {n} it took {took / 1e9:.1f} s"
            )
    passed = (
        f"{before.descriptors} descriptors and {before.tasks} tasks before, {used[times].descriptors} and "
    )
    return judge("resources_returned", faults, (), f"{passed}{used[times].tasks} in the end")


def attack_memory(history: History, *, at_most: int, device: str | None = None) -> Verdict:
    """The server's memory does not grow with every attack.

    What the first one leaves may be a cache, and what one of the others adds may be what an allocator keeps of a moment
    with much to do. A leak takes as much each time. at_most: bytes. device: is not looked at.
    """
    del device
    used = {line.n: line for line in history.of(ServerUse)}
    if not {1, 2, 3} <= used.keys():
        return nothing_to_judge("attack_memory", f"memory was measured behind {count(len(used), 'attack')}")
    first, second, third = (used[n].memory for n in (1, 2, 3))
    grown = min(second - first, third - second)
    seen = (
        f"the server's memory was {first / _MB:.1f} MB, {second / _MB:.1f} MB and {third / _MB:.1f} MB "
        "behind the attacks"
    )
    faults = [f"{seen}; it may not grow by more than {at_most / _MB:g} MB with every one"]
    return judge("attack_memory", faults if grown > at_most else [], (), seen)


def attack_peak(history: History, *, of: str, at_most: int, device: str | None = None) -> Verdict:
    """During attacks the server never had more descriptors, or memory, than so much more than before.

    of: descriptors, or memory (bytes). at_most: of these. device: is not looked at.
    """
    del device
    used = {line.n: line for line in history.of(ServerUse)}
    if len(used) < 2 or 0 not in used:
        return nothing_to_judge("attack_peak", "the server was not measured during an attack")
    unit, name = _UNITS[of]
    before = getattr(used[0], of)
    most = max(getattr(line, f"most_{of}") for n, line in used.items() if n)
    seen = f"the server went from {before / unit:g}{name} to {most / unit:g}{name} at most"
    faults = [f"{seen}; {at_most / unit:g}{name} more are allowed"] if most - before > at_most else []
    return judge("attack_peak", faults, (), seen)


_UNITS: Mapping[str, tuple[float, str]] = {"descriptors": (1, " descriptors"), "memory": (_MB, " MB")}

LIVENESS = {
    "resources_returned": resources_returned,
    "attack_memory": attack_memory,
    "attack_peak": attack_peak,
}
