"""What must hold of a simulated run: judged by what was committed, never by what a core says of itself."""

from __future__ import annotations

from collections.abc import Iterable

from syncproof_products.bundled.core.actions import Accepted, Observe
from syncproof_products.bundled.core.records import CursorMoved, Delivered, MarkerMoved, OpAcked, OpStored
from syncproof_products.bundled.core.simulation.device_node import DeviceNode
from syncproof_products.bundled.core.simulation.simulation import Simulation


def problems(simulation: Simulation, room: str, sent: Iterable[str]) -> list[str]:
    """Everything that is wrong at the end of a run in which these operations were handed in, in this order."""
    sent = list(sent)
    log = [event.draft.op_id for event in simulation.relay.store.log(room)]
    found = []
    if sorted(log) != sorted(sent):
        found.append(f"relay: expected {len(sent)} events, once each; seen {len(log)}")
    for node in simulation.devices.values():
        found += [f"{node.name}: {problem}" for problem in device_problems(node, room, log)]
    return found + ack_problems(simulation)


def device_problems(node: DeviceNode, room: str, log: list[str]) -> list[str]:
    """What is wrong with a device's delivery log and markers, given the relay's log."""
    delivered = [d.event.draft.op_id for d in node.store.deliveries if d.group == room]
    found = []
    if len(set(delivered)) != len(delivered):
        found.append(f"{len(delivered) - len(set(delivered))} duplicates")
    missing = [op_id for op_id in log if op_id not in delivered]
    if missing:
        found.append(f"{len(missing)} missing, {missing[0]} first")
    if delivered != log and not found:
        found.append("not in the order of the relay's log")
    return found + marker_problems(node)


def marker_problems(node: DeviceNode) -> list[str]:
    """Every move of a marker against what was delivered when it was committed."""
    delivered: dict[str, int] = {}
    count = 0
    markers: dict[tuple[str, str], int] = {}
    found = []
    for changes in node.store.commits:
        for change in changes:
            if isinstance(change, Delivered):
                count = change.n
                delivered.setdefault(change.group, 0)
                # The position up to which nothing is missing: an event that leaves a gap does not move it.
                if change.event.seq == delivered[change.group] + 1:
                    delivered[change.group] += 1
        for change in changes:
            if isinstance(change, MarkerMoved):
                before = markers.get((change.group, change.scope), 0)
                markers[(change.group, change.scope)] = change.seq
                if change.seq < before:
                    found.append(f"{change.scope} marker went back from {before} to {change.seq}")
                if change.seq > delivered.get(change.group, 0) or change.n > count:
                    found.append(f"{change.scope} marker at {change.seq} passes what was delivered")
                if change.scope == "remote" and change.seq > markers.get((change.group, "local"), 0):
                    found.append(f"remote marker at {change.seq} passes the local one")
            elif isinstance(change, CursorMoved) and change.seq > delivered.get(change.group, 0):
                found.append(f"cursor at {change.seq} passes what was delivered")
    return found


def ack_problems(simulation: Simulation) -> list[str]:
    """Whether everything that was said to be durable was, at the time when it was said."""
    places = {event.draft.op_id: event.seq for event in simulation.relay.store.log("room")}
    found = []
    for node in simulation.devices.values():
        accepted: dict[str, None] = {}
        acked: dict[str, int] = {}
        deliveries = commits = 0
        for _, device, seen_commits, seen in simulation.history:
            if device != node.name:
                continue
            for change in [c for batch in node.store.commits[commits:seen_commits] for c in batch]:
                if isinstance(change, OpStored):
                    accepted[change.op.op_id] = None
                elif isinstance(change, OpAcked):
                    acked[change.op_id] = change.seq
                elif isinstance(change, Delivered):
                    deliveries = change.n
            commits = seen_commits
            if isinstance(seen, Accepted) and seen.op_id is not None and seen.op_id not in accepted:
                found.append(f"{device}: {seen.op_id} was accepted and is not stored")
            if not isinstance(seen, Observe):
                continue
            fields = seen.fields
            if seen.type == "ack" and acked.get(str(fields["op_id"])) != fields["server_order"]:
                found.append(f"{device}: the ack of {fields['op_id']} was seen and is not stored")
            if seen.type == "deliver" and int(str(fields["n"])) > deliveries:
                found.append(f"{device}: delivery {fields['n']} was seen and is not stored")
        for op_id, seq in acked.items():
            if places.get(op_id) != seq:
                found.append(f"{node.name}: {op_id} was acked and is not in its place")
    return found
