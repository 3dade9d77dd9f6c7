"""The edges of a flapping, and the object that a scheduler drives."""

from __future__ import annotations

from itertools import pairwise
from typing import cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from syncproof.faults.toxiproxy.client import Client
from syncproof.faults.toxiproxy.flapping import Edge, Flapping, edges

S = 1_000_000_000


class Switch:
    """Stands where a proxy would: remembers what was done to it. (The contract tests use a real one.)"""

    def __init__(self) -> None:
        self.done: list[str] = []

    def enable(self, name: str) -> None:
        self.done.append(f"{name} up")

    def disable(self, name: str) -> None:
        self.done.append(f"{name} down")


def flapping(switch: Switch, plan: tuple[Edge, ...]) -> Flapping:
    return Flapping(cast(Client, switch), "p", plan)


def test_the_edges_of_a_flap_every_five_seconds() -> None:
    plan = edges(100 * S, every_s=5, down_s=1, length_s=12)
    assert [(edge.due_ns // S, edge.up) for edge in plan] == [
        (100, False),
        (101, True),
        (105, False),
        (106, True),
        (110, False),
        (111, True),
    ]


def test_a_cut_that_would_last_too_long_ends_with_the_flapping() -> None:
    assert edges(0, every_s=5, down_s=4, length_s=7)[-1] == Edge(7 * S, up=True)


@example(0, 0.01, 0.5, 0.010000000000000002)  # a last cut of less than a nanosecond
@given(st.integers(0, 10**18), st.floats(0.01, 100), st.floats(0.01, 0.99), st.floats(0.01, 500))
def test_edges_alternate_never_drift_and_end_restored(
    begin: int, every: float, share: float, length: float
) -> None:
    plan = edges(begin, every, every * share, length)
    assert [edge.up for edge in plan] == [False, True] * (len(plan) // 2)
    assert all(first.due_ns < second.due_ns for first, second in pairwise(plan))
    assert plan[-1].due_ns <= begin + round(length * S)
    for number, edge in enumerate(plan[::2]):
        assert edge.due_ns == begin + round(number * every * S)


@pytest.mark.parametrize(("every", "down", "length"), [(1, 1, 5), (1, 0, 5), (1, 2, 5), (1, 0.5, 0)])
def test_nonsense_is_refused(every: float, down: float, length: float) -> None:
    with pytest.raises(ValueError, match="a flap"):
        edges(0, every, down, length)


def test_each_edge_comes_when_it_is_due_and_not_before() -> None:
    switch = Switch()
    tested = flapping(switch, edges(0, every_s=2, down_s=1, length_s=4))
    assert tested.next_due() == 0
    assert tested.drive(-1) == []
    tested.drive(0)
    assert (switch.done, tested.next_due()) == (["p down"], S)
    tested.drive(S - 1)
    assert switch.done == ["p down"]
    tested.drive(S)
    assert switch.done == ["p down", "p up"]


def test_a_late_driver_misses_no_edge() -> None:
    switch = Switch()
    tested = flapping(switch, edges(0, every_s=2, down_s=1, length_s=4))
    assert len(tested.drive(100 * S)) == 4
    assert (switch.done, tested.cuts, tested.next_due()) == (["p down", "p up"] * 2, 2, None)


def test_stop_restores_and_ends_it() -> None:
    switch = Switch()
    tested = flapping(switch, edges(0, every_s=2, down_s=1, length_s=4))
    tested.drive(0)
    tested.stop()
    tested.stop()
    assert (switch.done, tested.next_due()) == (["p down", "p up"], None)
