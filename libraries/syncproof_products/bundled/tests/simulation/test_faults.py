"""Random faults at random times: cuts, black holes, lost answers, crashes of devices and of the relay."""

from __future__ import annotations

from functools import partial

import pytest

from syncproof_products.bundled.core.relay.limits import Limits
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.simulation.device_node import DeviceNode
from syncproof_products.bundled.core.simulation.link import Conditions
from syncproof_products.bundled.core.simulation.simulation import Simulation
from syncproof_products.bundled.tests.simulation.judging import problems
from syncproof_products.bundled.tests.simulation.stories import (
    ROOM,
    Application,
    delivered,
    message,
    room,
    run_quiet,
    seen,
    sends,
)

KINDS = ["cut", "swallow", "lose", "repeat", "crash", "relay"]
OVER_S = 30.0


def schedule_fault(simulation: Simulation, kind: str, node: DeviceNode, application: Application) -> None:
    """One fault of up to six seconds, somewhere in the run."""
    scheduler = simulation.scheduler
    begin = simulation.now + simulation.rng.random() * OVER_S
    end = begin + simulation.rng.random() * 6.0
    match kind:
        case "cut":
            scheduler.at(begin, node.link.cut)
            scheduler.at(end, node.link.restore)
        case "swallow":
            scheduler.at(begin, node.link.swallow)
            scheduler.at(end, node.link.restore)
        case "lose":
            scheduler.at(begin, partial(setattr, node.link.conditions, "lost_answers", 0.5))
            scheduler.at(end, partial(setattr, node.link.conditions, "lost_answers", 0.0))
        case "repeat":
            scheduler.at(begin, partial(setattr, node.link.conditions, "repeated_frames", 0.5))
            scheduler.at(end, partial(setattr, node.link.conditions, "repeated_frames", 0.0))
        case "crash":
            scheduler.at(begin, node.crash)
            scheduler.at(end, application.restart)
        case "relay":
            scheduler.at(begin, simulation.crash_relay)
            scheduler.at(begin + 0.3, simulation.relay.start)


def troubled_run(seed: int, kinds: list[str], faults: int) -> tuple[Simulation, list[str], bool]:
    """Three devices send 20 messages each over 30 s, while so many faults of these kinds hit them."""
    simulation = Simulation(seed, Settings(page_events=7, hold_limit=10, push_batch=5), Limits(page_events=5))
    nodes = room(simulation, "alice", "bob", "carol")
    applications = {node.name: Application(node) for node in nodes}
    sent = []
    for node in nodes:
        for number in range(1, 21):
            op = message(node.name, number)
            sent.append(op.op_id)
            when = simulation.now + OVER_S * (number - simulation.rng.random()) / 20
            simulation.scheduler.at(when, partial(applications[node.name].hand_in, op))
    for _ in range(faults):
        node = simulation.rng.choice(nodes)
        schedule_fault(simulation, simulation.rng.choice(kinds), node, applications[node.name])
    simulation.scheduler.run(simulation.now + OVER_S + 6.5)
    for node in nodes:
        node.link.restore()
        node.link.conditions = Conditions()
        if not node.running:
            applications[node.name].restart()
    return simulation, sent, run_quiet(simulation, 60.0, len(sent))


@pytest.mark.parametrize("kind", [*KINDS, "all"])
def test_whatever_happens_all_get_everything_once_in_one_order(kind: str) -> None:
    for seed in range(12):
        simulation, sent, quiet = troubled_run(seed, KINDS if kind == "all" else [kind], faults=6)
        pending = {node.name: node.core.pending() for node in simulation.devices.values()}
        assert problems(simulation, ROOM, sent) == [], seed
        assert quiet, (seed, pending)


def test_every_device_hands_on_its_messages_in_their_order() -> None:
    simulation, _, _ = troubled_run(99, KINDS, faults=8)
    log = delivered(simulation.devices["carol"])
    for name in simulation.devices:
        own = [op_id for op_id in log if op_id.startswith(name)]
        assert own == [f"{name}-{number}" for number in range(1, 21)]


def test_a_lost_answer_makes_no_duplicate() -> None:
    simulation = Simulation(5)
    alice, bob = room(simulation, "alice", "bob")
    alice.link.conditions = Conditions(lost_answers=0.6)
    sent = sends(simulation, alice, 30, over_s=3.0)
    assert simulation.scheduler.run_until(lambda: len(bob.store.deliveries) == 30, 60.0)
    alice.link.conditions = Conditions()
    assert run_quiet(simulation, 30.0, len(sent))
    assert problems(simulation, ROOM, sent) == []
    failed = [a for a in seen(simulation, "alice", "attempt") if a["outcome"] == "failed"]
    assert any(attempt["what"] == "push" for attempt in failed), "no answer of a push was lost: nothing shown"


def test_a_relay_that_forgets_what_it_did_not_commit_gets_it_again() -> None:
    simulation = Simulation(11)
    alice, bob = room(simulation, "alice", "bob")
    sent = sends(simulation, alice, 40, over_s=2.0)
    for step in range(4):
        simulation.scheduler.at(simulation.now + 0.4 * (step + 1), simulation.crash_relay)
        simulation.scheduler.at(simulation.now + 0.4 * (step + 1) + 0.1, simulation.relay.start)
    assert simulation.scheduler.run_until(lambda: len(bob.store.deliveries) == 40, 60.0)
    assert run_quiet(simulation, 30.0, len(sent))
    assert problems(simulation, ROOM, sent) == []


def test_two_runs_of_trouble_are_the_same_run() -> None:
    assert troubled_run(3, KINDS, 8)[0].digest() == troubled_run(3, KINDS, 8)[0].digest()
