"""L-2.1 to L-2.3: standby, a large backlog, and a marker that passes every event."""

from __future__ import annotations

import pytest

from syncproof_products.bundled.core.events import DisconnectWanted
from syncproof_products.bundled.core.relay.limits import Limits
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.simulation.device_node import DeviceNode
from syncproof_products.bundled.core.simulation.simulation import Simulation
from syncproof_products.bundled.tests.simulation.judging import (
    marker_problems,
    problems,
)
from syncproof_products.bundled.tests.simulation.stories import (
    ROOM,
    delivered,
    message,
    room,
    run_quiet,
    seen,
    sends,
)


def sleep(node: DeviceNode, seconds: float, simulation: Simulation) -> None:
    """Standby: the device does not run, and its connections lie there; then it goes on where it was."""
    node.suspend()
    simulation.scheduler.after(seconds, node.resume)


@pytest.mark.parametrize("seed", range(5))
def test_a_device_that_wakes_catches_up_before_its_marker_moves(seed: int) -> None:
    simulation = Simulation(seed)
    alice, bob = room(simulation, "alice", "bob")
    sent = sends(simulation, alice, 50, over_s=1.0)
    assert simulation.scheduler.run_until(lambda: len(bob.store.deliveries) == 50, 30.0)
    simulation.scheduler.run(simulation.now + 3.0)
    sleep(bob, 40.0, simulation)
    sent += sends(simulation, alice, 50, over_s=5.0, first=51)
    assert run_quiet(simulation, 90.0, len(sent))
    assert problems(simulation, ROOM, sent) == []

    [wake] = seen(simulation, "bob", "wake")
    assert float(str(wake["gap_ms"])) > 30_000
    ended = [step for step in seen(simulation, "bob", "catchup") if step["state"] == "ended"]
    [after_wake] = [step for step in ended if step["reason"] == "wake"]
    moves = [m for m in seen(simulation, "bob", "marker") if m["scope"] == "local"]
    later = [move for move in moves if float(str(move["at"])) > float(str(wake["at"]))]
    assert later
    assert all(float(str(move["at"])) >= float(str(after_wake["at"])) for move in later)
    assert bob.core.metrics()["wakeCatchUps"] == 1


def test_a_short_pause_is_no_standby() -> None:
    simulation = Simulation(1)
    alice, bob = room(simulation, "alice", "bob")
    sleep(bob, 20.0, simulation)
    sent = sends(simulation, alice, 5, over_s=5.0)
    assert run_quiet(simulation, 90.0, len(sent))
    assert problems(simulation, ROOM, sent) == []
    assert seen(simulation, "bob", "wake") == []


def test_a_large_backlog_comes_in_pages() -> None:
    simulation = Simulation(3, Settings(page_events=100, max_lookback=300), Limits(page_events=80))
    alice, bob = room(simulation, "alice", "bob")
    bob.tell(DisconnectWanted())
    sent = sends(simulation, alice, 1200, over_s=20.0)
    assert simulation.scheduler.run_until(lambda: len(alice.store.deliveries) == 1200, 60.0)
    assert bob.core.connection == "offline"
    bob.connect()
    assert run_quiet(simulation, 60.0, len(sent))
    assert problems(simulation, ROOM, sent) == []
    pages = [step for step in seen(simulation, "bob", "catchup") if step["state"] == "page"]
    assert len(pages) == bob.core.metrics()["catchupBatches"] >= 1200 / 80
    assert max(len(batch) for batch in bob.store.commits) <= 80 + 2, "a commit holds one page"
    paths = [entry.path for entry in bob.store.deliveries]
    assert paths == ["backfill"] * 900 + ["catchup"] * 300


@pytest.mark.parametrize("seed", range(10))
def test_a_live_event_far_ahead_waits_for_those_before_it(seed: int) -> None:
    simulation = Simulation(seed, Settings(page_events=20))
    alice, bob = room(simulation, "alice", "bob")
    sent = sends(simulation, alice, 20, over_s=0.5)
    assert simulation.scheduler.run_until(lambda: len(bob.store.deliveries) == 20, 30.0)
    bob.tell(DisconnectWanted())
    sent += sends(simulation, alice, 100, over_s=2.0, first=21)
    assert simulation.scheduler.run_until(lambda: len(alice.store.deliveries) == 120, 30.0)
    bob.link.conditions.latency_s = 0.4
    bob.connect()
    op = message("alice", 121)
    sent.append(op.op_id)

    def started() -> bool:
        return any(step["state"] == "page" for step in seen(simulation, "bob", "catchup"))

    assert simulation.scheduler.run_until(started, simulation.now + 30.0)
    alice.submit(op)
    crashed = simulation.now + 1.0
    if seed % 2:
        simulation.scheduler.at(crashed, bob.crash)
        simulation.scheduler.at(crashed + 0.5, bob.start)
    assert run_quiet(simulation, 60.0, len(sent))
    assert problems(simulation, ROOM, sent) == []
    [held] = seen(simulation, "bob", "held")
    assert held["op_id"] == "alice-121"
    marker_then = [m for m in seen(simulation, "bob", "marker") if m["scope"] == "local"]
    assert [int(str(m["new"])) for m in marker_then] == sorted({int(str(m["new"])) for m in marker_then})


def test_what_does_not_fit_the_hold_is_read_from_the_log() -> None:
    simulation = Simulation(4, Settings(hold_limit=3, page_events=10))
    alice, bob = room(simulation, "alice", "bob")
    bob.tell(DisconnectWanted())
    sent = sends(simulation, alice, 60, over_s=1.0)
    assert simulation.scheduler.run_until(lambda: len(alice.store.deliveries) == 60, 30.0)
    bob.link.conditions.latency_s = 0.3
    bob.connect()
    sent += sends(simulation, alice, 40, over_s=3.0, first=61)
    assert run_quiet(simulation, 60.0, len(sent))
    assert problems(simulation, ROOM, sent) == []
    assert bob.core.metrics()["eventsHeldDropped"] > 0


def test_a_device_that_was_away_learns_of_its_rooms_by_itself() -> None:
    simulation = Simulation(6)
    alice, bob = room(simulation, "alice", "bob")
    sent = sends(simulation, alice, 10, over_s=1.0)
    simulation.scheduler.run(simulation.now + 5.0)
    bob.submit(message("bob", 1))
    simulation.scheduler.run(simulation.now + 5.0)
    # The same device with an empty storage: everything comes again, its own old operations too.
    bob.crash()
    bob.lose_storage()
    bob.start()
    bob.connect()
    assert run_quiet(simulation, 30.0, 11)
    assert delivered(bob) == delivered(alice) == [*sent, "bob-1"]
    assert marker_problems(bob) == []
