"""Who does often what others do now and then is told of, once for a while."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from syncproof_products.peers.core.watching import Oddity, Watch

ASKS = Oddity.UNKNOWN


def told(times: list[float], within_s: float = 10.0) -> list[float]:
    """When users are told of somebody who does it at these times."""
    watch = Watch(within_s)
    return [now for now in times if watch.saw("Mallory", ASKS, now)]


def test_once_too_often_is_told() -> None:
    assert told([1.0] * ASKS.most) == []
    assert told([1.0] * (ASKS.most + 1)) == [1.0]


def test_whoever_goes_on_is_told_of_again_when_the_time_is_over() -> None:
    times = [n / 10 for n in range(300)]
    assert told(times) == [ASKS.most / 10, ASKS.most / 10 + 10.0, ASKS.most / 10 + 20.0]


def test_each_counts_by_itself() -> None:
    watch = Watch(10.0)
    found = [
        watch.saw(who, what, 1.0) for who in ("Alice", "Bob") for what in Oddity for _ in range(what.most)
    ]
    assert not any(found)


@given(st.lists(st.floats(0, 100), max_size=200).map(sorted), st.floats(0.1, 50))
def test_somebody_is_told_of_where_there_were_too_many_within_the_time(
    times: list[float], within_s: float
) -> None:
    crowded = [
        now
        for n, now in enumerate(times)
        if sum(each >= now - within_s for each in times[: n + 1]) > ASKS.most
    ]
    found = told(times, within_s)
    assert set(found) <= set(crowded)
    assert found[:1] == crowded[:1]
    assert all(after - before >= within_s for before, after in itertools.pairwise(found))
