"""No device gets an operation before what its author had seen when it was made.

What the author had seen is exact: the first `seen` entries of its delivery log (see Accept), that of its installation
then. Each of them, of the same group, must stand before the operation in the delivery log of every device that has the
operation. (That an author's own operations keep their order is sender_order's.)

For each device one pass over every author's log: linear in the history, times the number of devices.

Source: Lamport (1978); Birman, Schiper and Stephenson (1991).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from syncproof.evidence.checkers.order import Order
from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import Deliver, installation

NEVER = 1 << 62
#: The number of what nobody asked for.
UNKNOWN = -1


def check(history: History, *, device: str | None = None, order: Order = "total") -> Verdict:
    """device: judge only this one. order: what the system promises; `none` and `sender` promise less."""
    if not any(log.first for log in history.devices.values()):
        return nothing_to_judge("causal_order", "nothing was delivered")
    if order not in ("causal", "total"):
        return Verdict("causal_order", "pass", f"not promised: the order is {order}")
    op_ids = list(history.operations)
    number_of = {op_id: number for number, op_id in enumerate(op_ids)}
    logs = {name: _numbers(log.latest, number_of) for name, log in history.devices.items()}
    pasts = _pasts(history, logs, number_of)
    faults: list[str] = []
    witness: list[str] = []
    judged = 0
    judgements: dict[str, tuple[list[int], int]] = {}  # one for all that have the same log
    for name, log in history.devices.items():
        if device not in (None, name):
            continue
        judged += len(log.first)
        same = next((known for known in judgements if logs[known] == logs[name]), None)
        if same is None:
            judgements[name] = _judge(pasts, _places(logs[name], len(op_ids)))
        early, cause = judgements[same or name]
        if early:
            witness += [op_ids[number] for number in [*early, cause]]
            faults.append(
                f"{name} got {count(len(early), 'operation')} before what the author had seen: "
                f"{history.name(op_ids[early[0]])} before {history.name(op_ids[cause])}"
            )
    return judge(
        "causal_order", faults, witness, f"{count(judged, 'entry', 'entries')}, none before its causes"
    )


@dataclass
class _Past:
    """What one author saw of one group, in order, and each of its operations there with how much it came after.

    Operations are numbers here, in the order of asking: a million look-ups by name would take their time.
    """

    positions: list[int] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)
    made: list[tuple[int, int]] = field(default_factory=list)


def _pasts(
    history: History, logs: Mapping[str, Sequence[int]], number_of: Mapping[str, int]
) -> Iterable[_Past]:
    """By author, its installation, and group."""
    pasts: dict[tuple[str, int, str], _Past] = {}
    for author, log in history.devices.items():
        for installed in range(installation(log.incarnation) + 1):
            entries = log.of_installation(installed).latest
            numbers = logs[author] if entries is log.latest else _numbers(entries, number_of)
            for position, (entry, number) in enumerate(zip(entries, numbers, strict=True), 1):
                key = (author, installed, entry.group)
                past = pasts.get(key)
                if past is None:
                    past = pasts[key] = _Past()
                if number != UNKNOWN:
                    past.positions.append(position)
                    past.seen.append(number)
    for op_id, accept in history.accepts.items():
        operation = history.operations.get(op_id)
        if operation is None:
            continue
        of_author = pasts.get((operation.device, history.installation_of(op_id), operation.group))
        if of_author is not None:
            before = bisect_right(of_author.positions, accept.seen)
            if before:
                of_author.made.append((before, number_of[op_id]))
    return pasts.values()


def _numbers(entries: Iterable[Deliver], number_of: Mapping[str, int]) -> list[int]:
    """The operations of a log by their numbers."""
    return [number_of.get(entry.op_id, UNKNOWN) for entry in entries]


def _places(log: Sequence[int], operations: int) -> list[int]:
    """By number of the operation: the place where a log has it first; NEVER where it does not."""
    places = [NEVER] * (operations + 1)  # one more at the end, for what UNKNOWN stands for
    for place in range(len(log), 0, -1):
        places[log[place - 1]] = place
    return places


def _judge(pasts: Iterable[_Past], places: Sequence[int]) -> tuple[list[int], int]:
    """Operations that a log has before something that their author had seen, and that of the first of them."""
    early: list[int] = []
    cause = UNKNOWN
    for past in pasts:
        latest = list(accumulate(map(places.__getitem__, past.seen), max))
        found = [(effect, before) for before, effect in past.made if latest[before - 1] > places[effect]]
        if found and not early:
            place = latest[found[0][1] - 1]
            cause = next(seen for seen in past.seen if places[seen] == place)
        early += [effect for effect, _ in found]
    return early, cause
