"""What one author sent arrives in the order of sending, at every device and in the system's own log.

Only the first arrival of an operation counts here: a second one is a duplicate, which is another checker's. Where a
scenario lets devices send several requests at once (a note `sends_at_once`), only what is about one entry has an order.
A device that was reinstalled is another author: it does not know what it sent before. (As far as it does know, the
order is causal_order's.)
"""

from __future__ import annotations

from collections.abc import Iterable

from syncproof.evidence.checkers.order import Order
from syncproof.evidence.checkers.verdict import Verdict, count, judge, named, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import Deliver, Log


def check(history: History, *, device: str | None = None, order: Order = "total") -> Verdict:
    """device: judge only this one. order: what the system promises; `none` promises nothing."""
    faults: list[str] = []
    witness: list[str] = []
    entries = 0
    for name, log in history.devices.items():
        if device not in (None, name):
            continue
        late: dict[str, None] = {}
        for deliveries in log.by_incarnation.values():
            entries += len(deliveries)
            late |= _late(history, deliveries)
        if late:
            witness += late
            faults.append(
                f"{name} got {count(len(late), 'operation')} after a later one of the same author: "
                f"{named(history, late)}"
            )
    if device is None:
        for group, lines in history.log.items():
            entries += len(lines)
            ordered: list[Log] = sorted(lines, key=lambda line: line.server_order)
            late = _late(history, ordered)
            if late:
                witness += late
                faults.append(
                    f"the log of {group} has {count(len(late), 'operation')} behind a later one of the same "
                    f"author: {named(history, late)}"
                )
    if entries and order == "none":
        return Verdict("sender_order", "pass", "not promised: the order is none")
    if not entries:
        return nothing_to_judge("sender_order", "nothing was delivered")
    return judge(
        "sender_order", faults, witness, f"{count(entries, 'entry', 'entries')} in their author's order"
    )


def _late(history: History, entries: Iterable[Deliver | Log]) -> dict[str, None]:
    """Operations that came behind a later one of the same author in the same group."""
    operations = history.operations
    at_once = bool(history.notes("sends_at_once"))
    newest: dict[tuple[str, str, int, str | None], int] = {}
    seen: set[str] = set()
    late: dict[str, None] = {}
    for entry in entries:
        op_id = entry.op_id
        operation = operations.get(op_id)
        if operation is None or op_id in seen:
            continue
        seen.add(op_id)
        author = (operation.author, history.installation_of(op_id))
        key = (operation.group, *author, operation.entry if at_once else None)
        if operation.author_n < newest.get(key, 0):
            late[op_id] = None
        else:
            newest[key] = operation.author_n
    return late
