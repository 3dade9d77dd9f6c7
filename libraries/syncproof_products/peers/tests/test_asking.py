"""What one was asked for and does not send comes from others; who is only slow is blamed by nobody."""

from __future__ import annotations

import random
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from syncproof_products.peers.core.actions import Action, Refuse, Send, Unanswered
from syncproof_products.peers.core.messages import Block, Have, Here, Ops, Pull, Still, Want
from syncproof_products.peers.core.model import MOST, Op
from syncproof_products.peers.tests.network import NAMES, Network, content
from syncproof_products.peers.tests.test_forks import ALICE, MALLORY, chain, network


def test_blocks_that_one_does_not_give_come_from_others() -> None:
    made = network()
    node = made.nodes["Bob"]
    (op,), blocks = chain("a text of several blocks"), content("a text of several blocks")[1]
    for name in ("Alice", "Mallory"):
        made.do("Bob", node.connected(name))
    asked = node.received("Mallory", Have({op.author: 1}))
    asked += node.received("Mallory", Ops((op,)))
    assert sum(isinstance(getattr(action, "message", None), Want) for action in asked) == 3
    assert node.received("Alice", Have({op.author: 1})) == []
    assert node.lose_patience() == []
    actions = node.lose_patience()
    assert actions[0] == Send("Mallory", Still())
    assert node.received("Mallory", Here()) == [Unanswered("Mallory")]
    wanted = {(action.to, action.message.digest) for action in actions[1:]}  # type: ignore[union-attr]
    assert wanted == {("Alice", digest) for digest in blocks}


def test_who_alone_has_something_is_waited_for() -> None:
    made = network()
    node = made.nodes["Bob"]
    made.do("Bob", node.connected("Mallory"))
    (asked,) = node.received("Mallory", Have({"Mallory~1": 1}))
    assert isinstance(asked.message, Pull)  # type: ignore[union-attr]
    still = [Send("Mallory", Still())]
    assert [node.lose_patience() for _ in range(3)] == [[], still, []]
    assert node.asking == 1
    assert node.received("Mallory", Here()) == [Unanswered("Mallory")]
    assert node.lose_patience() == still


def test_who_was_not_there_and_answers_then_has_left_nobody_waiting() -> None:
    made = network()
    node = made.nodes["Bob"]
    made.do("Bob", node.connected("Alice"))
    node.received("Alice", Have({MALLORY.author: 1}))
    assert [node.lose_patience() for _ in range(2)] == [[], [Send("Alice", Still())]]
    node.received("Alice", Ops(tuple(chain("one"))))
    assert node.received("Alice", Here()) == []


def test_nobody_is_asked_for_operations_that_wait_for_earlier_ones() -> None:
    made = network()
    node = made.nodes["Bob"]
    ops = chain(*(f"text {number}" for number in range(6)))
    author = ops[0].author
    for name in ("Alice", "Mallory"):
        made.do("Bob", node.connected(name))

    def asked(actions: Sequence[Action]) -> list[tuple[str, int, int]]:
        """Whom it asks for which operations: behind which, and up to which."""
        sent = [action for action in actions if isinstance(action, Send)]
        pulls = [(each.to, each.message) for each in sent if isinstance(each.message, Pull)]
        return [(to, pull.after[author], pull.upto[author]) for to, pull in pulls]

    assert asked(node.received("Mallory", Have({author: 3}))) == [("Mallory", 0, 3)]
    assert asked(node.received("Alice", Have({author: 5}))) == [("Alice", 3, 5)]
    assert asked(node.received("Alice", Ops(tuple(ops[3:5])))) == []
    assert asked(node.received("Mallory", Have({author: 5}))) == []
    assert asked(node.received("Mallory", Have({author: 6}))) == [("Mallory", 5, 6)]
    node.received("Mallory", Ops(tuple(ops[5:])))
    # What only that one was asked for is asked of another, but not what waits.
    assert asked(node.disconnected("Mallory")) == [("Alice", 0, 3)]


def trickles(made: Network, said: list[Op]) -> None:
    """Mallory tells Bob of another empty operation of her own."""
    last = said[-1] if said else None
    op = Op(MALLORY.author, len(said) + 1, last.fingerprint() if last else "", {}, len(said) + 1, (), "", 0.0)
    said.append(MALLORY.sign(op))
    made.do("Bob", made.nodes["Bob"].received("Mallory", Have({MALLORY.author: len(said)})))
    made.do("Bob", made.nodes["Bob"].received("Mallory", Ops((said[-1],))))


def test_what_one_only_claims_to_have_comes_from_others_whatever_else_it_sends() -> None:
    made = network()
    said: list[Op] = []
    bob, author = made.nodes["Bob"], made.nodes["Alice"].name
    made.do("Bob", bob.connected("Mallory"))
    made.do("Bob", bob.received("Mallory", Have({author: MOST})))
    made.connect("Alice", "Bob")
    for number in range(3):
        made.write("Alice", "plan.txt", f"text {number}")
        made.settle()
        for _ in range(2 if number == 0 else 0):
            trickles(made, said)
            made.do("Bob", bob.lose_patience())
            made.settle()
        assert made.tree("Bob") == made.tree("Alice")
    made.do("Bob", bob.disconnected("Mallory"))
    assert bob.asking == 0


def test_blocks_that_one_owes_come_from_others_whatever_else_it_sends() -> None:
    made = network()
    said: list[Op] = []
    bob, (op,) = made.nodes["Bob"], chain("a text of several blocks", signer=ALICE)
    for name in ("Mallory", "Alice"):
        made.do("Bob", bob.connected(name))
        made.do("Bob", bob.received(name, Have({op.author: 1})))
    made.do("Bob", bob.received("Mallory", Ops((op,))))
    assert len(bob.others["Mallory"].under_way) == 3
    for _ in range(2):
        trickles(made, said)
        made.do("Bob", bob.lose_patience())
    assert bob.others["Alice"].under_way == set(content("a text of several blocks")[1])


def test_who_is_late_is_asked_only_for_what_nobody_else_has() -> None:
    made = network()
    bob = made.nodes["Bob"]
    for name in ("Mallory", "Alice"):
        made.do("Bob", bob.connected(name))
    made.do("Bob", bob.received("Mallory", Have({"Alice~1": 1})))
    for _ in range(2):
        made.do("Bob", bob.lose_patience())
    bob.disconnected("Mallory")
    made.do("Bob", bob.connected("Mallory"))
    made.told.clear()
    for name in ("Alice", "Mallory"):
        made.do("Bob", bob.received(name, Have({"Alice~1": 3})))
    made.do("Bob", bob.received("Mallory", Have({"Alice~1": 3, "Carol~1": 2})))
    pulls = [(action.to, action.message) for action in made.told if isinstance(action, Send)]
    assert pulls == [
        ("Alice", Pull({"Alice~1": 0}, {"Alice~1": 3})),
        ("Mallory", Pull({"Carol~1": 0}, {"Carol~1": 2})),
    ]


def owes(made: Network, text: str, *names: str) -> tuple[str, str, str]:
    """Bob asks one of these for the block of a file that all have. Answers the block, whom, and the other one."""
    bob, (op,) = made.nodes["Bob"], chain(text, signer=ALICE)
    for name in names:
        made.do("Bob", bob.connected(name))
        made.do("Bob", bob.received(name, Have({op.author: 1})))
    made.do("Bob", bob.received(names[0], Ops((op,))))
    (digest,) = content(text)[1]
    one = next(name for name in names if digest in bob.others[name].under_way)
    return digest, one, next(name for name in names if name != one)


def test_what_comes_late_is_taken() -> None:
    made = network()
    bob = made.nodes["Bob"]
    digest, one, other = owes(made, "hers", "Alice", "Carol")
    for _ in range(3):
        made.do("Bob", bob.lose_patience())
    assert [digest in bob.others[name].under_way for name in (one, other)] == [False, True]
    made.do("Bob", bob.received(one, Block(digest, b"hers")))
    assert made.tree("Bob") == {"plan.txt": content("hers")[0].digest}
    assert bob.asking == 0
    made.do("Bob", bob.received(other, Block(digest, b"hers")))
    assert not any(isinstance(action, Unanswered) for action in made.told)


def test_who_was_late_is_waited_for_again_when_the_other_one_is_gone() -> None:
    made = network()
    bob = made.nodes["Bob"]
    digest, one, other = owes(made, "hers", "Alice", "Carol")
    for _ in range(3):
        made.do("Bob", bob.lose_patience())
    made.do("Bob", bob.disconnected(other))
    assert bob.others[one].under_way == {digest}
    assert sum(getattr(action, "message", None) == Want(digest) for action in made.told) == 2
    made.do("Bob", bob.received(one, Block(digest, b"hers")))
    assert made.tree("Bob") == {"plan.txt": content("hers")[0].digest}


def test_who_answers_late_and_all_of_it_has_left_nobody_waiting() -> None:
    for number in range(3):
        digest, one, other = owes(made := network(), f"text {number}", "Alice", "Carol")
        bob = made.nodes["Bob"]
        for _ in range(2):
            made.do("Bob", bob.lose_patience())
        assert Send(one, Still()) in made.told
        made.do("Bob", bob.received(other, Block(digest, f"text {number}".encode())))
        made.do("Bob", bob.received(one, Block(digest, f"text {number}".encode())))
        made.do("Bob", bob.received(one, Here()))
        assert not any(isinstance(action, (Unanswered, Refuse)) for action in made.told)


def test_a_block_that_one_does_not_have_comes_from_another() -> None:
    made = network()
    bob = made.nodes["Bob"]
    digest, one, other = owes(made, "hers", "Alice", "Carol")
    assert bob.received(one, Block(digest, None)) == [Send(other, Want(digest))]
    assert bob.received(other, Block(digest, None)) == []
    assert set(bob.lose_patience()) & {Send(one, Want(digest)), Send(other, Want(digest))}


def test_operations_that_do_not_come_are_asked_of_others_from_there_on() -> None:
    made = network()
    bob = made.nodes["Bob"]
    ops = chain("one", "two", "three", signer=ALICE)
    for name in ("Carol", "Dave"):
        made.do("Bob", bob.connected(name))
        made.do("Bob", bob.received(name, Have({ALICE.author: 3})))
    made.do("Bob", bob.received("Carol", Ops((ops[0],))))
    made.do("Bob", bob.received("Carol", Ops((ops[2],))))  # what it was asked for before is still to come
    for _ in range(2):
        made.do("Bob", bob.lose_patience())
    assert Send("Dave", Pull({ALICE.author: 1}, {ALICE.author: 2})) in made.told  # the third waits here


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_however_slow_all_are_all_have_all_in_the_end_and_nobody_is_blamed(seed: int) -> None:
    rng = random.Random(seed)
    made, pairs = network(), [("Alice", "Bob"), ("Bob", "Carol"), ("Alice", "Carol")]
    for pair in pairs:
        made.connect(*pair)
    for _ in range(rng.randrange(5, 60)):
        match rng.randrange(8):
            case 0 | 1:
                text = "".join(f"{rng.randrange(3):08d}" for _ in range(rng.randrange(1, 7)))
                made.write(rng.choice(NAMES), rng.choice("ab"), text)
            case 2 | 3:
                name = rng.choice(NAMES)
                made.do(name, made.nodes[name].lose_patience())
            case 4:
                pair = rng.choice(pairs)
                made.disconnect(*pair)
                made.connect(*pair)
            case 5:
                made.disconnect(*rng.choice(pairs))
            case _:
                for name in NAMES:
                    made.do(name, made.nodes[name].announce())
                for _ in range(rng.randrange(6)):
                    made.step(*rng.choice(list(made.under_way) or [("Alice", "Bob")]))
    missing = [pair for pair in pairs if pair not in made.under_way]
    for pair in missing[:1] if len(missing) < 3 else missing[1:]:
        made.connect(*pair)
    made.settle()
    assert [made.tree(name) for name in NAMES] == [made.tree("Alice")] * 3
    assert [made.nodes[name].asking + made.nodes[name].held for name in NAMES] == [0] * 3
    assert not any(isinstance(action, (Unanswered, Refuse)) for action in made.told)
