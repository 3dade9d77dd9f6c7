"""What is kept from some: it keeps nobody waiting, nobody gets it by a name or a lie, and it is heard of in the end."""

from __future__ import annotations

import hashlib

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from syncproof_products.peers.core.actions import Known, Refuse, Send, Serve
from syncproof_products.peers.core.heads import versions_of
from syncproof_products.peers.core.lists import names_of
from syncproof_products.peers.core.messages import Have, Ops, Want
from syncproof_products.peers.core.model import Change, Op, Rule
from syncproof_products.peers.core.node import Node
from syncproof_products.peers.tests.network import NAMES, content
from syncproof_products.peers.tests.test_access import PAIRS, SECRET, Overheard
from syncproof_products.peers.tests.test_forks import MALLORY, chain, hears, network


def meets(made: Overheard, one: str, other: str) -> None:
    made.connect(one, other)
    made.settle()
    made.disconnect(one, other)


def known_to_carol_by_name() -> Overheard:
    """Alice owns the folder, keeps a file from Carol, and goes; Carol has all that came before and after it."""
    made = Overheard()
    made.rule(SECRET)
    made.write("Alice", "list.txt", "a list")
    for other in ("Bob", "Carol"):
        meets(made, "Alice", other)
    made.write("Alice", "secret/plan.txt", "a plan")
    made.write("Alice", "list.txt", "a longer list")
    meets(made, "Alice", "Carol")
    return made


def all_heads(node: Node) -> dict[str, dict[str, object]]:
    ops = [op for each in node.ops.values() for op in each]
    found = versions_of({path for op in ops for path in op.paths}, map(node.access.allowed, ops))
    return {path: {**heads} for path, heads in found.items()}


def test_what_one_may_read_and_nobody_there_may_keeps_nobodys_later_changes_from_it() -> None:
    made = known_to_carol_by_name()
    made.write("Carol", "hers.txt", "by Carol")
    made.write("Carol", "list.txt", "the longest list")
    made.connect("Carol", "Bob")
    made.settle()
    assert made.tree("Bob")["hers.txt"] == content("by Carol")[0].digest
    assert made.tree("Bob")["list.txt"] == content("the longest list")[0].digest
    assert not any(isinstance(each, Refuse) for each in made.told)
    made.connect("Alice", "Bob")
    made.connect("Alice", "Carol")
    made.settle()
    assert made.tree("Bob") == made.tree("Alice") == {**made.tree("Carol"), **made.tree("Bob")}
    assert len(made.tree("Bob")) == 3, "what was replaced before it came is no version beside another one"
    assert made.nodes["Bob"].heads == all_heads(made.nodes["Bob"])
    assert not made.nodes["Bob"]._ahead
    again = made.node("Dave")
    again.access.owner = "Alice"
    again.restore(made.logs["Bob"], (), 0)
    assert again.heads == made.nodes["Bob"].heads


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_all_who_may_read_find_the_same_whoever_was_away_when_it_was_written(data: st.DataObject) -> None:
    made = Overheard()
    for pair in PAIRS:
        made.connect(*pair)
    made.rule(SECRET)
    made.settle()
    for turn in range(data.draw(st.integers(1, 16))):
        name = data.draw(st.sampled_from(NAMES))
        path = data.draw(st.sampled_from(["list.txt", "secret/plan.txt"][: 1 + (name != "Carol")]))
        match data.draw(st.sampled_from(["write", "write", "meet", "cut", "link", "step", "patience"])):
            case "write":
                made.write(name, path, f"{turn} by {name}")
            case "meet":
                made.settle()
            case "cut":
                made.disconnect(*data.draw(st.sampled_from(PAIRS)))
            case "link":
                pair = data.draw(st.sampled_from(PAIRS))
                if pair not in made.under_way:
                    made.connect(*pair)
            case "patience":
                made.do(name, made.nodes[name].lose_patience())
            case _ if made.under_way:
                made.step(*data.draw(st.sampled_from(sorted(made.under_way))))
    for pair in PAIRS:
        made.disconnect(*pair)
        made.connect(*pair)
    made.settle()
    for node in made.nodes.values():
        assert node.heads == {path: heads for path, heads in all_heads(node).items() if heads}
        assert (node.held, node.asking) == (0, 0)
        again = made.node("Dave")
        again.access.owner = "Alice"
        again.restore(made.logs[node.name], (), 0)
        assert again.heads == node.heads
    assert made.tree("Alice") == made.tree("Bob")
    public = {path: digest for path, digest in made.tree("Alice").items() if not path.startswith("secret")}
    assert made.tree("Carol") == public


def test_who_has_it_and_is_there_is_waited_for_until_it_goes_or_says_nothing() -> None:
    for goes in (True, False):
        made = known_to_carol_by_name()
        made.write("Carol", "hers.txt", "by Carol")
        made.connect("Alice", "Bob")
        made.step("Alice", "Bob")  # it says that it has it, and then nothing
        made.connect("Carol", "Bob")
        while made.under_way["Carol", "Bob"] or made.under_way["Bob", "Carol"]:
            made.step("Carol", "Bob")
            made.step("Bob", "Carol")
        assert "hers.txt" not in made.tree("Bob")
        if goes:
            made.disconnect("Alice", "Bob")
        else:
            made.under_way["Bob", "Alice"].clear()
            for _ in range(3):
                made.do("Bob", made.nodes["Bob"].lose_patience())
        while made.under_way["Carol", "Bob"] or made.under_way["Bob", "Carol"]:
            made.step("Carol", "Bob")
            made.step("Bob", "Carol")
        assert "hers.txt" in made.tree("Bob"), goes


def test_what_its_own_author_may_not_know_is_no_operation() -> None:
    made = Overheard()
    made.connect("Alice", "Carol")
    carol = made.nodes["Carol"]
    hidden = Op("Carol", 1, "", {}, 1, (Change("x", (), None),), "", 0.0, readers=("Alice",), salt=b"s")
    (refused, *_) = made.nodes["Alice"].received("Carol", Ops((hidden,)))
    assert isinstance(refused, Refuse)
    made.rule(SECRET)
    made.settle()
    carol.access.take(made.nodes["Alice"].ops["Alice"][0])
    assert not carol.may_write("secret/plan.txt")


def test_nobody_gets_a_block_by_a_lie_that_names_it_and_nobody_after_a_start_by_its_name() -> None:
    made = Overheard()
    for pair in (("Alice", "Bob"), ("Bob", "Carol")):
        made.connect(*pair)
    made.rule(SECRET)
    made.settle()
    made.write("Alice", "secret/plan.txt", "a plan of mine")
    made.settle()
    bob = made.nodes["Bob"]
    told = made.nodes["Alice"].ops["Alice"][1]
    digest, other = names_of(told)
    lie = replace(content("any")[0], blocks=(digest, content("one that nobody has")[0].digest))
    change = Change("mine.txt", (), lie)
    hidden = Op("Carol", 1, "", {}, 1, (change,), "", 0.0, readers=("Bob", "Carol"), salt=b"s")
    bob.received("Carol", Ops((hidden,)))
    assert not isinstance(bob.received("Carol", Want(digest))[0], Serve)
    assert isinstance(bob.received("Alice", Want(digest))[0], Serve)
    again = made.node("Bob")
    again.restore((), (digest, other), 0)
    again.connected("Alice")
    again.connected("Carol")
    assert not isinstance(again.received("Carol", Want(other))[0], Serve)
    for op in made.nodes["Alice"].ops["Alice"]:
        again.received("Alice", Ops((op,)))
    assert isinstance(again.received("Alice", Want(other))[0], Serve)
    assert not isinstance(again.received("Carol", Want(other))[0], Serve)


def test_what_a_list_names_is_kept_from_others_like_the_list() -> None:
    made = Overheard()
    for pair in (("Alice", "Bob"), ("Bob", "Carol"), ("Alice", "Carol")):
        made.connect(*pair)
    made.rule(SECRET)
    whole, blocks = content("a plan that is long")
    listed = b"".join(map(bytes.fromhex, whole.blocks))
    name = hashlib.sha256(listed).hexdigest()
    made.blocks["Alice"].update({**blocks, name: listed})
    change = Change("secret/plan.txt", (), replace(whole, blocks=(f"+{name}",)))
    made.do("Alice", made.nodes["Alice"].change([change], "", 0.0))
    made.settle()
    assert made.tree("Bob") == {"secret/plan.txt": whole.digest}
    for who in ("Alice", "Bob"):
        for digest in (name, *whole.blocks):
            assert not isinstance(made.nodes[who].received("Carol", Want(digest))[0], Serve)


def test_nobody_keeps_a_block_from_those_who_had_it_before() -> None:
    made = Overheard()
    for pair in (("Alice", "Bob"), ("Bob", "Carol")):
        made.connect(*pair)
    made.write("Alice", "list.txt", "a list")
    made.settle()
    (digest,) = content("a list")[1]
    change = Change("mine.txt", (), content("a list")[0])
    hidden = Op("Carol", 1, "", {}, 1, (change,), "", 0.0, readers=("Bob", "Carol"), salt=b"s")
    bob = made.nodes["Bob"]
    bob.received("Carol", Ops((hidden,)))
    again = made.node("Bob")
    again.restore(made.logs["Bob"], (digest,), 0)
    again.connected("Alice")
    assert [isinstance(each.received("Alice", Want(digest))[0], Serve) for each in (bob, again)] == [True] * 2


def test_what_is_for_different_readers_is_known_to_have_come_in_whatever_order_they_say_so() -> None:
    made = Overheard()
    for path, reader in (("to Bob", "Bob"), ("to Carol", "Carol")):
        made.rule(Rule(path, ("Alice", reader), ("Alice", reader)))
    alice = made.nodes["Alice"]
    for other in ("Bob", "Carol"):
        made.connect("Alice", other)
    assert alice.unknown == 2
    alice.received("Carol", Have({"Alice": 2}))
    assert alice.unknown == 2
    assert Known(2) in alice.received("Bob", Have({"Alice": 2}))


def test_who_is_let_in_after_its_lies_were_told_of_is_not_believed() -> None:
    made, members = network(), ["Alice", "Bob", "Carol"]
    carol = made.nodes["Carol"]
    carol._members = lambda: members
    made.connect("Alice", "Carol")
    hears(made, "Alice", chain("one"), "one")
    hears(made, "Alice", chain("another"), "another")
    hears(made, "Bob", chain("one"), "one")
    made.settle()
    assert made.nodes["Alice"].exposed
    assert not carol.exposed
    members.append("Mallory")
    made.do("Carol", carol.let_in())
    made.connect("Bob", "Carol")
    made.settle()
    assert MALLORY.author in carol.exposed
    assert made.tree("Carol") == made.tree("Alice")
    before = len(made.told)
    made.do("Alice", made.nodes["Alice"].received("Carol", Have({MALLORY.author: 1})))
    made.do("Alice", made.nodes["Alice"].received("Carol", Have({MALLORY.author: 1})))
    assert not any(isinstance(each, Send) for each in made.told[before:]), "it is told so once"
