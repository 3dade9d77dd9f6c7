"""What the sentences of a scenario show by themselves."""

from __future__ import annotations

import pytest

from syncproof.kernel.sentence import parse, vocabulary
from syncproof.kernel.story import ALREADY_RUN, INTRODUCED_ONCE, first_impossible, takes_no_part

MEET = "Alice and Bob are syncing"
SET = "devices give up a missing attachment after 10 seconds and look for it again every 10 seconds"
RELAY = "the relay is restarted after 2 seconds"

STORIES: dict[str, tuple[tuple[str, ...], str]] = {
    "nothing": ((), ""),
    "all take part": ((MEET, "Alice sends 3 messages", "Bob's network is cut", RELAY), ""),
    "a third": (("Alice, Bob and Carol are syncing", "Carol goes offline"), ""),
    "a third behind a comma": (("Alice, Bob, and Carol are syncing", "Carol goes offline"), ""),
    "set before": ((SET, MEET, "Alice sends 1 message"), ""),
    "set too late": ((MEET, SET), ALREADY_RUN),
    "a stranger": (
        (MEET, "Alice sends 3 messages", "Carol goes offline", "Dave goes offline"),
        "Carol takes no part in this scenario (devices here: Alice, Bob). "
        "Name Carol in its first sentence: 'Given Alice, Bob and Carol are syncing'.",
    ),
    "a stranger among several": (
        (MEET, "Bob and Carol go offline"),
        takes_no_part("Carol", ("Alice", "Bob")),
    ),
    "no first sentence": (
        ("Alice sends 3 messages", MEET),
        "Alice takes no part in this scenario (devices here: none yet). "
        "Name Alice in its first sentence: 'Given Bob and Alice are syncing'.",
    ),
    "no device at all": (
        (RELAY,),
        f"'{RELAY}' comes before any device takes part: "
        "begin the scenario with a sentence like 'Given Alice and Bob are syncing'.",
    ),
    "one joins": ((MEET, "Carol joins", "Carol sends 3 messages", "Carol leaves"), ""),
    "one says something before she joins": (
        (MEET, "Carol sends 3 messages", "Carol joins"),
        takes_no_part("Carol", ("Alice", "Bob")),
    ),
    "who is there joins": ((MEET, "Bob joins"), "Bob takes part already: only who is new can join."),
    "the first one joins": (
        ("Carol joins",),
        "'Carol joins' comes before any device takes part: "
        "begin the scenario with a sentence like 'Given Alice and Bob are syncing'.",
    ),
    "introduced twice": ((MEET, "Carol and Dave are syncing"), INTRODUCED_ONCE),
    "who takes nothing in": (
        ("devices take in 0 messages a second that nobody asked for", MEET),
        "Devices that take in no message hear nobody, whoever it is: let it be 1 a second at least.",
    ),
    "what holds before anything has happened": (
        (
            "Alice and Bob are connected to the broadcast",
            'Bob should be told of 0 events of channel "orders" within 5 seconds',
        ),
        "'Bob should be told of 0 events of channel \"orders\" within 5 seconds' holds before anything has happened: "
        "write 'Bob should have been told of 0 events of channel \"orders\"'.",
    ),
}


@pytest.mark.parametrize("name", STORIES)
def test_a_story(name: str) -> None:
    sentences, said = STORIES[name]
    assert first_impossible([parse(sentence) for sentence in sentences]) == said


def test_every_sentence_says_what_becomes_of_the_devices() -> None:
    assert {kind.devices_are for kind in vocabulary()} == {"", "set", "introduced", "joining"}
