"""Who has part of a file says which, in few bytes, and passes it on before it has all of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncproof_products.peers.core import gathering
from syncproof_products.peers.core.actions import Action, Refuse, Send
from syncproof_products.peers.core.bounds import MOST_FILTER
from syncproof_products.peers.core.filters import Filter
from syncproof_products.peers.core.messages import Block, Have, Part, Want
from syncproof_products.peers.core.model import Op
from syncproof_products.peers.core.proofs import Lie
from syncproof_products.peers.tests.network import Network

LONG = "".join(f"part {place:02} " for place in range(64))


def digest(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


@given(st.sets(st.integers()), st.integers())
def test_whoever_is_in_a_filter_is_found_in_it(numbers: set[int], other: int) -> None:
    made = Filter.of({digest(each) for each in {*numbers, other}})
    assert all(digest(each) in Filter(made.bits) for each in {*numbers, other})


def test_a_filter_takes_ten_bits_for_each_and_few_others_for_members() -> None:
    made = Filter.of([digest(each) for each in range(2000)])
    assert len(made.bits) == 2500
    assert sum(digest(each) in made for each in range(2000, 22000)) < 400


@given(st.binary(max_size=9))
def test_what_is_no_filter_is_one_of_whatever(bits: bytes) -> None:
    assert isinstance(digest(1) in Filter(bits), bool)
    assert digest(1) not in Filter(b"")


def in_a_chain() -> Network:
    """Alice has a film, and is linked to Bob alone, and Bob to Carol."""
    network = Network()
    network.connect("Alice", "Bob")
    network.connect("Bob", "Carol")
    network.settle()
    network.write("Alice", "film", LONG)
    return network


def go_on(network: Network) -> None:
    """One message arrives on each way."""
    for name, node in network.nodes.items():
        network.do(name, node.announce())
    for way in list(network.under_way):
        network.step(*way)


def test_parts_are_passed_on_before_all_have_come() -> None:
    network = in_a_chain()
    while not network.logs["Bob"]:
        go_on(network)
    assert 16 <= len(network.blocks["Carol"]) < 64
    network.settle()
    assert network.tree("Carol") == network.tree("Alice")
    assert network.nodes["Carol"].asked_in_vain <= 3


def test_others_are_told_each_time_that_there_is_twice_as_much() -> None:
    network = in_a_chain()
    while not network.logs["Bob"]:
        go_on(network)
    told = [each for each in network.told if isinstance(each, Send) and each.to == "Carol"]
    parts = [each.message for each in told if isinstance(each.message, Part)]
    assert [len(part.blocks) for part in parts] == [10, 20, 40]


def wants(actions: Sequence[Action]) -> list[str]:
    """The blocks that somebody is asked for."""
    said = (each.message for each in actions if isinstance(each, Send))
    return [message.digest for message in said if isinstance(message, Want)]


def film() -> tuple[Network, Op]:
    """Carol is connected to Bob; Alice's film is known to neither."""
    network = in_a_chain()
    return network, network.nodes["Alice"].ops["Alice"][0]


def wanted(network: Network, blocks: bytes) -> list[str]:
    """What Carol asks Bob for who has this in part; he has nothing of it, and says so."""
    op = network.nodes["Alice"].ops["Alice"][0]
    carol = network.nodes["Carol"]
    asked: list[str] = []
    actions = carol.received("Bob", Part(op, blocks))
    while actions:
        names = wants(actions)
        asked += names
        actions = [action for each in names for action in carol.received("Bob", Block(each, None))]
    return asked


def test_nobody_is_asked_for_what_it_does_not_have() -> None:
    network, op = film()
    names = [name for change in op.changes if change.content for name in change.content.blocks]
    asked = wanted(network, Filter.of(names[10:30]).bits)
    assert set(names[10:30]) <= set(asked)
    assert len(asked) <= 22


def test_who_says_that_it_has_all_and_has_nothing_is_asked_once() -> None:
    network, _ = film()
    asked = wanted(network, b"\xff" * 80)
    assert len(asked) == len(set(asked)) == 64
    assert network.nodes["Carol"].asked_in_vain == 64


def test_who_lacked_something_is_asked_again_when_it_has_more() -> None:
    network, op = film()
    names = {name for change in op.changes if change.content for name in change.content.blocks}
    wanted(network, b"\xff" * 80)
    assert set(wanted(network, Filter.of(names).bits)) == names
    carol = network.nodes["Carol"]
    assert wants(carol.received("Bob", Have({"Alice": 1})))


def test_a_part_that_its_author_has_not_signed_is_refused() -> None:
    network, op = film()
    carol = network.nodes["Carol"]
    carol._is_genuine = lambda _: False
    (refused,) = carol.received("Bob", Part(op, b"\xff"))
    assert isinstance(refused, Refuse)
    assert refused.caught


def test_a_part_that_is_longer_than_any_may_be_is_refused() -> None:
    network, op = film()
    (refused,) = network.nodes["Carol"].received("Bob", Part(op, b"\xff" * (MOST_FILTER + 1)))
    assert isinstance(refused, Refuse)
    assert refused.caught


def test_nobody_says_more_than_any_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "MOST_FILTER", 19)
    network = in_a_chain()
    network.settle()
    told = (each.message for each in network.told if isinstance(each, Send) and each.to == "Carol")
    assert [len(message.blocks) for message in told if isinstance(message, Part)] == [10]
    assert network.tree("Carol") == network.tree("Alice")


def test_nothing_is_kept_of_parts_of_an_author_who_is_exposed() -> None:
    network = in_a_chain()
    carol = network.nodes["Carol"]
    while not carol._told:
        go_on(network)
    assert carol.others["Bob"].parts
    carol._expose(Lie(network.nodes["Alice"].ops["Alice"][0]))
    assert not any((carol._lacking, carol._lists, carol._came, carol._told, carol.others["Bob"].parts))
