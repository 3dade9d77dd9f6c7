"""A tree in which everybody hears of everything, and nobody has many neighbours."""

from __future__ import annotations

from itertools import combinations

import pytest

from syncproof_products.peers.core.overlay import neighbours


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
