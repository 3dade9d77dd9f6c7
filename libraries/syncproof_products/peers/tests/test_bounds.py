"""Whatever is written by whomever, no peer says more at once than another one can take."""

from __future__ import annotations

import random
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from syncproof_products.peers.core import bounds
from syncproof_products.peers.core.actions import Deliver, Refuse, Send
from syncproof_products.peers.core.bounds import MOST_BLOCK, MOST_MESSAGE, MOST_NAMES, MOST_OP, portions
from syncproof_products.peers.core.messages import Block, Forked, Have, Ops, Pull, encode
from syncproof_products.peers.core.model import Change, Op, device_of
from syncproof_products.peers.tests.network import NAMES, content, node
from syncproof_products.peers.tests.test_device import in_a_loop, peer
from syncproof_products.peers.tests.test_forks import MALLORY, chain, hears, network


def large(text: str, key: str) -> Op:
    """Of Mallory's, with a key."""
    (op,) = chain(text)
    return MALLORY.sign(replace(op, key=key))


def test_an_operation_that_nobody_could_pass_on_is_refused_also_as_a_proof() -> None:
    made = network()
    one, other = (large(text, "k" * MOST_OP) for text in "xy")
    hears(made, "Bob", [one], "x")
    bob = made.nodes["Bob"]
    made.do("Bob", bob.connected("Mallory"))
    made.do("Bob", bob.received("Mallory", Forked(one, other)))
    assert [action.caught for action in made.told if isinstance(action, Refuse)] == [True] * 2
    assert (bob.has, bob.exposed) == ({}, {})


def test_a_block_that_nobody_could_pass_on_is_refused() -> None:
    made = network()
    (op,), data = chain("x" * (MOST_BLOCK + 1)), b"x" * (MOST_BLOCK + 1)
    (change,) = op.changes
    assert change.content is not None
    digest = bounds_digest(data)
    op = MALLORY.sign(
        replace(op, changes=(replace(change, content=replace(change.content, blocks=(digest,))),))
    )
    bob = made.nodes["Bob"]
    made.do("Bob", bob.connected("Mallory"))
    made.do("Bob", bob.received("Mallory", Have({op.author: 1})))
    made.do("Bob", bob.received("Mallory", Ops((op,))))
    made.do("Bob", bob.received("Mallory", Block(digest, data)))
    assert any(isinstance(action, Refuse) and action.caught for action in made.told)


def bounds_digest(data: bytes) -> str:
    return content(data.decode())[0].digest


@given(st.integers(0, 2**32))
@settings(max_examples=10, deadline=None)
def test_whatever_there_is_each_message_is_one_that_others_take(seed: int) -> None:
    rng = random.Random(seed)
    bob = node("Bob")
    bob.connected("Carol")
    said = list[object]()
    names = [f"{'M' * 60}{n:04}~{n:016x}" for n in range(rng.choice([10, 2 * MOST_NAMES + 1]))]
    new = [f"N{name}" for name in names]
    members = frozenset((*NAMES, *map(device_of, (*names, *new))))
    bob._members = lambda: members
    size = rng.choice([10, MOST_OP // 2]) if len(names) == 10 else 10
    changes = (Change("plan.txt", (), None),)
    ops = [Op(name, 1, "", {}, 1, changes, "k" * size, 0.0) for name in names]
    for each in range(0, len(ops), 100):
        said += bob.received("Carol", Ops(tuple(ops[each : each + 100])))
    assert len(bob.has) == len(names)
    mine = bob.change([Change("plan.txt", tuple(bob.heads["plan.txt"]), None)], "", 0.0)
    said += [*mine, *bob.announce(), *bob.connected("Dave")]
    said += bob.received("Dave", Pull({}, dict.fromkeys([*names, "Bob"], 1)))
    for part in range(0, len(new), MOST_NAMES):
        said += bob.received("Dave", Have(dict.fromkeys(new[part : part + MOST_NAMES], 5)))
    sent = [action.message for action in said if isinstance(action, Send)]
    assert sum(len(each.ops) for each in sent if isinstance(each, Ops)) == len(names) + 1
    assert set().union(*(each.upto for each in sent if isinstance(each, Pull))) == set(new)
    assert set().union(*(each.has for each in sent if isinstance(each, Have))) == {*names, "Bob"}
    assert max(len(encode(message)) for message in sent) <= MOST_MESSAGE // 2
    clocks = [
        each.has if isinstance(each, Have) else each.upto for each in sent if isinstance(each, Have | Pull)
    ]
    assert max(len(clock) for clock in clocks) <= MOST_NAMES
    (made,) = (action.op for action in mine if isinstance(action, Deliver) and action.own)
    assert len(made.after) <= MOST_NAMES
    assert len(made.changes[0].parents) <= MOST_NAMES
    other = node("Dave")
    other.connected("Bob")
    assert not any(isinstance(action, Refuse) for action in other.received("Bob", Ops((made,))))


@in_a_loop
async def test_very_many_files_at_once_are_several_operations(tmp_path: Path) -> None:
    device = peer(tmp_path).device
    for number in range(3 * MOST_NAMES // 2):
        device.folder.put(f"{number:04}.txt", b"the same", 0o644)
    device.take_in()
    (ops,) = device.node.ops.values()
    assert [len(op.changes) for op in ops] == [MOST_NAMES, MOST_NAMES // 2]
    assert max(op.length() for op in ops) <= MOST_OP
    device.take_in()
    assert len(ops) == 2


def test_portions_are_as_large_as_they_may_be() -> None:
    half = bounds.PORTION // 2
    assert list(portions([half, half, half], int, 9)) == [[half, half], [half]]
    assert list(portions([1, 1, 1], int, 2)) == [[1, 1], [1]]
    assert list(portions([1, 3 * half, 1], int, 9)) == [[1], [3 * half], [1]]
    assert list(portions([], int, 9)) == []


def test_what_one_signs_has_the_length_that_it_says() -> None:
    op = large("x", "k" * 1000)
    assert len(encode(Ops((op,)))) <= op.length()
