"""What peers make of a disk that damages what they keep, and of others at whom something fails."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec
import pytest

from syncproof_products.peers.agent.store import Store
from syncproof_products.peers.core.actions import Expose, Refuse, Send, Serve, Unanswered
from syncproof_products.peers.core.contents import Damaged
from syncproof_products.peers.core.messages import Block, Have, Message, Ops, Want, decode, encode
from syncproof_products.peers.hostile.buggy import Buggy
from syncproof_products.peers.hostile.flipping import Flipping
from syncproof_products.peers.hostile.muddled import Muddled
from syncproof_products.peers.tests.network import Network, content
from syncproof_products.peers.tests.test_device import hears, in_a_loop
from syncproof_products.peers.tests.test_device import peer as alone
from syncproof_products.peers.tests.test_device import text as file_of
from syncproof_products.peers.tests.test_forks import all_meet, chain, joins, network
from syncproof_products.peers.tests.test_hostile import passes, trees

TEXT = "a text of several blocks"


def decays(made: Network, name: str, *digests: str) -> None:
    """A disk damages these blocks; whoever reads them is told."""
    node, stored = made.nodes[name], made.blocks[name]
    for digest in digests:
        stored[digest] = b"damaged"

    def read(digest: str) -> bytes:
        if stored.get(digest) == b"damaged":
            raise Damaged(digest)
        return stored[digest]

    node._stored = read


def rots(directory: Path, digest: str) -> None:
    """A disk damages a block of a peer's store."""
    (path,) = directory.glob("*.db")
    with sqlite3.connect(path) as database:
        database.execute("UPDATE blocks SET data = X'00' WHERE digest = ?", (digest,))
    database.close()


def test_a_damaged_block_is_not_handed_out_and_is_right_when_it_is_stored_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    digest = file_of("one").digest
    with pytest.raises(Damaged, match=digest):
        store.block(digest)
    store.keep(digest, b"one")
    rots(tmp_path, digest)
    with pytest.raises(Damaged, match=digest):
        store.block(digest)
    store.keep(digest, b"one")
    assert store.block(digest) == b"one"


def test_a_block_that_is_damaged_before_its_file_is_whole_makes_nobody_a_liar() -> None:
    made, (op,) = network(), chain(TEXT)
    first, *others = content(TEXT)[0].blocks
    node = made.nodes["Bob"]
    for name in ("Alice", "Carol"):
        made.do("Bob", node.connected(name))
        made.do("Bob", node.received(name, Have({op.author: 1})))
    made.do("Bob", node.received("Alice", Ops((op,))))

    def answers(digest: str) -> None:
        for name in ("Alice", "Carol"):
            made.do("Bob", node.received(name, Block(digest, content(TEXT)[1][digest])))

    answers(first)
    decays(made, "Bob", first)
    for digest in others:
        answers(digest)
    assert made.tree("Bob") == {}
    assert not any(isinstance(action, (Expose, Refuse)) for action in made.told)
    assert sum(isinstance(each, Send) and each.message == Want(first) for each in made.told) == 2
    answers(first)
    assert made.tree("Bob") == {"plan.txt": content(TEXT)[0].digest}


def test_a_block_that_is_damaged_later_is_asked_of_whoever_has_it() -> None:
    made = network()
    made.write("Alice", "plan.txt", TEXT)
    all_meet(made)
    first = content(TEXT)[0].blocks[0]
    decays(made, "Bob", first)
    actions = made.nodes["Bob"].mend(first)
    (wanted,) = [action for action in actions if isinstance(action, Send)]
    assert wanted.message == Want(first)
    assert made.nodes["Bob"].received("Carol", Want(first)) == [Send("Carol", Block(first, None))]
    made.do("Bob", actions)
    made.settle()
    assert made.blocks["Bob"][first] == content(TEXT)[1][first]
    assert made.nodes["Bob"].received("Carol", Want(first)) == [Serve("Carol", first)]
    assert made.nodes["Bob"].asking == 0


def test_a_damaged_block_that_one_does_not_give_comes_from_others() -> None:
    made = network()
    made.write("Alice", "plan.txt", TEXT)
    all_meet(made)
    first, node = content(TEXT)[0].blocks[0], made.nodes["Bob"]
    (asked,) = node.mend(first)
    assert isinstance(asked, Send)
    (other,) = {"Alice", "Carol"} - {asked.to}
    assert node.lose_patience() == []
    assert Send(other, Want(first)) in node.lose_patience()


@in_a_loop
async def test_who_finds_a_damaged_block_hands_it_to_nobody_and_asks_for_it(tmp_path: Path) -> None:
    device = alone(tmp_path).device
    sent: list[tuple[str, Message]] = []
    device.connections.send = lambda peer, message: sent.append((peer, message))  # type: ignore[method-assign]
    hears(device, "Alice~1", "plan.txt", "one")
    digest = file_of("one").digest
    rots(tmp_path, digest)
    device.received("Alice~1", Want(digest), 9)
    assert sent[-2:] == [("Alice~1", Block(digest, None)), ("Alice~1", Want(digest))]
    device.received("Alice~1", Block(digest, b"one"), 9)
    device.received("Alice~1", Want(digest), 9)
    assert sent[-1] == ("Alice~1", Block(digest, b"one"))


@in_a_loop
async def test_a_file_with_a_damaged_block_is_laid_when_that_has_come_again(tmp_path: Path) -> None:
    device = alone(tmp_path).device
    device.share("docs", ["Mallory"])
    digest = file_of("one").digest
    device.store.keep(digest, b"two")  # a disk has made that of it
    (op,) = chain("one")
    device.connected("Carol")
    device.node.blocks.add(digest)
    device.node._new[digest] = b"one"
    device.received("Carol", Ops((op,)), 9)
    assert device.folder.tree() == {}
    device.received("Carol", Block(digest, b"one"), 9)
    device.look_again()
    assert list(device.folder.tree()) == ["plan.txt"]


def test_who_sends_some_blocks_damaged_is_caught() -> None:
    made = network()
    mallory = joins(made, Flipping)
    made.write("Alice", "plan.txt", TEXT)
    made.settle()
    refused = {(action.peer, action.caught) for action in made.told if isinstance(action, Refuse)}
    assert refused == {("Mallory", True)}
    assert mallory.harm
    made.disconnect("Mallory", "Bob")
    made.disconnect("Mallory", "Carol")
    all_meet(made)
    assert trees(made) == [{"plan.txt": content(TEXT)[0].digest}] * 3


def test_what_somebody_only_believes_that_it_has_is_waited_for_no_longer_than_for_an_answer() -> None:
    made = network()
    joins(made, Muddled)
    all_meet(made)
    made.write("Alice", "plan.txt", "one")
    made.settle()
    made.write("Alice", "list.txt", "two")
    made.settle()
    passes(made)
    assert trees(made) == [{"plan.txt": content("one")[0].digest, "list.txt": content("two")[0].digest}] * 3
    assert {action.peer for action in made.told if isinstance(action, Unanswered)} == {"Mallory"}


def test_nonsense_ends_a_connection_at_most() -> None:
    made = network()
    mallory, alice = joins(made, Buggy), made.nodes["Alice"]
    said: list[Message] = []
    for _ in range(5):
        action = mallory.received("Alice", Ops(()))[-1]
        assert isinstance(action, Send)
        said.append(action.message)
    assert mallory.harm == 5
    actions = [each for message in said[:4] for each in alice.received("Mallory", decode(encode(message)))]
    refused = [action for action in actions if isinstance(action, Refuse)]
    assert refused
    assert not any(action.caught for action in refused)
    with pytest.raises(msgspec.DecodeError):
        decode(encode(said[4]))
