"""A device does not go back behind what it wrote itself.

Once its own operation stands in its delivery log, a device counts it when it says what it has seen of the log, and
every answer about an entry holds the device's last version, or one that builds on it. (Before, in a system with a
total order, its own operation is not there yet: it comes in its place.) What had been delivered is what had been read
of the log by then, never what a stamp says.

Source: Terry et al., Session guarantees for weakly consistent replicated data (1994).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate

from syncproof.evidence import entry_versions
from syncproof.evidence.checkers.verdict import Verdict, count, judge, named, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import Accept


def check(history: History, *, device: str | None = None) -> Verdict:
    """device: judge only this one."""
    if not history.lines:
        return nothing_to_judge("read_your_writes", "the history is empty")
    faults: list[str] = []
    witness: list[str] = []
    judged = 0
    accepts: dict[str, list[Accept]] = {}
    for accept in history.accepts.values():
        accepts.setdefault(accept.device, []).append(accept)
    for name in history.devices:
        if device not in (None, name):
            continue
        taken = accepts.get(name, [])
        judged += len(taken)
        behind = list(_behind(history, name, taken))
        if behind:
            witness += behind
            faults.append(
                f"{name} had not seen its own {named(history, behind)}, which it had delivered, when it wrote again"
            )
    for name, entry, op_id in _forgotten(history, device):
        witness.append(op_id)
        faults.append(
            f'{name}\'s entry "{entry}" was without its own {named(history, [op_id])}, delivered before'
        )
    for answers in history.views.values():
        judged += sum(len(views) for name, views in answers.items() if device in (None, name))
    return judge("read_your_writes", faults, witness, f"{count(judged, 'look')}, none behind its own writes")


def _behind(history: History, device: str, accepts: list[Accept]) -> Iterator[str]:
    """Own operations that stood in the delivery log before the device took another, and that it did not count."""
    own = [entry for entry in history.delivered(device).values() if entry.author == device]
    own.sort(key=lambda entry: entry.n)
    read = list(
        accumulate((entry.i for entry in own), max)
    )  # by which line each, and all before it, had been read
    for accept in accepts:
        asked = history.operations.get(accept.op_id)
        if asked is None:
            continue
        there = bisect_left(read, asked.i)
        if there and own[there - 1].n > accept.seen:
            yield own[there - 1].op_id


def _forgotten(history: History, device: str | None) -> Iterator[tuple[str, str, str]]:
    """Device, entry and operation, of every answer that lacks the device's own last version."""
    for key, versions in entry_versions.of(history).items():
        for name, views in history.views.get(key, {}).items():
            if device not in (None, name):
                continue
            delivered = history.delivered(name)
            own = [
                version.operation
                for op_id, version in versions.by_op_id.items()
                if version.operation.author == name and op_id in delivered
            ]
            own.sort(key=lambda operation: delivered[operation.op_id].n)
            places = [delivered[operation.op_id].n for operation in own]
            for view in views:
                there = bisect_right(places, view.seen)
                if not there:
                    continue
                last = own[there - 1]
                held = [versions.by_version.get(sibling.version, "") for sibling in view.siblings]
                if not any(versions.by_op_id[op].knows(last) for op in held if op in versions.by_op_id):
                    yield name, key[1], last.op_id
