"""Runs of the plan, in virtual time."""

from __future__ import annotations

from functools import partial

from syncproof_products.bundled.core.actions import Observe
from syncproof_products.bundled.core.events import ConnectWanted, GroupSet
from syncproof_products.bundled.core.records import Op
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.simulation.device_node import DeviceNode
from syncproof_products.bundled.core.simulation.link import Conditions
from syncproof_products.bundled.core.simulation.simulation import Seen, Simulation
from syncproof_products.bundled.core.wire import BlobRef

ROOM = "room"


def message(author: str, number: int, blobs: tuple[BlobRef, ...] = ()) -> Op:
    """A message that carries its own op_id."""
    op_id = f"{author}-{number}"
    return Op(op_id, ROOM, "append", f'{{"op_id":"{op_id}"}}', blobs=blobs)


def room(
    simulation: Simulation, *names: str, conditions: Conditions | None = None, online: bool = True
) -> list[DeviceNode]:
    """Devices that are live in one room."""
    nodes = [simulation.add_device(name, conditions) for name in names]
    for node in nodes:
        node.tell(ConnectWanted())
    nodes[0].tell(GroupSet(0, ROOM, names))
    ready = simulation.scheduler.run_until(
        lambda: all(node.core.connection == "live" and node.core.groups for node in nodes), 60.0
    )
    assert ready or not online, [(node.name, node.core.connection) for node in nodes]
    return nodes


def sends(simulation: Simulation, node: DeviceNode, count: int, over_s: float, first: int = 1) -> list[str]:
    """Schedule so many messages at random times within `over_s` seconds, in their order. Returns their ids."""
    times = sorted(simulation.now + simulation.rng.random() * over_s for _ in range(count))
    ops = [message(node.name, number) for number in range(first, first + count)]
    for when, op in zip(times, ops, strict=True):
        simulation.scheduler.at(when, partial(node.submit, op))
    return [op.op_id for op in ops]


class Application:
    """Hands operations in, and after a crash again those that the device did not get to store."""

    def __init__(self, node: DeviceNode) -> None:
        self._node = node
        self._handed: list[Op] = []

    def hand_in(self, op: Op) -> None:
        """Hand an operation in, or as soon as the device runs again."""
        self._handed.append(op)
        self._node.submit(op)

    def restart(self) -> None:
        """Start the device again."""
        self._node.start()
        for op in self._handed:
            if op.op_id not in self._node.store.ops:
                self._node.submit(op)


def delivered(node: DeviceNode) -> list[str]:
    """The ids in a device's delivery log."""
    return [entry.event.draft.op_id for entry in node.store.deliveries]


def seen(simulation: Simulation, device: str, kind: str) -> list[dict[str, object]]:
    """What a device let see of one kind, with the time as `at`."""
    return [
        {**what.fields, "at": when}
        for when, name, _, what in simulation.history
        if name == device and isinstance(what, Observe) and what.type == kind
    ]


def run_quiet(simulation: Simulation, within_s: float, expected: int) -> bool:
    """Run until everyone has so many events and nothing is pending, and on for a while: what is doubled shows."""

    def quiet() -> bool:
        return len(simulation.relay.store.log(ROOM)) >= expected and all(
            node.running
            and node.core.connection == "live"
            and not any(node.core.pending().values())
            and len(node.store.deliveries) >= len(simulation.relay.store.log(ROOM))
            for node in simulation.devices.values()
        )

    reached = simulation.scheduler.run_until(quiet, simulation.now + within_s)
    simulation.scheduler.run(simulation.now + 6.0)
    return reached


def interruption(
    seed: int, cut_after: int = 20, count: int = 50, settings: Settings | None = None
) -> tuple[Simulation, list[str]]:
    """L-1.1: Alice sends `count` messages; Bob's network is cut when he has `cut_after`, and back after 10 s."""
    simulation = Simulation(seed, settings)
    alice, bob = room(simulation, "alice", "bob")
    cut: list[float] = []

    def watch(device: str, what: Seen) -> None:
        if (
            not cut
            and device == "bob"
            and isinstance(what, Observe)
            and what.type == "deliver"
            and len(bob.store.deliveries) >= cut_after
        ):
            cut_bob()

    def cut_bob() -> None:
        cut.append(simulation.now)
        bob.link.cut()
        simulation.scheduler.after(10.0, bob.link.restore)

    simulation.listeners.append(watch)
    if cut_after == 0:
        cut_bob()
    sent = sends(simulation, alice, count, over_s=0.25)
    deadline = simulation.now + 42.0

    def received() -> bool:
        return len(bob.store.deliveries) >= count and bool(cut) and simulation.now > cut[0] + 10.0

    simulation.scheduler.run_until(lambda: received() and bob.core.connection == "live", deadline)
    # On until everything is quiet: the marker is told to the relay, and nothing comes a second time.
    simulation.scheduler.run(simulation.now + 3.0)
    assert cut, "Bob's network was never cut: the run shows nothing"
    return simulation, sent
