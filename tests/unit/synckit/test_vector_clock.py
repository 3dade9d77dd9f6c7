from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncproof_products.bundled.core.wire import Clock
from syncproof_synckit.vector_clock import Order, advance, compare, dominates, merge

clocks = st.dictionaries(st.sampled_from(["alice", "bob", "carol"]), st.integers(0, 5))


def same(left: Clock, right: Clock) -> bool:
    return compare(left, right) is Order.EQUAL


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({}, {}, Order.EQUAL),
        ({"alice": 0}, {}, Order.EQUAL),
        ({"alice": 1}, {}, Order.AFTER),
        ({}, {"alice": 1}, Order.BEFORE),
        ({"alice": 2, "bob": 1}, {"alice": 1, "bob": 1}, Order.AFTER),
        ({"alice": 1, "bob": 1}, {"alice": 1, "bob": 2}, Order.BEFORE),
        # The plan's L-3.1: both edited {alice: 1, bob: 1}.
        ({"alice": 2, "bob": 1}, {"alice": 1, "bob": 2}, Order.CONCURRENT),
        ({"alice": 1}, {"bob": 1}, Order.CONCURRENT),
    ],
)
def test_how_clocks_stand_to_each_other(left: Clock, right: Clock, expected: Order) -> None:
    assert compare(left, right) is expected


@given(clocks, clocks)
def test_compare_agrees_with_itself_turned_round_and_with_dominates(left: Clock, right: Clock) -> None:
    turned = {Order.BEFORE: Order.AFTER, Order.AFTER: Order.BEFORE}
    order = compare(left, right)
    assert compare(right, left) is turned.get(order, order)
    assert dominates(left, right) == (order in (Order.EQUAL, Order.AFTER))


@given(clocks, clocks, clocks)
def test_merge_is_commutative_associative_idempotent(a: Clock, b: Clock, c: Clock) -> None:
    assert same(merge([a, b]), merge([b, a]))
    assert same(merge([merge([a, b]), c]), merge([a, merge([b, c])]))
    assert same(merge([a, a]), a)
    assert same(merge([a]), a)


@given(st.lists(clocks))
def test_merge_is_the_smallest_clock_that_dominates_all(given_clocks: list[Clock]) -> None:
    merged = merge(given_clocks)
    assert all(dominates(merged, clock) for clock in given_clocks)
    for device, count in merged.items():
        assert any(clock.get(device, 0) == count for clock in given_clocks)


@given(clocks, st.sampled_from(["alice", "dora"]), st.integers(0, 9))
def test_advance_is_past_its_clock_and_past_what_was_used_up(clock: Clock, device: str, past: int) -> None:
    before = dict(clock)
    after = advance(clock, device, past)
    assert compare(after, clock) is Order.AFTER
    assert after[device] > past
    assert clock == before, "what was given must not change"
