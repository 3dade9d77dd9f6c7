"""A tree in which everybody hears of everything, and nobody has many neighbours."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncproof_products.peers.core.overlay import anchors, neighbours


def links(count: int, width: int) -> set[frozenset[str]]:
    names = [f"{place:03}" for place in range(count)]
    return {frozenset((name, other)) for name in names for other in neighbours(name, names, width)}


def reached(names: set[str], linked: set[frozenset[str]]) -> set[str]:
    found = {min(names)}
    while more := {each for link in linked if link & found for each in link & names} - found:
        found |= more
    return found


def test_without_a_width_everybody_is_linked_to_everybody() -> None:
    assert neighbours("b", "abc", 0) == {"a", "c"}
    assert len(links(12, 0)) == 66


def test_who_is_alone_has_no_neighbour() -> None:
    assert neighbours("a", "a", 2) == set()
    assert neighbours("a", "", 2) == set()


@pytest.mark.parametrize("width", [1, 2, 3])
@pytest.mark.parametrize("count", [2, 3, 4, 7, 12, 100])
def test_links_grow_in_line_and_nobody_has_many(count: int, width: int) -> None:
    names = [f"{place:03}" for place in range(count)]
    assert len(links(count, width)) <= 2 * (count - 1)
    for name in names:
        near = neighbours(name, names, width)
        assert len(near) <= 2 * width + 3
        assert all(name in neighbours(other, names, width) for other in near)


@pytest.mark.parametrize("width", [1, 2, 3])
@pytest.mark.parametrize("count", [3, 5, 12])
def test_no_single_link_and_no_single_peer_keeps_a_change_from_anybody(count: int, width: int) -> None:
    names, linked = {f"{place:03}" for place in range(count)}, links(count, width)
    for lost in linked:
        assert reached(names, linked - {lost}) == names
    for gone in names:
        rest = names - {gone}
        assert reached(rest, {link for link in linked if gone not in link}) == rest


def test_a_new_member_changes_nobody_elses_place_behind_the_last() -> None:
    before, after = links(7, 2), links(8, 2)
    assert before <= after
    assert all("007" in link for link in after - before)
    assert not any(frozenset(pair) in after for pair in combinations(["000", "007"], 2))


@pytest.mark.parametrize(
    ("near", "others", "reach", "found"),
    [
        ("xy", "bcxy", "bcxy", "bc"),
        ("bx", "bcxy", "bcxy", "c"),
        ("bc", "bcxy", "bcxy", ""),
        ("xy", "bcxy", "cxy", "c"),
        ("xy", "bcxy", "xy", ""),
        ("x", "bx", "bx", "b"),
        ("", "", "", ""),
    ],
)
def test_who_has_few_neighbours_of_old_is_linked_to_more_of_those_that_it_can_dial(
    near: str, others: str, reach: str, found: str
) -> None:
    assert anchors(near, others, reach, b"") == set(found)


def test_nobody_foresees_whom_a_peer_draws_and_it_draws_the_same_again() -> None:
    old, new = "bcdefghi", "stuvwxyz"
    draws = [anchors(new, old + new, old, bytes([n])) for n in range(50)]
    assert set().union(*draws) == set(old)
    assert draws == [anchors(new, old + new, old, bytes([n])) for n in range(50)]


_NAMES = st.lists(st.text("abc", min_size=1, max_size=4), unique=True, min_size=2, max_size=14)


@given(_NAMES, st.integers(1, 3), st.data())
def test_whatever_they_are_called_those_who_have_come_late_surround_nobody(
    names: list[str], width: int, data: st.DataObject
) -> None:
    early = names[: data.draw(st.integers((len(names) + 2) // 2, len(names)))]
    for me in early:
        others = [name for name in names if name != me]
        near = neighbours(me, names, width)
        near |= anchors(near, others, others, me.encode())
        assert len(near.intersection(early)) >= min(2, (len(others) + 1) // 2)


@pytest.mark.parametrize("count", [3, 5, 8, 12])
def test_where_names_say_who_came_first_the_tree_is_enough(count: int) -> None:
    names = [f"{place:03}" for place in range(count)]
    for name in names:
        others = [other for other in names if other != name]
        assert anchors(neighbours(name, names, 2), others, others, b"") == set()
