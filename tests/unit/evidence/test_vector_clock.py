"""Vector clocks as the evidence reads them: written, compared, merged."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncproof.evidence.vector_clock import (
    Relation,
    VectorClock,
    compare,
    dominates,
    merge,
    parse,
    write,
)
from syncproof_synckit import vector_clock as of_the_product

DEVICES = ["Alice", "Bob", "Carol", "Bob-4711-3"]
clocks = st.dictionaries(st.sampled_from(DEVICES), st.integers(0, 5))


def same(one: VectorClock, other: VectorClock) -> bool:
    return compare(one, other) == "equal"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({}, {}, "equal"),
        ({"Alice": 0}, {}, "equal"),
        ({"Alice": 1}, {}, "after"),
        ({}, {"Alice": 1}, "before"),
        ({"Alice": 1}, {"Alice": 1}, "equal"),
        ({"Alice": 2, "Bob": 1}, {"Alice": 1, "Bob": 1}, "after"),
        ({"Alice": 1, "Bob": 1}, {"Alice": 1, "Bob": 2}, "before"),
        # The plan's L-3.1: both edited {Alice: 1, Bob: 1}.
        ({"Alice": 2, "Bob": 1}, {"Alice": 1, "Bob": 2}, "concurrent"),
        ({"Alice": 1}, {"Bob": 1}, "concurrent"),
    ],
)
def test_how_clocks_stand_to_each_other(one: VectorClock, other: VectorClock, expected: Relation) -> None:
    assert compare(one, other) == expected


@given(clocks, clocks)
def test_compare_turned_round(one: VectorClock, other: VectorClock) -> None:
    turned: dict[Relation, Relation] = {"before": "after", "after": "before"}
    relation = compare(one, other)
    assert compare(other, one) == turned.get(relation, relation)
    assert dominates(one, other) == (relation in ("equal", "after"))


@given(clocks, clocks)
def test_the_product_and_its_judge_count_apart_and_agree(one: VectorClock, other: VectorClock) -> None:
    assert compare(one, other) == of_the_product.compare(one, other).value
    assert same(merge([one, other]), of_the_product.merge([one, other]))


@given(clocks, clocks, clocks)
def test_compare_is_transitive(a: VectorClock, b: VectorClock, c: VectorClock) -> None:
    if dominates(a, b) and dominates(b, c):
        assert dominates(a, c)


@given(clocks, clocks, clocks)
def test_merge_is_commutative_associative_idempotent(a: VectorClock, b: VectorClock, c: VectorClock) -> None:
    assert same(merge([a, b]), merge([b, a]))
    assert same(merge([merge([a, b]), c]), merge([a, merge([b, c])]))
    assert same(merge([a, a]), a)
    assert same(merge([a, {}]), a)


@given(st.lists(clocks), clocks)
def test_merge_is_the_smallest_that_dominates_all(
    given_clocks: list[VectorClock], bound: VectorClock
) -> None:
    before = [dict(clock) for clock in given_clocks]
    merged = merge(given_clocks)
    assert all(dominates(merged, clock) for clock in given_clocks)
    if all(dominates(bound, clock) for clock in given_clocks):
        assert dominates(bound, merged)
    assert given_clocks == before, "what was given must not change"


@given(clocks)
def test_what_is_written_reads_back(clock: VectorClock) -> None:
    assert same(parse(write(clock)), clock)


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("{}", {}),
        (" { } ", {}),
        ("{Alice: 2, Bob: 1}", {"Alice": 2, "Bob": 1}),
        ("{Alice:2,Bob:1}", {"Alice": 2, "Bob": 1}),
        ('{"Alice": 2}', {"Alice": 2}),
        ("{'Alice': 2}", {"Alice": 2}),
        ("{Alice: 0}", {"Alice": 0}),
        ("{Bob-4711-3: 12}", {"Bob-4711-3": 12}),
    ],
)
def test_what_people_write_is_read(text: str, clock: VectorClock) -> None:
    assert parse(text) == clock


@pytest.mark.parametrize(
    "text",
    ["", "Alice: 1", "{Alice}", "{Alice: }", "{: 1}", "{Alice: -1}", "{Alice: 1.5}", "{Alice: 1,}", "{,}",
     "{Alice: 1, Alice: 2}", "{Alice: 1 Bob: 2}", "{'Alice: 1}", "{Alice: 1} and more", "[1, 2]"],
)  # fmt: skip
def test_what_is_no_clock_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"'{text}' is not a vector clock")):
        parse(text)


def test_a_clock_is_written_in_the_order_of_names_and_without_zeros() -> None:
    assert write({"Bob": 1, "Carol": 0, "Alice": 2}) == "{Alice: 2, Bob: 1}"
    assert write({}) == "{}"
