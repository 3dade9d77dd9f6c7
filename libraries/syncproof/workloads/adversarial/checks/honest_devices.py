"""Whether honest devices were served while a hostile client attacked."""

from __future__ import annotations

from syncproof.evidence.checkers.verdict import Verdict, count, judge, named, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import NEVER
from syncproof.workloads.adversarial.records import Attacked


def honest_delay(history: History, *, within_ns: int, asked_ns: int, device: str | None = None) -> Verdict:
    """What honest devices sent while a hostile client attacked reached every other member in time.

    within_ns: from when a device was asked to when another one delivered it. asked_ns, device: are not looked at.
    """
    del asked_ns, device
    attacks = history.of(Attacked)
    if not attacks:
        return nothing_to_judge("honest_delay", "nobody was attacked")
    since, until = attacks[0].began_ns, attacks[-1].t_ns
    late: dict[str, str] = {}
    longest = judged = 0
    for operation in history.operations.values():
        if not since <= operation.t_ns <= until:
            continue
        for name in history.members.get(operation.group, {}):
            if name == operation.device:
                continue
            judged += 1
            entry = history.delivered(name).get(operation.op_id)
            took = (NEVER if entry is None else entry.t_ns) - operation.t_ns
            if took > within_ns:
                late[operation.op_id] = name
            else:
                longest = max(longest, took)
    if not judged:
        return nothing_to_judge("honest_delay", "nobody was asked for anything while the server was attacked")
    faults = []
    if late:
        faults = [
            f"{count(len(late), 'operation')} took longer than {within_ns / 1e9:g} s to reach "
            f"{' and '.join(sorted(set(late.values())))} while the server was attacked: {named(history, late)}"
        ]
    passed = (
        f"{count(judged, 'delivery', 'deliveries')} during the attacks took at most {longest / 1e9:.2f} s"
    )
    return judge("honest_delay", faults, late, passed)


LIVENESS = {"honest_delay": honest_delay}
