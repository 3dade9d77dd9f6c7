"""Nodes without a network: whatever is lost or overtaken, all end with the same files, each change once."""

from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncproof_products.peers.core.actions import Deliver, Refuse, Serve
from syncproof_products.peers.core.heads import Head, layout
from syncproof_products.peers.core.messages import Ops
from syncproof_products.peers.core.model import MOST, Change, Op, Vote
from syncproof_products.peers.core.undoing import undoing
from syncproof_products.peers.core.votes import votes_on
from syncproof_products.peers.tests.network import NAMES, Network, content, node


def test_a_change_goes_to_everybody_once() -> None:
    network = Network()
    for one, other in (("Alice", "Bob"), ("Bob", "Carol"), ("Alice", "Carol")):
        network.connect(one, other)
    network.settle()
    network.told.clear()
    network.write("Alice", "plan.txt", "a text of more than one block")
    network.settle()
    assert {name: len(log) for name, log in network.logs.items()} == dict.fromkeys(NAMES, 1)
    assert sum(isinstance(action, Serve) for action in network.told) == 2 * 4
    assert network.settle() == 0


@pytest.mark.parametrize("lost", range(1, 12))
def test_what_a_lost_connection_had_under_way_is_asked_of_others(lost: int) -> None:
    network = Network()
    network.connect("Alice", "Bob")
    network.connect("Alice", "Carol")
    network.write("Alice", "film", "x" * 40 + "y" * 40)
    network.settle()
    network = _with_newcomer(network, lost)
    assert network.tree("Dave") == network.tree("Alice")


def _with_newcomer(network: Network, lost: int) -> Network:
    network.nodes["Dave"], network.logs["Dave"] = network.node("Dave"), []
    network.connect("Dave", "Alice")
    network.connect("Dave", "Bob")
    for _ in range(lost):
        for way in (("Alice", "Dave"), ("Dave", "Alice"), ("Bob", "Dave"), ("Dave", "Bob")):
            network.step(*way)
    network.disconnect("Dave", "Alice")
    network.settle()
    return network


def test_a_damaged_block_is_refused_and_asked_for_again() -> None:
    network = Network(("Alice", "Bob"))
    network.connect("Alice", "Bob")
    network.write("Alice", "plan.txt", "a text")
    network.blocks["Alice"] = dict.fromkeys(network.blocks["Alice"], b"another")
    network.settle()
    assert any(isinstance(action, Refuse) for action in network.told)
    assert network.logs["Bob"] == []


def test_the_smaller_operation_is_fetched_first() -> None:
    network = Network(("Alice", "Bob", "Carol"))
    network.connect("Alice", "Bob")
    network.write("Alice", "film", "".join(f"{n:08d}" for n in range(200)))
    network.write("Bob", "note", "short")
    network.settle()
    network.nodes["Carol"] = network.node("Carol")
    network.connect("Alice", "Carol")
    for _ in range(30):
        network.step("Alice", "Carol")
        network.step("Carol", "Alice")
    assert [op.author for op in network.logs["Carol"]] == ["Bob"]


def test_an_own_operation_is_known_when_another_peer_has_it() -> None:
    network = Network(("Alice", "Bob"))
    network.write("Alice", "plan.txt", "a text")
    assert network.nodes["Alice"].unknown == 1
    network.connect("Alice", "Bob")
    network.settle()
    assert network.nodes["Alice"].unknown == 0


@given(st.integers(0, 2**32), st.integers(5, 60))
@settings(max_examples=60, deadline=None)
def test_whatever_happens_all_end_the_same(seed: int, steps: int) -> None:
    rng = random.Random(seed)
    network = Network()
    pairs = [("Alice", "Bob"), ("Bob", "Carol"), ("Alice", "Carol")]
    for _ in range(steps):
        match rng.randrange(6):
            case 0 | 1:
                text = None if rng.random() < 0.3 else f"text {rng.randrange(9)} {'x' * rng.randrange(30)}"
                network.write(rng.choice(NAMES), rng.choice(["a", "b.txt", "a/c"]), text)
            case 2:
                network.connect(*rng.choice(pairs))
            case 3:
                network.disconnect(*rng.choice(pairs))
            case _:
                for _ in range(rng.randrange(8)):
                    if network.under_way:
                        network.step(*rng.choice(list(network.under_way)))
    for pair in pairs:
        network.disconnect(*pair)
        network.connect(*pair)
    network.settle()
    made = {op.id for log in network.logs.values() for op in log}
    for name in NAMES:
        log = [op.id for op in network.logs[name]]
        assert len(log) == len(set(log)) == len(made)
        assert network.tree(name) == network.tree("Alice")
        seen: set[str] = set()
        for op in network.logs[name]:  # causes before effects
            assert all(
                f"{author}/{seq}" in seen for author, last in op.after.items() for seq in range(1, last + 1)
            )
            seen.add(op.id)
        again = network.node(name)
        again.restore(network.logs[name], network.blocks[name], 0)
        assert (again.has, again.heads) == (network.nodes[name].has, network.nodes[name].heads)


def head(op: str, depth: int, text: str | None) -> Head:
    return Head(op, depth, None if text is None else content(text)[0])


@pytest.mark.parametrize(
    ("heads", "paths"),
    [
        ([], []),
        ([head("Bob/1", 1, "x")], ["plan.txt"]),
        ([head("Bob/1", 1, None)], []),
        ([head("Bob/1", 1, "x"), head("Carol/1", 2, None)], ["plan.txt"]),
        ([head("Bob/1", 1, "x"), head("Carol/1", 1, "x")], ["plan.txt"]),
        ([head("Bob/2", 2, "x"), head("Alice/1", 3, "y")], ["plan.txt", "plan (conflict Bob-2).txt"]),
    ],
)
def test_versions_lie_side_by_side(heads: list[Head], paths: list[str]) -> None:
    assert list(layout("plan.txt", heads)) == paths
    assert layout("plan.txt", heads[::-1]) == layout("plan.txt", heads)


def test_a_version_beside_another_takes_no_name_that_is_taken() -> None:
    heads = [head("Bob/2", 2, "x"), head("Alice/1", 3, "y")]
    assert list(layout("a", heads, {"a (conflict Bob-2)"})) == ["a", "a (conflict Bob-2 again)"]


@pytest.mark.parametrize(
    ("path", "beside"),
    [
        ("docs/plan.tar.gz", "docs/plan.tar (conflict Bob-2).gz"),
        (".profile", ".profile (conflict Bob-2)"),
        ("a.b/read me", "a.b/read me (conflict Bob-2)"),
    ],
)
def test_a_version_beside_another_keeps_folder_and_suffix(path: str, beside: str) -> None:
    assert list(layout(path, [head("Bob/2", 2, "x"), head("Alice/1", 3, "y")])) == [path, beside]


def _waits_for_a_block_of_two() -> Network:
    """Bob has asked Alice for blocks of her operation; Carol's, which he knows too, has the same blocks."""
    network = Network()
    for name in ("Alice", "Carol"):
        network.write(name, f"{name}.txt", "the same text in both")
    for name in ("Alice", "Carol"):
        network.connect(name, "Bob")
    for name in ("Alice", "Carol"):
        network.step(name, "Bob")  # what it has
        network.step("Bob", name)
        network.step("Bob", name)  # is asked for the operation
        network.step(name, "Bob")  # and tells it
    return network


def test_a_block_of_two_operations_is_asked_of_who_is_left() -> None:
    network = _waits_for_a_block_of_two()
    assert network.nodes["Bob"].held == 2
    network.disconnect("Alice", "Bob")
    network.settle()
    assert {op.author for op in network.logs["Bob"]} == {"Alice", "Carol"}


def test_a_block_that_was_damaged_on_its_way_is_asked_of_another_who_has_it() -> None:
    network = _waits_for_a_block_of_two()
    network.blocks["Alice"] = dict.fromkeys(network.blocks["Alice"], b"another")
    for _ in range(20):
        network.step("Bob", "Alice")
        network.step("Alice", "Bob")
    network.disconnect("Alice", "Bob")
    network.settle()
    assert {op.author for op in network.logs["Bob"]} == {"Alice", "Carol"}


def test_an_own_change_brings_the_blocks_that_another_operation_waits_for() -> None:
    network = _waits_for_a_block_of_two()
    network.write("Bob", "Bob.txt", "the same text in both")
    assert sorted(op.author for op in network.logs["Bob"]) == ["Alice", "Bob", "Carol"]


def _undo(network: Network, name: str, op: Op) -> None:
    peer = network.nodes[name]
    ops = [each for found in peer.ops.values() for each in found]
    network.do(name, peer.change(undoing(op, peer.heads, ops), "", 0.0))
    network.settle()


def _all_meet(network: Network) -> None:
    for one, other in (("Alice", "Bob"), ("Bob", "Carol"), ("Alice", "Carol")):
        network.connect(one, other)
    network.settle()


def test_an_edit_that_is_undone_gives_way_to_what_was_before() -> None:
    network = Network()
    _all_meet(network)
    network.write("Alice", "plan.txt", "one")
    network.settle()
    before = network.tree("Bob")
    network.write("Carol", "plan.txt", "two")
    network.settle()
    _undo(network, "Bob", network.nodes["Carol"].ops["Carol"][0])
    assert [network.tree(name) for name in NAMES] == [before] * 3
    _undo(network, "Alice", network.nodes["Bob"].ops["Bob"][0])
    assert network.tree("Carol") == {"plan.txt": content("two")[0].digest}


@pytest.mark.parametrize(("undone", "left"), [("one", None), (None, "one")])
def test_a_new_file_that_is_undone_is_gone_and_a_deletion_brings_it_back(
    undone: str | None, left: str | None
) -> None:
    network = Network()
    _all_meet(network)
    if undone is None:
        network.write("Alice", "plan.txt", "one")
        network.settle()
    network.write("Carol", "plan.txt", undone)
    network.settle()
    _undo(network, "Bob", network.nodes["Carol"].ops["Carol"][-1])
    assert network.tree("Alice") == ({} if left is None else {"plan.txt": content(left)[0].digest})


def test_of_two_versions_the_one_stays_when_the_other_is_undone() -> None:
    network = Network()
    network.write("Alice", "plan.txt", "one")
    network.write("Carol", "plan.txt", "two")
    _all_meet(network)
    _undo(network, "Bob", network.nodes["Carol"].ops["Carol"][0])
    assert network.tree("Carol") == {"plan.txt": content("one")[0].digest}


def test_what_somebody_has_built_on_is_not_undone() -> None:
    network = Network()
    _all_meet(network)
    for text in ("one", "two"):
        network.write("Alice", "plan.txt", text)
    network.settle()
    bob = network.nodes["Bob"]
    assert undoing(bob.ops["Alice"][0], bob.heads, bob.ops["Alice"]) == []


def _two_versions() -> Network:
    network = Network()
    network.write("Alice", "plan.txt", "one")
    network.write("Bob", "plan.txt", "two")
    _all_meet(network)
    return network


def _vote(network: Network, name: str, stays: str, *over: str) -> None:
    network.do(name, network.nodes[name].change((), "", 0.0, [Vote("plan.txt", stays, over)]))


ONE, TWO = "Alice/1", "Bob/1"


@pytest.mark.parametrize(
    ("votes", "left"),
    [
        ([("Alice", ONE)], {"one", "two"}),
        ([("Alice", ONE), ("Bob", TWO)], {"one", "two"}),
        ([("Alice", ONE), ("Alice", ONE)], {"one", "two"}),
        ([("Alice", ONE), ("Bob", TWO), ("Carol", TWO)], {"two"}),
        ([("Alice", ONE), ("Bob", ONE)], {"one"}),
        ([("Alice", ONE), ("Bob", ONE), ("Alice", TWO), ("Carol", TWO)], {"one"}),
    ],
)
def test_the_version_stays_for_which_most_are(votes: list[tuple[str, str]], left: set[str]) -> None:
    network = _two_versions()
    for name, stays in votes:
        _vote(network, name, stays, TWO if stays == ONE else ONE)
    network.settle()
    for name in NAMES:
        assert set(network.tree(name).values()) == {content(text)[0].digest for text in left}
        again = network.node(name)
        again.restore(network.logs[name], network.blocks[name], 0)
        assert again.heads == network.nodes[name].heads


def test_who_is_no_member_has_no_vote() -> None:
    network = _two_versions()
    network.nodes["Dave"] = network.node("Dave")
    network.blocks["Dave"], network.logs["Dave"] = {}, []
    network.connect("Dave", "Alice")
    network.settle()
    _vote(network, "Dave", ONE, TWO)
    _vote(network, "Alice", ONE, TWO)
    network.settle()
    assert len(network.tree("Carol")) == 2


def test_what_is_written_on_top_of_what_did_not_stay_is_a_version_again() -> None:
    network = _two_versions()
    network.disconnect("Alice", "Bob")
    network.disconnect("Alice", "Carol")
    network.write("Alice", "plan.txt", "three")  # on top of the one that is shown, which is Bob's
    for name in ("Bob", "Carol"):
        _vote(network, name, ONE, TWO)
    network.settle()
    assert set(network.tree("Carol").values()) == {content("one")[0].digest}
    _all_meet(network)
    both = {content("one")[0].digest, content("three")[0].digest}
    assert [set(network.tree(name).values()) for name in NAMES] == [both] * 3


@pytest.mark.parametrize("first", ["Alice-1", "Alice-2"])
def test_of_the_votes_of_one_device_under_two_names_all_peers_count_the_same_one(first: str) -> None:
    one, two = (_voting(f"Alice-{n}", stays) for n, stays in ((1, ONE), (2, TWO)))
    ops = [one, two] if first == "Alice-1" else [two, one]
    assert [vote.stays for _, vote in votes_on("plan.txt", ops)] == [ONE, TWO]


def _voting(author: str, stays: str) -> Op:
    vote = Vote("plan.txt", stays, (TWO if stays == ONE else ONE,))
    return Op(
        author=author, seq=1, before="", after={}, depth=1, changes=(), key="", written=0.0, votes=(vote,)
    )


def test_who_counts_as_far_as_it_goes_stops_nobody_else() -> None:
    network = Network()
    network.write("Alice", "plan.txt", "one")
    (op,) = network.logs["Alice"]
    far = node("Bob")
    far.restore([msgspec.structs.replace(op, depth=MOST)], network.blocks["Alice"], 0)
    (made, *_) = far.change([Change("list.txt", (), None)], "", 0.0)
    assert isinstance(made, Deliver)
    assert made.op.depth == MOST


def test_a_first_operation_that_follows_another_one_is_refused_at_once() -> None:
    bob = node("Bob")
    bob.connected("Alice")
    op = Op("Alice", 1, "x", {"Carol": 1}, 1, (), "", 0.0)
    assert any(isinstance(action, Refuse) for action in bob.received("Alice", Ops((op,))))
    assert bob.held == 0
