"""L-3.1 to L-3.3, L-4 and L-5.2 in virtual time: what devices agree on, and what they wait for."""

from __future__ import annotations

from functools import partial

import pytest

from syncproof_products.bundled.core.conflict import visible, winner
from syncproof_products.bundled.core.records import Op
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.simulation.device_node import DeviceNode
from syncproof_products.bundled.core.simulation.link import Conditions
from syncproof_products.bundled.core.simulation.simulation import Simulation
from syncproof_products.bundled.core.wire import BlobRef
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
from syncproof_synckit.vector_clock import Order, compare, dominates


def put(author: str, number: int, text: str, kind: str = "put", base: tuple[str, ...] = ()) -> Op:
    op_id = f"{author}-{number}"
    return Op(op_id, ROOM, kind, f'{{"op_id":"{op_id}","text":"{text}"}}', "e", base)


def entry(node: DeviceNode) -> tuple[list[str], str | None]:
    """The versions that a person would see, and the one that wins."""
    [state] = [known for known in node.store.snapshot().entries if known.entry == "e"]
    chosen = winner(state.siblings)
    return [sibling.version for sibling in visible(state.siblings)], chosen.version if chosen else None


def edited_apart(seed: int, alices: Op, bobs: Op) -> tuple[Simulation, DeviceNode, DeviceNode]:
    """Both have version 1; then both edit it without a network; then both sync."""
    simulation = Simulation(seed)
    alice, bob = room(simulation, "alice", "bob")
    alice.submit(put("alice", 1, "first"))
    assert run_quiet(simulation, 10.0, 1)
    for node, op in ((alice, alices), (bob, bobs)):
        node.link.cut()
        node.submit(op)
    simulation.scheduler.run(simulation.now + 2.0)
    for node in (alice, bob):
        node.link.restore()
    assert run_quiet(simulation, 30.0, 3)
    return simulation, alice, bob


@pytest.mark.parametrize("seed", range(5))
def test_edits_of_one_entry_at_the_same_time_are_both_kept_everywhere(seed: int) -> None:
    simulation, alice, bob = edited_apart(
        seed, put("alice", 2, "hers", base=("1",)), put("bob", 1, "his", base=("1",))
    )
    assert entry(alice) == entry(bob) == (["2", "3"], "3")
    for node in (alice, bob):
        assert node.core.metrics()["conflictsCreated"] == 1
        [conflict] = seen(simulation, node.name, "conflict")
        assert conflict["versions"] == ("2", "3")
    first, second = (d.event.draft.clock for d in alice.store.deliveries[1:])
    assert compare(first, second) is Order.CONCURRENT
    alice.submit(put("alice", 3, "both", "resolve", base=("2", "3")))
    assert run_quiet(simulation, 10.0, 4)
    assert entry(alice) == entry(bob) == (["4"], "4")
    resolved = bob.store.deliveries[-1].event.draft.clock
    assert dominates(resolved, first)
    assert dominates(resolved, second)


@pytest.mark.parametrize(
    ("hers", "his", "visible_text"),
    [
        (put("alice", 2, "same", base=("1",)), put("bob", 1, "same", base=("1",)), "same"),
        (put("alice", 2, "", "delete", base=("1",)), put("bob", 1, "edit", base=("1",)), "edit"),
        (put("alice", 2, "edit", base=("1",)), put("bob", 1, "", "delete", base=("1",)), "edit"),
    ],
)
def test_same_content_is_no_conflict_and_an_edit_outlives_a_deletion(
    hers: Op, his: Op, visible_text: str
) -> None:
    _, alice, bob = edited_apart(1, hers, his)
    versions, chosen = entry(alice)
    assert entry(bob) == (versions, chosen)
    assert versions == [chosen]
    body = next(d.event.draft.body for d in bob.store.deliveries if str(d.event.seq) == chosen)
    assert f'"text":"{visible_text}"' in body
    assert alice.core.metrics()["conflictsCreated"] == bob.core.metrics()["conflictsCreated"] == 0


def test_rapid_edits_end_at_the_last_with_every_version_in_the_log() -> None:
    simulation = Simulation(2)
    alice, bob = room(simulation, "alice", "bob")
    bob.link.cut()
    for number in range(1, 6):
        alice.submit(put("alice", number, f"v{number}"))
    simulation.scheduler.run(simulation.now + 3.0)
    bob.link.restore()
    assert run_quiet(simulation, 30.0, 5)
    assert entry(bob) == entry(alice) == (["5"], "5")
    assert delivered(bob) == [f"alice-{number}" for number in range(1, 6)]
    assert bob.store.deliveries[-1].event.draft.clock == {"alice": 5}
    assert bob.core.metrics()["conflictsCreated"] == 0


def test_three_devices_on_three_networks_agree() -> None:
    simulation = Simulation(8)
    nodes = room(simulation, "alice", "bob", "carol")
    nodes[1].link.conditions = Conditions(latency_s=0.2, jitter_s=0.2)
    for second in range(2, 20, 4):
        simulation.scheduler.at(simulation.now + second, nodes[2].link.cut)
        simulation.scheduler.at(simulation.now + second + 2, nodes[2].link.restore)
    sent = [op_id for node in nodes for op_id in sends(simulation, node, 20, over_s=20.0)]
    assert run_quiet(simulation, 60.0, 60)
    assert problems(simulation, ROOM, sent) == []
    assert delivered(nodes[0]) == delivered(nodes[1]) == delivered(nodes[2])
    assert len(delivered(nodes[0])) == 60


@pytest.mark.parametrize("seed", range(4))
def test_every_event_gets_its_attachment_however_the_link_is(seed: int) -> None:
    simulation = Simulation(seed)
    alice, bob = room(simulation, "alice", "bob")
    application = Application(alice)
    sent = []
    for number in range(1, 21):
        picture = BlobRef(f"{number:064x}", 10, f"{number}.png")
        op = message("alice", number, (picture,))
        sent.append(op.op_id)
        simulation.scheduler.at(simulation.now + number / 4, partial(application.hand_in, op))
    for node in (alice, bob):
        begin = simulation.now + simulation.rng.random() * 4
        simulation.scheduler.at(begin, node.link.cut)
        simulation.scheduler.at(begin + 2, node.link.restore)
    simulation.scheduler.at(simulation.now + 3, bob.crash)
    simulation.scheduler.at(simulation.now + 4, bob.start)
    assert run_quiet(simulation, 60.0, 20)
    assert problems(simulation, ROOM, sent) == []
    assert bob.store.snapshot().awaiting == ()
    assert bob.core.metrics()["pendingJsonPaths"] == 0
    assert len(simulation.relay.blobs) == 20


@pytest.mark.parametrize("who", ["relay", "alice"])
def test_an_upload_in_parts_outlasts_a_crash_at_any_moment(who: str) -> None:
    film = BlobRef("f" * 64, 5 * Settings().part_bytes + 1, "film.mp4")
    held = set()
    for moment in range(1, 40):
        simulation = Simulation(moment)
        alice, bob = room(simulation, "alice", "bob", conditions=Conditions(latency_s=0.05))
        alice.submit(message("alice", 1, (film,)))
        at = simulation.now + moment / 40
        crash, start = (
            (simulation.crash_relay, simulation.relay.start) if who == "relay" else (alice.crash, alice.start)
        )
        simulation.scheduler.at(at, crash)
        simulation.scheduler.at(at + 1, start)
        assert run_quiet(simulation, 60.0, 1), moment
        assert delivered(bob) == ["alice-1"]
        steps = [step for step in seen(simulation, "alice", "blob") if float(str(step["at"])) > at + 1]
        held |= {str(step["offset"]) for step in steps[1:2]}
    assert len(held) > 4, "it went on from wherever it was"


def test_an_attachment_that_the_relay_does_not_have_is_waited_for() -> None:
    simulation = Simulation(3)
    alice, bob = room(simulation, "alice", "bob")
    picture = BlobRef("a" * 64, 10, "picture.png")
    alice.submit(message("alice", 1, (picture,)))
    assert simulation.scheduler.run_until(lambda: picture.digest in simulation.relay.blobs, 30.0)
    del simulation.relay.blobs[picture.digest]
    alice.submit(message("alice", 2))
    simulation.scheduler.run(simulation.now + 20.0)
    assert delivered(bob) == ["alice-1", "alice-2"], "what is behind it is not held up"
    assert bob.core.metrics()["pendingJsonPaths"] == 1
    delays = [float(str(r["delay_ms"])) for r in seen(simulation, "bob", "retry") if r["what"] == "download"]
    assert len(delays) >= 4
    assert delays[3] > delays[0] * 2, "the backoff grows"
    simulation.relay.blobs[picture.digest] = None
    assert run_quiet(simulation, 30.0, 2)
    assert bob.core.metrics()["pendingJsonPaths"] == 0


def test_a_dead_network_opens_the_breaker_and_a_live_one_closes_it() -> None:
    simulation = Simulation(5)
    alice, bob = room(simulation, "alice", "bob")
    sent = sends(simulation, alice, 20, over_s=5.0)
    simulation.scheduler.run(simulation.now + 6.0)
    alice.submit(message("alice", 21))
    sent.append("alice-21")
    alice.link.cut()
    assert simulation.scheduler.run_until(lambda: alice.core.breaker == "open", simulation.now + 600.0)
    opened = simulation.now
    attempts = [a for a in seen(simulation, "alice", "attempt") if a["outcome"] == "failed"]
    assert len(attempts) == 50
    alice.link.restore()
    assert run_quiet(simulation, 60.0, 21)
    assert problems(simulation, ROOM, sent) == []
    states = [(float(str(b["at"])), b["state"]) for b in seen(simulation, "alice", "breaker")]
    assert [state for _, state in states] == ["open", "half_open", "closed"]
    assert states[1][0] >= opened + 10.0
    later = [
        float(str(a["at"])) for a in seen(simulation, "alice", "attempt") if float(str(a["at"])) > opened
    ]
    assert min(later) >= opened + 10.0, "nothing is tried while it is open"
    assert alice.core.metrics()["circuitOpens"] == 1
    assert len(delivered(bob)) == 21


@pytest.mark.parametrize("seed", range(10))
def test_edits_at_any_pace_end_at_the_last_and_leave_no_sibling(seed: int) -> None:
    """Some are written when the relay has the one before and the log has not: it comes by another connection."""
    simulation = Simulation(seed)
    alice, bob = room(simulation, "alice", "bob")
    alice.link.conditions = Conditions(latency_s=0.2, jitter_s=0.2)
    for number in range(1, 31):
        at = simulation.now + simulation.rng.random() * 10
        simulation.scheduler.at(at, partial(alice.submit, put("alice", number, f"v{number}")))
    assert run_quiet(simulation, 60.0, 30)
    clocks = [d.event.draft.clock["alice"] for d in bob.store.deliveries]
    assert clocks == list(range(1, 31)), "every version has a count of its own"
    assert entry(alice) == entry(bob) == (["30"], "30")
    assert alice.core.metrics()["conflictsCreated"] == bob.core.metrics()["conflictsCreated"] == 0
