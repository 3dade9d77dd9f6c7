"""Files so large that an operation does not name their blocks: it names lists of them."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest
from msgspec.structs import replace

from syncproof_products.peers.agent import folder
from syncproof_products.peers.core import lists
from syncproof_products.peers.core.actions import Refuse
from syncproof_products.peers.core.bounds import MOST_OP
from syncproof_products.peers.core.contents import Damaged, is_true
from syncproof_products.peers.core.lists import blocks_in, members, named
from syncproof_products.peers.core.messages import Block, Have, Ops
from syncproof_products.peers.core.model import Change, Content, Op
from syncproof_products.peers.core.signing import Signer
from syncproof_products.peers.tests.network import NAMES, Network, content
from syncproof_products.peers.tests.test_device import in_a_loop, peer
from syncproof_products.peers.tests.test_forks import ALICE, MALLORY, all_meet, exposed, network
from syncproof_products.peers.tests.test_forks import hears as told

TEXT = "".join(f"{n:08}" for n in range(9))


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "DIRECT", 2)
    monkeypatch.setattr(lists, "_IN_ONE", 4)


def film(text: str = TEXT) -> tuple[Content, dict[str, bytes]]:
    """A file whose blocks are named in lists, and all that is to be stored of it."""
    made, blocks = content(text)
    names, found = named(made.blocks)
    return replace(made, blocks=names), {**blocks, **found}


def said(made: Content, who: Signer = ALICE) -> Op:
    """Its author's first operation."""
    return who.sign(Op(who.author, 1, "", {}, 1, (Change("film", (), made),), "", 0.0))


def writes(made: Network, name: str, text: str = TEXT) -> Content:
    whole, stored = film(text)
    made.blocks[name].update(stored)
    made.do(name, made.nodes[name].change([Change("film", (), whole)], "", 0.0))
    return whole


def test_a_file_of_any_size_is_a_small_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    for blocks in (lists.DIRECT, lists.DIRECT + 1, (5 << 30) // 65536, (1 << 40) // 65536):
        names, _ = named(["0" * 64] * blocks)
        whole = Content("0" * 64, blocks * 65536, 0o644, names)
        assert said(whole).length() < MOST_OP
    assert sum(len(members(data)) for data in named(["0" * 64] * 5000)[1].values()) == 2048 + 904


def test_the_blocks_of_a_file_are_those_in_its_lists() -> None:
    whole, stored = film()
    assert len(whole.blocks) == 3
    assert tuple(blocks_in(whole, stored.__getitem__)) == content(TEXT)[0].blocks
    assert is_true(said(whole), stored.__getitem__)


@pytest.mark.parametrize("lost", range(0, 60, 7))
def test_it_arrives_whatever_is_lost_on_the_way(lost: int) -> None:
    made, rng = network(), random.Random(lost)
    for pair in (("Alice", "Bob"), ("Bob", "Carol"), ("Alice", "Carol")):
        made.connect(*pair)
    whole = writes(made, "Alice")
    for name in NAMES:
        made.do(name, made.nodes[name].announce())
    for _ in range(lost):
        made.step(*rng.choice(list(made.under_way)))
    made.disconnect("Alice", "Carol")
    made.settle()
    assert [made.tree(name) for name in NAMES] == [{"film": whole.digest}] * 3
    assert made.blocks["Carol"] == made.blocks["Alice"]
    assert [made.nodes[name].asking + made.nodes[name].held for name in NAMES] == [0] * 3
    assert not any(isinstance(action, Refuse) for action in made.told)


@pytest.mark.parametrize("listed", [b"", b"no list", bytes(32), b"x" * 33])
def test_a_list_that_names_something_else_is_a_lie_or_never_comes(listed: bytes) -> None:
    made = network()
    whole, stored = film()
    digest = hashlib.sha256(listed).hexdigest()
    false = said(replace(whole, blocks=(*whole.blocks[:-1], f"+{digest}")), MALLORY)
    made.blocks["Bob"].update({**stored, digest: listed})
    bob = made.nodes["Bob"]
    bob.blocks.update(made.blocks["Bob"])
    told(made, "Bob", [false])
    assert made.tree("Bob") == {}
    writes(made, "Alice")
    all_meet(made)
    assert [made.tree(name) for name in NAMES] == [{"film": whole.digest}] * 3
    assert exposed(made) == [exposed(made)[0]] * 3


def test_a_block_that_another_file_takes_for_a_list_is_a_block() -> None:
    made = network()
    plain, stored = content("x" * 8 + "y" * 8)
    false = said(replace(plain, blocks=tuple(f"+{name}" for name in plain.blocks)), MALLORY)
    bob = made.nodes["Bob"]
    made.do("Bob", bob.connected("Carol"))
    made.do("Bob", bob.received("Carol", Have({MALLORY.author: 1, ALICE.author: 1})))
    made.do("Bob", bob.received("Carol", Ops((false, said(plain)))))
    for name, data in stored.items():
        made.do("Bob", bob.received("Carol", Block(name, data)))
    assert made.tree("Bob") == {"film": plain.digest}


def test_a_list_or_a_block_that_a_disk_damages_is_asked_for_again() -> None:
    whole, stored = film()
    a_list, a_block = whole.blocks[0].removeprefix("+"), content(TEXT)[0].blocks[5]
    for damaged in (a_list, a_block):
        made = network()
        writes(made, "Alice")
        all_meet(made)
        bob, blocks = made.nodes["Bob"], made.blocks["Bob"]
        blocks[damaged] = b"damaged"

        def read(digest: str, blocks: dict[str, bytes] = blocks) -> bytes:
            if blocks[digest] == b"damaged":
                raise Damaged(digest)
            return blocks[digest]

        bob._stored = read
        made.do("Bob", bob.mend(damaged))
        made.settle()
        assert blocks[damaged] == stored[damaged]


@in_a_loop
async def test_a_large_file_is_taken_in_and_laid(tmp_path: Path) -> None:
    device, other = peer(tmp_path / "one").device, peer(tmp_path / "other").device
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folder, "BLOCK_BYTES", 8)
        device.folder.put("film", TEXT.encode(), 0o644)
        device.take_in()
    (op,) = device.node.ops[device.node.name]
    whole = op.changes[0].content
    assert whole == film()[0]
    for name, data in film()[1].items():
        other.store.keep(name, data)
        other.node.blocks.add(name)
    other.share("docs", ("Alice",))
    other.connected("Alice")
    other._perform(other.node._got("Alice", [said(film()[0])]))
    assert (other.folder.root / "film").read_bytes() == TEXT.encode()
