"""A device's cursor only ever moved forward, and past nothing: it delivered the server's log, entry by entry.

Positions are those of the server's own log. They rise in each delivery log, whichever process wrote it, and none is
left out before the last one; what no device can read is quarantined and not missed.

Source: plan Z-7.3.1, "cursor tracking remains consistent after reconnection".
"""

from __future__ import annotations

from itertools import pairwise

from syncproof.evidence.checkers.verdict import Verdict, count, judge, named, nothing_to_judge, unread
from syncproof.evidence.history import History


def cursor(history: History, *, device: str) -> Verdict:
    """A device's cursor never went back and never passed an event of the server's log that the device has not got."""
    log = history.devices.get(device)
    faults: list[str] = []
    witness: list[str] = []
    held = 0
    for group in history.exported:
        lines = sorted(history.log.get(group, ()), key=lambda line: line.server_order)
        places = {line.op_id: place for place, line in enumerate(lines, 1)}
        if log is None or not places or device not in history.members.get(group, {}):
            continue
        for entries in log.by_incarnation.values():
            moves = [(places[entry.op_id], entry.op_id) for entry in entries if entry.op_id in places]
            back = [op_id for (before, _), (after, op_id) in pairwise(moves) if after <= before]
            witness += back
            faults += [
                f"{device}'s cursor went back: it delivered {named(history, back)} behind a later event"
            ] * bool(back)
        have = {entry.op_id for entry in log.latest if entry.op_id in places}
        have |= history.quarantined.get(device, {}).keys() & places.keys()
        held += len(have)
        last = max((places[op_id] for op_id in have), default=0)
        passed = [op_id for op_id, place in places.items() if op_id not in have and place < last]
        if passed:
            witness += passed
            faults.append(
                f"{device}'s cursor passed {count(len(passed), 'event')} that it has not got: {named(history, passed)}"
            )
    if not held:
        return nothing_to_judge("cursor", f"{device} has nothing of a log of the server that was read")
    why = unread(history, device)
    return judge(
        "cursor", faults, witness, f"{device} went through {count(held, 'event')}", [why] if why else []
    )


LIVENESS = {"cursor": cursor}
