"""All members of a group end with the same state, by its canonical hash.

The state of a device is its deliveries (operation, version and content; in their order where the system promises a
total one), and what it answered last of each entry: every version with its clock, and the one that it shows. States
whose hashes differ are compared until the difference is found.
"""

from __future__ import annotations

import hashlib
from itertools import zip_longest
from typing import Literal

from syncproof.evidence import vector_clock
from syncproof.evidence.checkers.order import Order
from syncproof.evidence.checkers.verdict import Verdict, count, judge, named, nothing_to_judge, unread
from syncproof.evidence.history import History
from syncproof.evidence.records import Deliver, Entry

Log = dict[str, Deliver]


def check(
    history: History,
    *,
    device: str | None = None,
    order: Order = "total",
    delivery: Literal["all", "refetch"] = "all",
) -> Verdict:
    """device: compare only this one with the others. order, delivery: what the system promises.

    Where not everything is delivered, deliveries are no state that could be the same.
    """
    if delivery != "all":
        return Verdict("convergence", "pass", "the system tells who may have missed something")
    faults: list[str] = []
    witness: list[str] = []
    compared: list[str] = []
    unknown: list[str] = []
    for group, members in history.members.items():
        logs = {
            name: {
                entry.op_id: entry
                for entry in history.inside(history.delivered(name).values())
                if entry.group == group
            }
            for name in members
            if not unread(history, name)
        }
        unknown += filter(None, (unread(history, name) for name in members if device in (None, name)))
        reference = next(iter(logs), "") if device is None else device
        if reference not in logs or len(logs) < 2 or not any(logs.values()):
            continue
        whole = _hash(logs[reference], order)
        compared.append(_canonical(history, group, reference, whole))
        for name, log in logs.items():
            if name == reference or _hash(log, order) == whole:
                continue
            lacking = [op_id for op_id in logs[reference] if op_id not in log]
            extra = [op_id for op_id in log if op_id not in logs[reference]]
            witness += [*lacking, *extra]
            if lacking:
                faults.append(_lacks(history, name, lacking, reference))
            if extra:
                faults.append(_lacks(history, reference, extra, name))
            other = [op_id for op_id, entry in log.items() if _differs(entry, logs[reference].get(op_id))]
            if other:
                witness += other
                faults.append(
                    f"{name} and {reference} have another version or content of {named(history, other)}"
                )
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
    if not compared and not unknown:
        return nothing_to_judge("convergence", "no two members of a group got anything")
    faults += _entries_apart(history, device)
    states = ", ".join(state[:12] for state in compared)
    return judge(
        "convergence",
        faults,
        witness,
        f"{count(len(compared), 'group')}, the same at every member ({states})",
        unknown,
    )


def _hash(log: Log, order: Order) -> str:
    """Of what was delivered; of the order too where that is promised."""
    lines = [f"{op_id} {entry.version} {entry.digest}\n" for op_id, entry in log.items()]
    return hashlib.sha256("".join(lines if order == "total" else sorted(lines)).encode()).hexdigest()


def _canonical(history: History, group: str, device: str, log: str) -> str:
    """Hash of all that a device has of a group: its deliveries (their hash) and its entries."""
    states = [
        f"{entry} {_state(answers[device][-1])}\n"
        for (of, entry), answers in sorted(history.views.items())
        if of == group and device in answers
    ]
    return hashlib.sha256("".join([f"{log}\n", *states]).encode()).hexdigest()


def _differs(entry: Deliver, other: Deliver | None) -> bool:
    return other is not None and (entry.version, entry.digest) != (other.version, other.digest)


def _lacks(history: History, name: str, missing: list[str], other: str) -> str:
    return f"{name} lacks {count(len(missing), 'operation')} that {other} has: {named(history, missing)}"


def _entries_apart(history: History, device: str | None) -> list[str]:
    """Entries of which two members answered different things in the end."""
    faults: list[str] = []
    for (group, entry), answers in history.views.items():
        views = {name: views[-1] for name, views in answers.items() if name in history.members.get(group, {})}
        reference = next(iter(views), "") if device is None else device
        if reference not in views:
            continue
        for name, view in views.items():
            if _state(view) != _state(views[reference]):
                faults.append(
                    f'of entry "{entry}" {reference} has {_described(views[reference])} and {name} has '
                    f"{_described(view)}"
                )
    return faults


def _state(view: Entry) -> str:
    """Everything that an answer says, in one way of writing."""
    siblings = sorted(
        f"{sibling.version} {sibling.digest} {sibling.deleted} {_clock(sibling.clock)}"
        for sibling in view.siblings
    )
    return hashlib.sha256("\n".join([*siblings, f"shows {view.winner}"]).encode()).hexdigest()


def _clock(clock: vector_clock.VectorClock | None) -> str:
    return "" if clock is None else vector_clock.write(clock)


def _described(view: Entry) -> str:
    """`versions 2 {Alice: 1} (deleted), 3 {Bob: 1} (shows 3)`."""
    versions = ", ".join(
        f"{sibling.version} {_clock(sibling.clock)}".rstrip() + (" (deleted)" if sibling.deleted else "")
        for sibling in view.siblings
    )
    return f"version{'s' * (len(view.siblings) != 1)} {versions or 'none'} (shows {view.winner or 'none'})"
