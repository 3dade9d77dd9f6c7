"""Every means at every moment, in virtual time: whatever befalls whom and when, nothing is lost or twice there."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from tests.contract.kernel.conftest import histories

import syncproof_defects as defects
from syncproof.kernel.sentence import parse
from syncproof.kernel.world import World
from syncproof.systems.simulated.bed import SimulatedBed
from syncproof_products.bundled.driver.simulated import SimulatedBundled

#: What befalls somebody, as far as that is possible in virtual time yet, and how it ends.
MEANS = {
    "Bob's network is cut": "Bob's network is restored after 5 seconds",
    "the networks of Alice and Bob are cut": "the networks of Alice and Bob are restored after 5 seconds",
    "Bob is killed": "Bob starts again after 2 seconds",
    "Bob's process is suspended": "Bob's process is resumed after 35 seconds",
    "Bob goes offline": "Bob comes online",
    "the relay is killed": "the relay is restarted after 5 seconds",
}
#: When, and what comes before.
MOMENTS = {
    "after Bob has received 10 messages": ["Alice sends 10 messages"],
    "after Bob has sent 10 messages": ["Bob sends 10 messages"],
    "after Bob has read 10 messages": ["Alice sends 10 messages"],
    "after Bob has caught up on 20 messages": [
        "Bob goes offline",
        "Alice sends 100 messages of 8 KB",
        "Bob starts catching up",
    ],
}


def problem_of(folder: Path, means: str, moment: str) -> str:
    """What is wrong at the end of a story in which that happens then; "" where nothing is."""
    world = World(SimulatedBed(SimulatedBundled(1), histories(folder), 1), "grid")
    story = [
        "Alice and Bob are syncing",
        *MOMENTS[moment],
        f"{means} {moment}",
        "Alice sends 5 messages",
        MEANS[means],
        "Bob should receive everything within 60 seconds",
        *(["Alice should receive everything within 60 seconds"] if "sent" in moment else []),
        "Bob should have no duplicates",
    ]
    try:
        for sentence in story:
            world.perform(parse(sentence))
    except AssertionError as wrong:
        world.finish(failed=True)
        return str(wrong)
    return world.finish(failed=False)


@pytest.mark.parametrize(("means", "moment"), list(product(MEANS, MOMENTS)), ids=lambda word: word)
def test_nothing_is_lost(tmp_path: Path, means: str, moment: str) -> None:
    assert problem_of(tmp_path, means, moment) == ""


@pytest.mark.parametrize(
    ("defect", "means"),
    [
        ("counts_a_page_that_broke_off", "Bob's network is cut"),
        ("counts_a_page_that_broke_off", "the relay is killed"),
        ("waits_for_a_cancelled_page", "Bob goes offline"),
    ],
)
def test_what_is_lost_in_the_middle_of_catch_up_is_noticed(tmp_path: Path, defect: str, means: str) -> None:
    with defects.apply([defect]):
        assert problem_of(tmp_path, means, "after Bob has caught up on 20 messages").startswith("Delivery: ")
