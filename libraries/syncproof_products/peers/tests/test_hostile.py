"""What honest peers make of one that lies, or answers with something else, or not at all."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from msgspec.structs import replace
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

from syncproof_products.peers.agent.connections import Lost
from syncproof_products.peers.core.actions import Deliver, Refuse, Unanswered
from syncproof_products.peers.core.messages import Block, Have, Hello, Here, Ops, encode
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


@in_a_loop
async def test_who_sends_a_damaged_block_is_quarantined_and_nobody_else(tmp_path: Path) -> None:
    adapter = alone(tmp_path)
    device, told = adapter.device, []
    device.share("docs", ("Dave",))  # of four one may do harm
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
    device.share("docs", ["Mallory"])
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
