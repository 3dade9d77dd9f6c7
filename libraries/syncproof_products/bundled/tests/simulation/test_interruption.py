"""L-1.1 on two device cores and a relay core: a cut of ten seconds costs time, never data."""

from __future__ import annotations

import pytest
from tests.nightly import NIGHTLY

from syncproof_products.bundled.tests.simulation.judging import problems
from syncproof_products.bundled.tests.simulation.stories import (
    ROOM,
    delivered,
    interruption,
    seen,
)

#: A night can try many; CI tries the first.
SEEDS = 1000 if NIGHTLY else 200


@pytest.mark.timeout(400)  # of waiting, where other work shares the cores
def test_whatever_the_seed_all_is_delivered_in_order_once() -> None:
    wrong: dict[int, list[str]] = {}
    for seed in range(SEEDS):
        simulation, sent = interruption(seed)
        assert len(sent) == 50
        if found := problems(simulation, ROOM, sent):
            wrong[seed] = found
    assert not wrong


def test_the_same_seed_gives_the_same_history() -> None:
    digests = [interruption(seed)[0].digest() for seed in range(20)]
    assert digests == [interruption(seed)[0].digest() for seed in range(20)]
    assert len(set(digests)) == len(digests), "different seeds should not run the same way"


@pytest.mark.parametrize("cut_after", [0, 1, 20, 49, 50])
def test_the_cut_may_come_at_any_message(cut_after: int) -> None:
    for seed in range(20):
        simulation, sent = interruption(seed, cut_after)
        assert problems(simulation, ROOM, sent) == []
        assert delivered(simulation.devices["bob"]) == sent


def test_the_cut_is_seen_to_bite() -> None:
    simulation, _ = interruption(7)
    assert [retry["what"] for retry in seen(simulation, "bob", "retry")].count("connect") > 0
    assert [page["reason"] for page in seen(simulation, "bob", "catchup")] == ["connected"] * 3
    states = [change["state"] for change in seen(simulation, "bob", "connection")]
    assert states[-3:] == ["connecting", "catching_up", "live"]
    markers = [marker for marker in seen(simulation, "bob", "marker") if marker["scope"] == "remote"]
    assert markers[-1]["new"] == "50"
