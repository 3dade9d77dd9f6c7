"""A product of more than one server: two instances in front of one store, each with a link of its own to it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from tests.contract.kernel.conftest import Begin, Scenario, histories
from tests.meta.child_run import ROOT

from syncproof.evidence.records import Fault
from syncproof.kernel.setting import Settings
from syncproof.kernel.trouble import InvalidScenario
from syncproof.systems.declared import SLACK, SYSTEM, TIME_SCALE
from syncproof.systems.test_bed import TestBed as Bed

PRODUCT = ROOT / "tests" / "products" / "two_servers"
LINK = "the link between the relay 2 and the store"


@pytest.fixture(scope="module")
def two_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    settings = Settings({SYSTEM: str(PRODUCT), TIME_SCALE: 0.1, SLACK: 15.0})
    with contextlib.closing(Bed(settings, histories(tmp_path_factory.mktemp("history")))) as opened:
        yield opened


@pytest.fixture
def scenario(begin: Begin, two_servers: Bed) -> Scenario:
    begun = begin(two_servers)
    begun.tell("Alice, Bob and Carol are syncing")
    return begun


def test_devices_are_spread_over_the_instances_and_sync_through_the_store(scenario: Scenario) -> None:
    topology = scenario.world.topology
    assert list(topology.servers) == ["store", "relay-1", "relay-2"]
    assert {name: node.link.leads_to for name, node in topology.nodes.items()} == {
        "Alice": "relay-1",
        "Bob": "relay-2",
        "Carol": "relay-1",
    }
    scenario.tell("Alice sends 5 messages", "Bob should receive all 5 messages within 20 seconds")
    assert scenario.end() == ""


def test_a_link_between_servers_is_cut_by_its_ends(scenario: Scenario) -> None:
    world = scenario.world
    scenario.tell(
        "Alice sends 20 messages",
        f"{LINK} is cut after Bob has received 8 messages",
        "Carol should receive all 20 messages within 20 seconds",
    )
    assert world.operations.received("Bob") == 8, "Bob's instance is cut off, and only his"
    scenario.tell(
        f"{LINK} is restored after 1 second",
        "Bob should receive all 20 messages within 20 seconds",
        "Bob should have no duplicates",
    )
    assert scenario.end() == ""
    seen = world.history.of(Fault)
    assert {(line.kind, line.target) for line in seen} == {("cut", ("relay-2 to store",))}
    assert {line.relevant_to for line in seen} == {("Alice", "Bob", "Carol")}
    assert any(line.effective and "relay-2 to store: a connection was" in line.proof for line in seen)


def test_a_link_between_servers_is_slow(scenario: Scenario) -> None:
    scenario.tell(
        f"the latency of {LINK} is set to 5 seconds",
        "Alice sends 5 messages",
        "Carol should receive all 5 messages within 20 seconds",
    )
    assert scenario.world.operations.received("Bob") == 0, "what comes to Bob's instance is late"
    scenario.tell("Bob should receive all 5 messages within 60 seconds")
    assert scenario.end() == ""
    (proof,) = {line.proof for line in scenario.world.history.of(Fault) if line.effective}
    assert proof.startswith("relay-2 to store: a round trip took 5")


def test_the_link_of_a_device_is_named_by_its_ends_too(scenario: Scenario) -> None:
    scenario.tell(
        "Alice sends 20 messages",
        "the link between Bob and the relay is cut after Bob has received 8 messages",
        "Bob's network is restored after 1 second",
        "Bob should receive all 20 messages within 20 seconds",
    )
    assert scenario.end() == ""
    assert {line.target for line in scenario.world.history.of(Fault)} == {("Bob",)}


def test_all_links_are_cut_at_once(scenario: Scenario) -> None:
    scenario.tell(
        "Alice sends 20 messages",
        "all links are cut after Bob has received 8 messages",
        "all links are restored after 2 seconds",
        "Bob should receive all 20 messages within 20 seconds",
    )
    assert scenario.end() == ""
    everyone = ("Alice", "Bob", "Carol", "relay-1 to store", "relay-2 to store")
    assert {line.target for line in scenario.world.history.of(Fault)} == {everyone}


def test_a_store_that_is_killed_comes_back_behind_every_link(scenario: Scenario) -> None:
    scenario.tell(
        "Alice sends 20 messages",
        "the store is killed after Bob has received 8 messages",
        "the store is restarted after 5 seconds",
        "Bob should receive all 20 messages within 20 seconds",
    )
    assert scenario.end() == ""
    assert {line.target for line in scenario.world.history.of(Fault)} == {("store",)}


def test_one_instance_is_paused_and_restarted(scenario: Scenario) -> None:
    world = scenario.world
    scenario.tell(
        "Alice sends 20 messages",
        "the relay 2 is paused after Bob has received 8 messages",
        "Carol should receive all 20 messages within 20 seconds",
    )
    assert world.operations.received("Bob") == 8
    scenario.tell(
        "the relay 2 is resumed after 1 second",
        "Bob should receive all 20 messages within 20 seconds",
        "Alice sends 20 messages",
        "the relay 1 is killed after Bob has received 24 messages",
        "the relay 1 is restarted after 1 second",
        "Bob should receive all 40 messages within 20 seconds",
    )
    assert scenario.end() == ""


def test_a_link_that_only_the_run_can_tell_is_named_with_those_that_are_there(scenario: Scenario) -> None:
    """Which instance a device gets is decided when it is started."""
    with pytest.raises(InvalidScenario) as wrong:
        scenario.tell("the link between Bob and the relay 1 is cut")
    assert str(wrong.value) == (
        "There is no link between Bob and the relay 1 here. Links here: Alice to relay-1; Bob to relay-2; "
        "Carol to relay-1; relay-1 to store; relay-2 to store."
    )
    with pytest.raises(InvalidScenario, match="There is no node 'the stoer' in two-servers"):
        scenario.tell("the stoer is killed")


def test_a_server_that_ends_by_itself_fails_the_test_by_its_name(
    scenario: Scenario, two_servers: Bed
) -> None:
    world = scenario.world
    world.topology.server_named("relay-2").server.process.kill()
    with pytest.raises(AssertionError, match="The relay-2's process ended by itself"):
        world.wait_for(lambda: False, 30)
    two_servers.close_suite()
