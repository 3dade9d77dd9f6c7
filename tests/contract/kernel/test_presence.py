"""Devices that sleep, are offline or dead, in every order; and advice that can be followed."""

from __future__ import annotations

import re

import pytest
from tests.contract.kernel.conftest import Begin, Scenario

from syncproof.kernel.trouble import InvalidScenario
from syncproof.systems.test_bed import TestBed as Bed

MEET = "Alice and Bob are syncing"
SENDS = ("Bob sends 1 message", "Alice should receive all 1 messages within 20 seconds")


def presence(scenario: Scenario, name: str) -> str:
    return scenario.world.node(name).presence


def test_who_is_offline_and_sleeps_is_offline_when_he_wakes_up(scenario: Scenario) -> None:
    scenario.tell(MEET, "Bob goes offline", "Bob sends 3 messages", "Bob falls asleep")
    scenario.tell("Bob wakes up 60 seconds later")
    assert presence(scenario, "Bob") == "offline"
    assert scenario.world.topology.pending() == {"Alice": {}}, "nobody waits for what Bob has in his outbox"
    scenario.tell("Bob comes online", "Alice should receive all 3 messages within 20 seconds")
    assert presence(scenario, "Bob") == "online"
    assert scenario.end() == ""


def test_who_is_offline_sleeps_and_is_killed_is_offline_when_he_starts_again(scenario: Scenario) -> None:
    scenario.tell(MEET, "Bob goes offline", "Alice sends 5 messages", "Bob falls asleep", "Bob is killed")
    scenario.tell("Bob starts again after 1 second")
    world = scenario.world
    assert world.wait_for(lambda: presence(scenario, "Bob") != "silent", 30)
    assert presence(scenario, "Bob") == "offline"
    scenario.tell("Bob comes online", "Bob should receive all 5 messages within 20 seconds")
    assert scenario.end() == ""


#: What happened before, what cannot happen then, and the words of the reason.
REFUSED: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "a message of one who is asleep": (
        ("Bob falls asleep",),
        SENDS,
        "Bob is asleep and cannot take a message. Say 'Bob wakes up 60 seconds later' first.",
    ),
    "offline in his sleep": (
        ("Bob falls asleep",),
        ("Bob goes offline",),
        "Bob is asleep and cannot go offline.",
    ),
    "online in his sleep": (
        ("Bob goes offline", "Bob falls asleep"),
        ("Bob comes online",),
        "Bob is asleep and cannot come online.",
    ),
    "installed anew in his sleep": (
        ("Bob falls asleep",),
        ("Bob is reinstalled",),
        "Bob is asleep and cannot be reinstalled.",
    ),
    "installed anew while dead": (
        ("Bob is killed",),
        ("Bob is reinstalled",),
        "and cannot be reinstalled. Say 'Bob starts again after 2 seconds'",
    ),
    "asleep twice": (("Bob falls asleep",), ("Bob falls asleep",), "Bob is asleep and cannot fall asleep."),
    "syncing in his sleep": (
        ("Bob falls asleep",),
        ("Bob should be syncing again within 10 seconds",),
        "Bob is asleep and cannot sync.",
    ),
    "syncing offline": (
        ("Bob goes offline",),
        ("Bob should be syncing again within 10 seconds",),
        "Bob was told to go offline and does not sync. Say 'Bob comes online' first.",
    ),
    "a message of a dead one": (
        ("Bob is killed",),
        SENDS,
        "Say 'Bob starts again after 2 seconds' and 'Bob should be syncing again within 10 seconds' first.",
    ),
    "a message of one who is dead and was offline": (
        ("Bob goes offline", "Bob is killed"),
        SENDS,
        "Say 'Bob starts again after 2 seconds' and 'Bob comes online' first.",
    ),
    "a message of one who is suspended and was asleep": (
        ("Bob falls asleep", "Bob's process is suspended"),
        SENDS,
        "Say 'Bob's process is resumed after 2 seconds' and 'Bob wakes up 60 seconds later' first.",
    ),
    "a message of one who was killed in his sleep": (
        ("Bob falls asleep", "Bob is killed"),
        SENDS,
        "Say 'Bob starts again after 2 seconds' and 'Bob should be syncing again within 10 seconds' first.",
    ),
    "awake while suspended": (
        ("Bob falls asleep", "Bob's process is suspended"),
        ("Bob wakes up 60 seconds later",),
        "and nothing brings it back. Say 'Bob's process is resumed after 2 seconds' first.",
    ),
    "online while dead": (
        ("Bob goes offline", "Bob is killed"),
        ("Bob comes online",),
        "and nothing brings it back. Say 'Bob starts again after 2 seconds' first.",
    ),
    "a cut that comes too late in a catch-up": (
        ("Bob goes offline", "Alice sends 40 messages", "Bob comes online"),
        ("Bob's network is cut after he has received 15 messages",),
        "Let only 15 be sent before this sentence, and the others behind it.",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_happen_is_refused_with_advice(scenario: Scenario, name: str) -> None:
    before, refused, words = REFUSED[name]
    scenario.tell(MEET, *before)
    with pytest.raises(InvalidScenario) as told:
        scenario.tell(*refused)
    assert words in str(told.value)


@pytest.mark.parametrize("name", [name for name, (_, _, words) in REFUSED.items() if "first." in words])
def test_the_advice_can_be_followed(begin: Begin, test_bed: Bed, name: str) -> None:
    before, refused, words = REFUSED[name]
    advice = re.findall(r"'((?:Bob)(?:'s|[^'])*)'", words)
    assert advice
    scenario = begin(test_bed)
    scenario.tell(MEET, *before, *advice, *refused)


def test_the_others_of_a_catch_up_can_be_sent_behind_the_cut(scenario: Scenario) -> None:
    scenario.tell(
        MEET,
        "Bob goes offline",
        "Alice sends 15 messages",
        "Bob comes online",
        "Bob's network is cut after he has received 15 messages",
        "Alice sends messages 16 to 40",
        "Bob's network is restored after 1 second",
        "Bob should receive all 40 messages within 20 seconds",
    )
    assert scenario.end() == ""
