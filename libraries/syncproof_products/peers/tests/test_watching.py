"""Who does often what others do now and then is told of, once for a while."""

from __future__ import annotations

import itertools
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from syncproof_products.peers.agent.pace import BURST, slowed_for_half
from syncproof_products.peers.core.messages import Have, Part, Pull
from syncproof_products.peers.core.watching import Oddity, Watch
from syncproof_products.peers.tests.network import Network, node
from syncproof_products.peers.tests.test_device import in_a_loop, peer
from syncproof_products.peers.tests.test_parts import film

ASKS, MOST = Oddity.UNKNOWN, Watch(1.0, flood=3).most[Oddity.UNKNOWN]


def told(times: list[float], within_s: float = 10.0) -> list[float]:
    """When users are told of somebody who does it at these times."""
    watch = Watch(within_s, flood=3)
    return [now for now in times if watch.saw("Mallory", ASKS, now)]


def test_once_too_often_is_told() -> None:
    assert told([1.0] * MOST) == []
    assert told([1.0] * (MOST + 1)) == [1.0]


def test_whoever_goes_on_is_told_of_again_when_the_time_is_over() -> None:
    times = [n / 10 for n in range(300)]
    assert told(times) == [MOST / 10, MOST / 10 + 10.0, MOST / 10 + 20.0]


def test_each_counts_by_itself() -> None:
    watch = Watch(10.0, flood=3)
    found = [
        watch.saw(who, what, 1.0)
        for who in ("Alice", "Bob")
        for what in Oddity
        for _ in range(watch.most[what])
    ]
    assert not any(found)


@given(st.lists(st.floats(0, 100), max_size=200).map(sorted), st.floats(0.1, 50))
def test_somebody_is_told_of_where_there_were_too_many_within_the_time(
    times: list[float], within_s: float
) -> None:
    crowded = [
        now for n, now in enumerate(times) if sum(each >= now - within_s for each in times[: n + 1]) > MOST
    ]
    found = told(times, within_s)
    assert set(found) <= set(crowded)
    assert found[:1] == crowded[:1]
    assert all(after - before >= within_s for before, after in itertools.pairwise(found))


def test_nothing_is_odd_about_a_peer_that_has_much_to_say_but_about_one_that_says_it_again() -> None:
    bob = node("Bob")
    bob.connected("Alice")
    for seq in range(1, 9):
        said = Have({"Alice": seq})
        assert [bob.oddity("Alice", said) for _ in range(2)] == [None, None]
        bob.received("Alice", said)
        assert bob.oddity("Alice", said) is Oddity.FLOOD


def test_what_is_asked_for_again_is_odd_once_it_was_given() -> None:
    network = Network()
    network.write("Bob", "plan.txt", "a plan")
    bob = network.nodes["Bob"]
    bob.connected("Alice")
    pull = Pull({"Bob": 0}, {"Bob": 1})
    assert [bob.oddity("Alice", pull) for _ in range(2)] == [None, None]
    bob.received("Alice", pull)
    assert bob.oddity("Alice", pull) is Oddity.AGAIN


def test_a_part_is_odd_when_it_says_no_more_than_the_one_before() -> None:
    network, op = film()
    carol = network.nodes["Carol"]
    for bits in (b"\1", b"\3"):
        assert carol.oddity("Bob", Part(op, bits)) is None
        carol.received("Bob", Part(op, bits))
        assert carol.oddity("Bob", Part(op, bits)) is Oddity.FLOOD


@given(st.floats(0.1, 100), st.floats(0.001, 0.1))
def test_whoever_says_too_much_all_the_time_is_told_of_before_the_time_is_over(
    within_s: float, every_s: float
) -> None:
    assert BURST <= slowed_for_half(within_s, every_s) < BURST + within_s / every_s + 1


@in_a_loop
async def test_users_are_told_of_who_repeats_itself_and_of_nobody_who_is_busy(tmp_path: Path) -> None:
    device, told = peer(tmp_path).device, []
    device._observe = lambda what, fields: told.append((what, fields.get("peer")))
    for name in ("Alice", "Carol"):
        device.connected(name)
    for seq in range(1, 1001):
        device.received("Alice", Have({"Alice": seq}), 9)
        device.received("Alice", Pull({}, {}), 9)
        device.received("Carol", Have({"Carol": 1}), 9)
    assert [who for what, who in told if what == "peer_suspected"] == ["Carol"]
