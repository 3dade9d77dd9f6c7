"""The local read marker is kept with every commit of deliveries, not some time later (plan L-5.3).

Deliveries with one stamp were committed together. The first move that covers a delivery must not stand for a
later commit: a marker that is kept late, or only now and then, jumps over commits. No clock is compared, so
that a slow machine cannot fail it.
"""

from __future__ import annotations

from syncproof.evidence.checkers.verdict import Verdict, count, judge, named, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import Marker


def check(history: History, *, device: str | None = None) -> Verdict:
    """device: judge only this one."""
    faults: list[str] = []
    witness: list[str] = []
    unknown: list[str] = []
    moved = 0
    for name, log in history.devices.items():
        if device not in (None, name) or not log.latest:
            continue
        if log.incarnation > 1:
            unknown.append(f"{name} was restarted, and moves shortly before that may have died unseen")
            continue
        numbers = [m.n for m in history.of(Marker, name) if m.scope == "local" and m.old != m.new]
        moved += len(numbers)
        late = _late([entry.t_ns for entry in log.latest], numbers)
        if late:
            op_ids = [log.latest[n - 1].op_id for n in late]
            witness += op_ids
            faults.append(
                f"{name}'s local marker was not kept with {count(len(late), 'delivery', 'deliveries')} of "
                f"{len(log.latest)}: {named(history, op_ids)}"
            )
    if not (moved or faults or unknown):
        return nothing_to_judge("local_marker", "nothing was delivered")
    return judge("local_marker", faults, witness, f"{count(moved, 'move')}, one with every commit", unknown)


def _late(stamps: list[int], numbers: list[int]) -> list[int]:
    """Numbers of deliveries that no move covered before the next commit. stamps: of delivery n in place n - 1."""
    late: list[int] = []
    moves = iter(sorted(numbers))
    covering = next(moves, None)
    last_of_commit = len(stamps)
    lasts = [0] * len(stamps)
    for k in range(len(stamps) - 1, -1, -1):
        if k + 1 < len(stamps) and stamps[k + 1] != stamps[k]:
            last_of_commit = k + 1
        lasts[k] = last_of_commit
    for n, last in enumerate(lasts, 1):
        while covering is not None and covering < n:
            covering = next(moves, None)
        if covering is None or covering > last:
            late.append(n)
    return late


LIVENESS = {"local_marker": check}
