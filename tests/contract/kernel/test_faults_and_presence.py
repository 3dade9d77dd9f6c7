"""What the world makes of faults that end late, beside each other, or with their test."""

from __future__ import annotations

import pytest
from tests.contract.kernel.conftest import Scenario

from syncproof.faults.program import Killed, Suspended
from syncproof.kernel.trouble import InvalidScenario


def presence(scenario: Scenario, name: str) -> str:
    return scenario.world.node(name).presence


def test_a_flap_goes_on_to_its_end_though_the_last_sentence_holds_before(scenario: Scenario) -> None:
    scenario.tell(
        "Alice and Bob are syncing",
        "Alice sends 40 messages over 40 seconds",
        "Bob's connection flaps every 5 seconds",
        "Bob should have scheduled retries",
    )
    assert scenario.end() == ""
    assert len(scenario.world.history.delivered("Bob")) == 40


def test_a_fault_that_nobody_ends_ends_with_its_test_and_its_device_is_asked_again(
    scenario: Scenario,
) -> None:
    scenario.tell(
        "Alice and Bob are syncing",
        "Bob's process is suspended",
        "Alice sends 20 messages",
        "Alice should be syncing again within 10 seconds",
    )
    assert presence(scenario, "Bob") == "silent"
    assert scenario.end() == ""
    assert presence(scenario, "Bob") == "online"
    assert len(scenario.world.history.delivered("Bob")) == 20


def test_the_end_of_another_fault_wakes_no_suspended_device(scenario: Scenario) -> None:
    scenario.tell(
        "Alice and Bob are syncing",
        "Alice sends 5 messages",
        "Bob should receive all 5 messages within 20 seconds",
        "Bob falls asleep",
        "Alice sends 5 messages",
        "Bob's process is suspended",
        "the relay is killed after Alice has received 0 messages",
        "the relay is restarted after 1 second",
    )
    world = scenario.world
    assert world.wait_for(lambda: not world.faults.is_on(Killed, "relay") and not world.faults.healing, 30)
    assert presence(scenario, "Bob") == "silent"
    assert world.topology.pending().keys() == {"Alice"}
    world.read_evidence()  # nobody waits for Bob
    scenario.tell("Bob's process is resumed after 2 seconds")
    assert world.wait_for(lambda: not world.faults.is_on(Suspended, "Bob"), 30)
    assert presence(scenario, "Bob") == "asleep"
    scenario.tell("Bob wakes up 1 second later")
    assert scenario.end() == ""


def test_who_was_killed_in_his_sleep_is_awake_when_he_starts_again(scenario: Scenario) -> None:
    scenario.tell(
        "Alice and Bob are syncing",
        "Bob falls asleep",
        "Alice sends 5 messages",
        "Bob is killed",
        "Bob starts again after 1 second",
        "Bob should receive all 5 messages within 30 seconds",
    )
    assert presence(scenario, "Bob") == "online"
    assert scenario.end() == ""


def test_a_relay_is_not_killed_behind_somebody_who_swaps_keys(scenario: Scenario) -> None:
    scenario.tell(
        "Alice and Bob are syncing",
        "a man in the middle swaps the keys of Alice and Bob",
    )
    with pytest.raises(InvalidScenario, match="while a man in the middle swaps the keys of Alice and Bob"):
        scenario.tell("the relay is killed after Bob has received 0 messages")


def test_nobody_gets_between_devices_and_a_dead_relay(scenario: Scenario) -> None:
    scenario.tell(
        "Alice and Bob are syncing",
        "the relay is killed after Bob has received 0 messages",
    )
    with pytest.raises(InvalidScenario, match="a relay that is dead"):
        scenario.tell("a man in the middle swaps the keys of Alice and Bob")


def test_a_wrong_clock_stays_wrong_over_a_restart_and_is_wrong_once(scenario: Scenario) -> None:
    scenario.tell(
        "Alice and Bob are syncing",
        "Bob's clock is 1 day ahead",
        "Alice sends 5 messages",
        "Bob is killed when he has received 2 messages",
        "Bob starts again after 1 second",
        "Bob should receive all 5 messages within 30 seconds",
    )
    bob = scenario.world.node("Bob").agent
    assert bob.advance_clock(0.0) == pytest.approx(8640.0)
    with pytest.raises(InvalidScenario, match="Bob's clock is wrong already"):
        scenario.tell("Bob's clock is 1 hour behind")
    scenario.tell("Bob's clock is right again")
    assert bob.advance_clock(0.0) == pytest.approx(0.0)
    with pytest.raises(InvalidScenario, match="There is no wrong clock of Bob"):
        scenario.tell("Bob's clock is right again")
    assert scenario.end() == ""


def test_nobody_sets_the_clock_of_a_device_that_is_dead(scenario: Scenario) -> None:
    scenario.tell("Alice and Bob are syncing", "Bob is killed")
    with pytest.raises(InvalidScenario, match="its clock cannot be set"):
        scenario.tell("Bob's clock is 1 day ahead")
