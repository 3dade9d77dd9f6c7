"""Every operation takes effect exactly once, however often it was asked for, sent or stored.

One operation has one version, the same in the system's own log and at every device; one version is one operation; the
acknowledgement names the place that it has in the log; no answer about an entry holds an operation twice. What was
acknowledged is in the log, where that was exported, and was not refused. (That nothing is delivered twice is
no_duplicates'.)
"""

from __future__ import annotations

from collections.abc import Iterator

from syncproof.evidence.checkers.verdict import Verdict, count, judge, named, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import Deliver, Log


def check(history: History, *, device: str | None = None) -> Verdict:
    """device: judge only what this one has."""
    effects: dict[str, str] = {}
    owners: dict[tuple[str, str | None, str], str] = {}
    several: dict[str, None] = {}
    shared: dict[str, None] = {}
    entries = 0
    for line in _lines(history, device):
        entries += 1
        version = effects.get(line.op_id)
        if version == line.version:
            continue
        if version is None:
            effects[line.op_id] = line.version
        else:
            several[line.op_id] = None
        operation = history.operations.get(line.op_id)
        # A version is named within its group, and where there are entries, within its entry.
        named_in = (line.group, operation.entry if operation else None, line.version)
        owner = owners.setdefault(named_in, line.op_id)
        if owner != line.op_id:
            shared |= {owner: None, line.op_id: None}
    if not entries:
        return nothing_to_judge("exactly_once_effect", "nothing was delivered")
    faults: list[str] = []
    witness: list[str] = []
    found = [(several, "several versions each"), (shared, "a version with another operation in common")]
    if device is None:
        found += [
            (_misplaced(history), "another place in the log than the acknowledgement says"),
            (_without_effect(history), "an acknowledgement and no effect"),
            (_answered_both_ways(history), "a refusal and an acknowledgement for one request"),
        ]
    found.append((_twice_in_entry(history, device), "two versions side by side in one entry"))
    for op_ids, words in found:
        if op_ids:
            witness += op_ids
            faults.append(
                f"{count(len(op_ids), 'operation has', 'operations have')} {words}: {named(history, op_ids)}"
            )
    return judge(
        "exactly_once_effect", faults, witness, f"{count(len(effects), 'operation')}, one effect each"
    )


def _lines(history: History, device: str | None) -> Iterator[Deliver | Log]:
    if device is None:
        for lines in history.log.values():
            yield from lines
    for name, log in history.devices.items():
        if device in (None, name):
            for deliveries in log.by_incarnation.values():
                yield from history.inside(deliveries)


def _misplaced(history: History) -> dict[str, None]:
    """Operations whose acknowledgement names another place than the log has them in."""
    places = {line.op_id: line.server_order for lines in history.log.values() for line in lines}
    return {
        op_id: None
        for op_id, ack in history.acks.items()
        if ack.server_order is not None and op_id in places and places[op_id] != ack.server_order
    }


def _without_effect(history: History) -> dict[str, None]:
    """Acknowledged operations of exported groups that the log does not have."""
    logged = {line.op_id for lines in history.log.values() for line in lines}
    return {
        op_id: None
        for op_id in history.acks
        if op_id not in logged
        and op_id in history.operations
        and history.operations[op_id].group in history.exported
    }


def _answered_both_ways(history: History) -> dict[str, None]:
    """Operations that did not happen and did; one that was refused may be asked for again and then be taken."""
    return {op_id: None for op_id in history.refusals if op_id in history.acks}


def _twice_in_entry(history: History, device: str | None) -> dict[str, None]:
    """Operations that an answer about an entry holds twice, by what they carry (a digest is of one operation)."""
    by_digest = {op.digest: op_id for op_id, op in history.operations.items() if op.entry is not None}
    twice: dict[str, None] = {}
    for answers in history.views.values():
        for name, views in answers.items():
            if device not in (None, name):
                continue
            for view in views:
                seen: set[str] = set()
                for sibling in view.siblings:
                    if sibling.digest in seen:
                        twice[by_digest.get(sibling.digest, sibling.digest)] = None
                    seen.add(sibling.digest)
    return twice
