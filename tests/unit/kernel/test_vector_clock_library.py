"""The keywords about vector clocks: what they answer, and how they fail."""

from __future__ import annotations

import re

import pytest

from syncproof.evidence.vector_clock import VectorClock
from VectorClockLibrary import Given, VectorClockLibrary

CLOCKS = VectorClockLibrary()


def test_a_clock_is_given_as_text_or_as_json_has_it() -> None:
    assert CLOCKS.parse_vector_clock("{Alice: 2, Bob: 1}") == {"Alice": 2, "Bob": 1}
    assert CLOCKS.compare_vector_clocks("{Alice: 1}", {"Alice": 2}) == "before"
    assert CLOCKS.compare_vector_clocks({"Alice": 1}, "{Bob: 1}") == "concurrent"


def test_merging_takes_any_number() -> None:
    assert CLOCKS.merge_vector_clocks() == {}
    assert CLOCKS.merge_vector_clocks("{Alice: 2}", {"Bob": 3}, "{Alice: 1, Carol: 1}") == {
        "Alice": 2, "Bob": 3, "Carol": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("{Alice: 1}", {"Alice": 2}, "{Alice: 1} is before {Alice: 2}, not concurrent with it."),
        ("{Alice: 2}", "{Alice: 1}", "{Alice: 2} is after {Alice: 1}, not concurrent with it."),
        ("{Alice: 1}", "{Alice: 1}", "{Alice: 1} is the same as {Alice: 1}, not concurrent with it."),
    ],
)
def test_what_is_not_concurrent_is_told(one: Given, other: Given, said: str) -> None:
    with pytest.raises(AssertionError, match=re.escape(said)):
        CLOCKS.vector_clocks_should_be_concurrent(one, other)


def test_what_holds_passes() -> None:
    CLOCKS.vector_clocks_should_be_concurrent("{Alice: 2, Bob: 1}", "{Alice: 1, Bob: 2}")
    CLOCKS.vector_clock_should_dominate("{Alice: 2, Bob: 2}", "{Alice: 2, Bob: 1}", "{Alice: 2, Bob: 2}")


def test_what_does_not_dominate_is_told_with_the_devices_of_which_it_knows_less() -> None:
    clock: VectorClock = {"Alice": 2, "Bob": 1}
    with pytest.raises(AssertionError, match=r"does not dominate .*: it knows less of Bob, Carol"):
        CLOCKS.vector_clock_should_dominate(clock, "{Alice: 2}", "{Carol: 1, Bob: 2}")


def test_what_is_no_clock_is_told() -> None:
    with pytest.raises(ValueError, match="'Alice' is not a vector clock"):
        CLOCKS.merge_vector_clocks("Alice")
