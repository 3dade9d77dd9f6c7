"""All members of a group end with the same deliveries; in the same order where the system promises a total one."""

from __future__ import annotations

from itertools import zip_longest
from typing import Literal

from syncproof.evidence.checkers.verdict import Verdict, count, judge, named, nothing_to_judge
from syncproof.evidence.history import History

Order = Literal["none", "sender", "causal", "total"]


def check(history: History, *, device: str | None = None, order: Order = "total") -> Verdict:
    """device: compare only this one with the others. order: what the system promises."""
    faults: list[str] = []
    witness: list[str] = []
    compared = 0
    for group, members in history.members.items():
        logs = {
            name: {op_id: None for op_id, entry in history.delivered(name).items() if entry.group == group}
            for name in members
        }
        reference = next(iter(logs)) if device is None else device
        if reference not in logs or len(logs) < 2 or not any(logs.values()):
            continue
        compared += 1
        for name, log in logs.items():
            if name == reference:
                continue
            lacking = [op_id for op_id in logs[reference] if op_id not in log]
            extra = [op_id for op_id in log if op_id not in logs[reference]]
            witness += [*lacking, *extra]
            if lacking:
                faults.append(_lacks(history, name, lacking, reference))
            if extra:
                faults.append(_lacks(history, reference, extra, name))
            if not lacking and not extra and order == "total":
                pairs = zip_longest(logs[reference], log)
                place, (here, there) = next(
                    ((k, pair) for k, pair in enumerate(pairs, 1) if pair[0] != pair[1]), (0, ("", ""))
                )
                if place:
                    witness += [here, there]
                    faults.append(
                        f"in place {place} {reference} has {history.name(here)} and {name} has {history.name(there)}"
                    )
    if not compared:
        return nothing_to_judge("convergence", "no two members of a group got anything")
    return judge("convergence", faults, witness, f"{count(compared, 'group')}, the same at every member")


def _lacks(history: History, name: str, missing: list[str], other: str) -> str:
    return f"{name} lacks {count(len(missing), 'operation')} that {other} has: {named(history, missing)}"
