"""What honest peers make of one that lies, or answers with something else, or not at all."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

from syncproof_products.peers.agent.connections import Lost
from syncproof_products.peers.core.actions import Deliver, Refuse, Send, Unanswered
from syncproof_products.peers.core.messages import Block, Have, Hello, Here, Ops, Pull, Still, Want, encode
from syncproof_products.peers.core.model import MOST, Op
from syncproof_products.peers.core.proofs import Lie
from syncproof_products.peers.core.signing import Signer
from syncproof_products.peers.hostile.damaging import Damaging
from syncproof_products.peers.hostile.dropping import Dropping
from syncproof_products.peers.hostile.flooding import Flooding
from syncproof_products.peers.hostile.forging import Forging
from syncproof_products.peers.hostile.lying import Lying
from syncproof_products.peers.hostile.stuffing import Stuffing
from syncproof_products.peers.hostile.trickling import Trickle
from syncproof_products.peers.tests.network import NAMES, Network, content
from syncproof_products.peers.tests.test_device import in_a_loop
from syncproof_products.peers.tests.test_device import peer as alone
from syncproof_products.peers.tests.test_forks import (
    ALICE,
    MALLORY,
    all_meet,
    chain,
    exposed,
    hears,
    joins,
    lie,
    network,
    peer,
)


def trees(made: Network) -> list[dict[str, str]]:
    return [made.tree(name) for name in NAMES]


def passes(made: Network) -> None:
    """Twice as long as anybody waits for an answer."""
    for _ in range(2):
        for name in NAMES:
            made.do(name, made.nodes[name].lose_patience())
        made.settle()


@pytest.mark.parametrize("written", [1, 2])
def test_who_says_what_is_not_so_is_exposed_and_its_files_are_nowhere(written: int) -> None:
    made = network()
    mallory = joins(made, Lying)
    all_meet(made)
    made.write("Alice", "list.txt", "hers")
    for n in range(written):
        made.write("Mallory", "plan.txt", f"text {n}")
    made.settle()
    assert exposed(made) == [{MALLORY.author: 1}] * 3
    assert trees(made) == [{"list.txt": content("hers")[0].digest}] * 3
    assert mallory.harm == written
    again = peer("Bob", made.blocks["Bob"])
    again.restore(
        made.logs["Bob"], made.blocks["Bob"], 0, [proof for _, proof in made.nodes["Bob"].exposed.values()]
    )
    assert again.exposed == made.nodes["Bob"].exposed


@pytest.mark.parametrize("said", [{"size": 9}, {"digest": hashlib.sha256(b"else").hexdigest()}])
def test_a_lie_about_size_or_hash_is_one(said: dict[str, object]) -> None:
    made, (op,) = network(), chain("one")
    (change,) = op.changes
    assert change.content is not None
    false = replace(op, changes=(replace(change, content=replace(change.content, **said)),))
    hears(made, "Bob", [MALLORY.sign(false)], "one")
    assert made.nodes["Bob"].exposed == {MALLORY.author: (1, Lie(MALLORY.sign(false)))}
    assert not any(isinstance(action, (Refuse, Deliver)) for action in made.told)


def test_who_had_the_truth_of_a_liar_hears_of_the_lie_and_believes_neither() -> None:
    made, (true,) = network(), chain("one")
    hears(made, "Alice", [true], "one")
    hears(made, "Carol", [lie(true)], "one")
    assert made.tree("Alice") == {"plan.txt": content("one")[0].digest}
    all_meet(made)
    assert exposed(made) == [{MALLORY.author: 1}] * 3
    assert trees(made) == [{}] * 3


def test_who_has_heard_of_a_lie_alone_gets_its_blocks_from_who_found_it() -> None:
    made, (true,) = network(), chain("one")
    hears(made, "Alice", [lie(true)], "one")
    all_meet(made)
    assert exposed(made) == [{MALLORY.author: 1}] * 3
    assert [made.nodes[name].held for name in NAMES] == [0] * 3
    assert not any(isinstance(action, Refuse) for action in made.told)


def test_damaged_blocks_are_refused_and_come_from_others() -> None:
    made = network()
    joins(made, Damaging)
    made.write("Alice", "plan.txt", "a text of several blocks")
    made.settle()
    refused = [action for action in made.told if isinstance(action, Refuse)]
    assert refused
    assert {(action.peer, action.caught) for action in refused} == {("Mallory", True)}
    made.disconnect("Mallory", "Bob")
    made.disconnect("Mallory", "Carol")
    all_meet(made)
    assert trees(made) == [{"plan.txt": content("a text of several blocks")[0].digest}] * 3


def test_what_others_wrote_is_taken_as_they_wrote_it_only() -> None:
    made = network()
    joins(made, Forging)
    made.write("Alice", "plan.txt", "hers")
    made.settle()
    refused = {(action.peer, action.caught) for action in made.told if isinstance(action, Refuse)}
    assert refused == {("Mallory", True)}
    assert [made.tree(name) for name in ("Bob", "Carol")] == [{}] * 2
    made.disconnect("Mallory", "Bob")
    made.disconnect("Mallory", "Carol")
    all_meet(made)
    assert trees(made) == [{"plan.txt": content("hers")[0].digest}] * 3


def test_what_one_does_not_give_comes_from_others_and_it_is_told() -> None:
    made = network()
    joins(made, Dropping)
    made.write("Alice", "plan.txt", "a text of several blocks")
    made.settle()
    assert trees(made)[1:] == [{}] * 2
    all_meet(made)
    assert trees(made)[2] == {}  # Carol asked Mallory, and waits
    passes(made)
    assert trees(made) == [{"plan.txt": content("a text of several blocks")[0].digest}] * 3
    told = {action.peer for action in made.told if isinstance(action, Unanswered)}
    assert told == {"Mallory"}
    assert [made.nodes[name].asking for name in NAMES] == [0] * 3


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
    assert Send("Dave", Pull({ALICE.author: 1}, {ALICE.author: 3})) in made.told


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
    assert trees(made) == [made.tree("Alice")] * 3
    assert [made.nodes[name].asking + made.nodes[name].held for name in NAMES] == [0] * 3
    assert not any(isinstance(action, (Unanswered, Refuse)) for action in made.told)


@in_a_loop
async def test_who_sends_a_damaged_block_is_quarantined_and_nobody_else(tmp_path: Path) -> None:
    adapter = alone(tmp_path)
    device, told = adapter.device, []
    device._observe = lambda what, fields: told.append((what, fields))
    (op,) = chain("one", signer=Signer("Alice", b"a" * 32))
    (digest,) = op.changes[0].content.blocks  # type: ignore[union-attr]
    device.connections._store.put("links", json.dumps({"Alice": "127.0.0.1:1", "Carol": "127.0.0.1:2"}))
    for name in ("Alice", "Carol"):
        device.connected(name)
        device.received(name, Have({op.author: 1}), 9)
    assert device.received("Alice", Ops((op,)), 9) is True
    assert device.received("Carol", Ops((op,)), 9) is False
    owes = next(name for name in ("Alice", "Carol") if digest in device.node.others[name].under_way)
    assert device.connections.missing == 2
    assert device.received(owes, Block(digest, b"another"), 9) is True
    await asyncio.sleep(0)
    quarantined = [fields for what, fields in told if what == "peer_quarantined"]
    assert [(each["peer"], each["reason"]) for each in quarantined] == [
        (owes, f"block {digest} is another one")
    ]
    assert device.connections.missing == 1
    device.connections._is = lambda *_: True  # type: ignore[method-assign]
    with pytest.raises(Lost, match="is quarantined"):
        device.connections._check(Hello(owes, "docs"), "", None)


@in_a_loop
async def test_who_answers_nothing_three_times_is_quarantined(tmp_path: Path) -> None:
    device, told = alone(tmp_path).device, []
    device._observe = lambda what, _: told.append(what)
    device.connected("Carol")
    device.received("Carol", Have({"Carol~1": 1}), 9)
    for count in range(4):
        device._perform(device.node.lose_patience())
        device.received("Carol", Here(), 9)
        await asyncio.sleep(0)
        assert told.count("peer_quarantined") == (count == 3)


def test_a_trickle_is_the_same_message_in_frames_of_one_byte() -> None:
    asyncio.run(_trickles())


async def _trickles() -> None:
    sent: list[bytes] = []
    trickle = Trickle(SimpleNamespace(write=sent.append, is_closing=lambda: False))  # type: ignore[arg-type]
    trickle._every_s = 0.0
    frames = ServerProtocol(state=State.OPEN)
    answers = [encode(Ops(tuple(chain("one")))), encode(Have({}))]
    for message in (encode(Have({"Mallory": 1})), *answers):
        frames.send_binary(message)
        trickle.write(b"".join(frames.data_to_send()))
    assert len(sent) == 2  # what is no answer goes at once, and the first byte of one
    trickle.write(b"\x8a\x00")
    assert sent[-1] == b"\x8a\x00"
    while len(sent) < 3 + len(answers[0]) - 1 + len(answers[1]):
        await asyncio.sleep(0)
    reader = ClientProtocol(parse_uri("ws://x"), state=State.OPEN)
    reader.receive_data(b"".join(sent))
    got = [
        event
        for event in reader.events_received()
        if isinstance(event, Frame) and event.opcode != Opcode.PONG
    ]
    assert b"".join(event.data for event in got[1:]) == b"".join(answers)
    assert [event.fin for event in got].count(True) == 3
    assert {len(event.data) for event in got[1:]} == {1}


def test_a_flood_and_votes_again_and_again_change_nothing() -> None:
    for kind in (Flooding, Stuffing):
        made = network()
        mallory = joins(made, kind)
        made.write("Alice", "plan.txt", "one")
        made.write("Bob", "plan.txt", "two")
        made.write("Mallory", "list.txt", "hers")
        all_meet(made)
        digests = {content(text)[0].digest for text in ("one", "two", "hers")}
        assert [set(tree.values()) for tree in trees(made)] == [digests] * 3
        assert mallory.harm


@in_a_loop
async def test_who_has_lied_is_not_believed_after_a_start(tmp_path: Path) -> None:
    device = alone(tmp_path).device
    (op,) = chain("one")
    device.store.keep(content("one")[0].digest, b"one")
    device.node.blocks.update(content("one")[1])
    device.connected("Carol")
    device.received("Carol", Ops((lie(op),)), 9)
    assert device.folder.tree() == {}
    device.store.close()
    again = alone(tmp_path).device
    assert again.node.exposed == {MALLORY.author: (1, Lie(lie(op)))}
    again.connected("Carol")
    again.received("Carol", Ops((op,)), 9)
    assert again.folder.tree() == {}
