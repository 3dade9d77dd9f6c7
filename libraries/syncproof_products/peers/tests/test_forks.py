"""An author who says different things to different peers is found out, and nobody else can be made to look like one."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from syncproof_products.peers.core.actions import Expose, Refuse, Send
from syncproof_products.peers.core.forks import forked_at, proof_of
from syncproof_products.peers.core.heads import versions_of
from syncproof_products.peers.core.messages import Forked, Have, Ops, Pull
from syncproof_products.peers.core.model import Change, Op, Vote
from syncproof_products.peers.core.node import Node
from syncproof_products.peers.core.references import about_known, knows_all
from syncproof_products.peers.core.signing import Signer, is_genuine
from syncproof_products.peers.hostile.forking import Forking
from syncproof_products.peers.hostile.habit import Habit
from syncproof_products.peers.hostile.selective import Selective
from syncproof_products.peers.hostile.two_faced import TwoFaced
from syncproof_products.peers.tests.network import NAMES, Network, content

MALLORY = Signer("Mallory", b"m" * 32)
ALICE = Signer("Alice", b"a" * 32)
MEMBERS = (*NAMES, "Mallory")


def peer(name: str, blocks: Mapping[str, bytes]) -> Node:
    signer = Signer(name, name.encode().ljust(32))
    return Node(signer.author, signer.sign, is_genuine, lambda: MEMBERS, blocks.__getitem__)


def network() -> Network:
    made = Network()
    made.nodes = {name: peer(name, made.blocks[name]) for name in NAMES}
    return made


def chain(
    *texts: str, signer: Signer = MALLORY, path: str = "plan.txt", after: Sequence[Op] = ()
) -> list[Op]:
    """What an author writes, one behind the other, each on top of the one before."""
    made = list(after)
    for text in texts:
        parents = (made[-1].id,) if made else ()
        op = Op(
            author=signer.author,
            seq=len(made) + 1,
            before=made[-1].fingerprint() if made else "",
            after={},
            depth=len(made) + 1,
            changes=(Change(path, parents, content(text)[0]),),
            key="",
            written=0.0,
        )
        made.append(signer.sign(op))
    return made


def lie(op: Op) -> Op:
    """Of Mallory's: it says that a file is larger than it is."""
    (change,) = op.changes
    assert change.content is not None
    return MALLORY.sign(replace(op, changes=(replace(change, content=replace(change.content, size=99)),)))


def guess(made: Network, rng: random.Random, op: Op) -> Op:
    """Of Mallory's: it replaces what others have, or may write some day, and says of none that she had it."""
    author = made.nodes[rng.choice(NAMES)].name
    (change,) = op.changes
    parents = (*change.parents, f"{author}/{rng.randrange(1, 4)}")
    return MALLORY.sign(replace(op, changes=(replace(change, parents=parents),)))


def hears(made: Network, name: str, ops: Sequence[Op], *texts: str) -> None:
    """A peer hears an author directly."""
    node = made.nodes[name]
    for text in texts:
        made.blocks[name].update(content(text)[1])
        node._add_blocks(content(text)[1])
    made.do(name, node.connected("Mallory"))
    made.do(name, node.received("Mallory", Ops(tuple(ops))))
    made.do(name, node.disconnected("Mallory"))


def test_a_block_that_comes_another_way_is_asked_for_no_more() -> None:
    made = network()
    hears(made, "Alice", chain("x"), "x")
    made.connect("Alice", "Bob")
    for way in (("Alice", "Bob"), ("Bob", "Alice"), ("Bob", "Alice"), ("Alice", "Bob")):
        made.step(*way)  # what each has, what Bob asks for, and the operation
    assert made.nodes["Bob"].held == 1
    hears(made, "Bob", chain("x"), "x")
    made.settle()
    assert [len(made.nodes[name].has) for name in ("Alice", "Bob")] == [1, 1]
    assert made.nodes["Bob"].asking == 0


def all_meet(made: Network) -> None:
    for one, other in (("Alice", "Bob"), ("Bob", "Carol")):
        made.connect(one, other)
    made.settle()


def joins(made: Network, kind: type[Habit]) -> Habit:
    """Mallory meets all, as a peer with a habit."""
    made.blocks["Mallory"], made.logs["Mallory"] = {}, []
    mallory = kind(
        MALLORY.author, MALLORY.sign, is_genuine, lambda: MEMBERS, made.blocks["Mallory"].__getitem__
    )
    made.nodes["Mallory"] = mallory
    for name in NAMES:
        made.connect("Mallory", name)
    return mallory


def exposed(made: Network) -> list[dict[str, int]]:
    return [{author: at for author, (at, _) in made.nodes[name].exposed.items()} for name in NAMES]


def test_what_an_operation_says_of_the_one_before_it_is_that_ones_fingerprint() -> None:
    made, ops = network(), chain("one", "two", "three")
    node = made.nodes["Alice"]
    hears(made, "Alice", ops, "one", "two", "three")
    assert [node._fingerprint_of(op.author, op.seq) for op in ops] == [op.fingerprint() for op in ops]
    hears(made, "Alice", chain("other", after=ops[:2]))  # another third one: hers count up to the second
    assert [node._fingerprint_of(op.author, op.seq) for op in ops[:2]] == [op.fingerprint() for op in ops[:2]]


@pytest.mark.parametrize(
    ("common", "one", "other", "at"),
    [
        ((), ("one", "two"), ("two", "one"), 1),
        ((), ("one",), ("two", "one"), 1),
        (("zero",), ("one", "two"), ("two",), 2),
        (("zero",), ("one",), ("two", "x", "y"), 2),
    ],
)
def test_who_says_one_thing_here_and_another_there_is_believed_up_to_there(
    common: tuple[str, ...], one: tuple[str, ...], other: tuple[str, ...], at: int
) -> None:
    made, start = network(), chain(*common)
    hears(made, "Alice", chain(*one, after=start), *common, *one)
    hears(made, "Carol", chain(*other, after=start), *common, *other)
    all_meet(made)
    assert exposed(made) == [{MALLORY.author: at}] * 3
    tree = {"plan.txt": content(common[-1])[0].digest} if common else {}
    assert [made.tree(name) for name in NAMES] == [tree] * 3
    assert not any(isinstance(action, Refuse) for action in made.told)


def test_what_others_wrote_on_top_of_it_stays() -> None:
    made = network()
    hears(made, "Alice", chain("one"), "one")
    made.write("Alice", "plan.txt", "hers")
    made.write("Alice", "list.txt", "a list")
    hears(made, "Carol", chain("two"), "two")
    all_meet(made)
    tree = {"plan.txt": content("hers")[0].digest, "list.txt": content("a list")[0].digest}
    assert [made.tree(name) for name in NAMES] == [tree] * 3


def test_nothing_more_of_it_is_taken_also_after_a_start() -> None:
    made = network()
    hears(made, "Alice", chain("one"), "one")
    hears(made, "Alice", chain("two"), "two")
    again = peer("Alice", made.blocks["Alice"])
    again.restore(
        made.logs["Alice"],
        made.blocks["Alice"],
        0,
        [proof for _, proof in made.nodes["Alice"].exposed.values()],
    )
    made.nodes["Alice"] = again
    hears(made, "Alice", chain("one", "three"), "three")
    assert made.tree("Alice") == {}
    all_meet(made)
    assert exposed(made) == [{MALLORY.author: 1}] * 3


def test_a_later_proof_of_an_earlier_fork_goes_further_back() -> None:
    made, start = network(), chain("zero")
    hears(made, "Bob", chain("one", after=start), "zero", "one")
    hears(made, "Bob", chain("two", after=start))
    assert made.nodes["Bob"].exposed[MALLORY.author][0] == 2
    hears(made, "Bob", chain("another"))
    assert made.nodes["Bob"].exposed[MALLORY.author][0] == 1
    assert made.tree("Bob") == {}


def test_an_operation_that_its_author_has_not_signed_is_refused() -> None:
    (op,) = chain("one", signer=ALICE)
    forged = [
        replace(op, depth=9),
        replace(op, signature=b""),
        replace(op, author=MALLORY.author),
        replace(MALLORY.sign(op), author=ALICE.author),
        replace(op, public=b"short"),
    ]
    for each in forged:
        made = network()
        hears(made, "Bob", [each], "one")
        assert made.nodes["Bob"].has == {}
        assert any(isinstance(action, Refuse) for action in made.told)


@pytest.mark.parametrize(
    "proof",
    [
        Forked(*chain("one", signer=ALICE) * 2),
        Forked(chain("one", signer=ALICE)[0], replace(chain("one", signer=ALICE)[0], depth=9)),
        Forked(chain("one", signer=ALICE)[0], chain("two")[0]),
        Forked(*chain("one", "two", signer=ALICE)),
        Forked(chain("one", signer=ALICE)[0], replace(chain("one", signer=ALICE)[0], signature=b"")),
    ],
)
def test_who_told_one_thing_only_cannot_be_exposed(proof: Forked) -> None:
    made = network()
    hears(made, "Bob", chain("one", signer=ALICE), "one")
    node = made.nodes["Bob"]
    made.do("Bob", node.connected("Mallory"))
    actions = node.received("Mallory", proof)
    assert not any(isinstance(action, Expose) for action in actions)
    assert any(isinstance(action, Refuse) for action in actions)
    assert made.tree("Bob") == {"plan.txt": content("one")[0].digest}


@pytest.mark.parametrize("written", [1, 2, 3, 4])
def test_a_peer_with_two_faces_is_found_out_as_soon_as_it_shows_both(written: int) -> None:
    made = network()
    mallory = joins(made, TwoFaced)
    all_meet(made)
    for n in range(written):
        made.write("Mallory", "plan.txt", f"text {n}")
    made.settle()
    assert exposed(made) == [{MALLORY.author: 1} if written > 1 else {}] * 3
    assert [made.tree(name) for name in NAMES] == [{}] * 3
    assert mallory.exposed == {}


@pytest.mark.parametrize("written", [1, 2, 3, 6])
def test_who_shares_another_version_with_some_is_found_out_as_soon_as_they_have_both(written: int) -> None:
    made = network()
    mallory = joins(made, Selective)
    all_meet(made)
    for n in range(written):
        made.write("Mallory", "plan.txt", f"text {n}")
    made.settle()
    assert exposed(made) == [{MALLORY.author: 1} if written > 1 else {}] * 3
    tree = {"plan.txt": content("text 0")[0].digest} if written == 1 else {}
    assert [made.tree(name) for name in NAMES] == [tree] * 3
    assert mallory.harm == written


@pytest.mark.parametrize("written", [1, 2, 3, 4, 5])
def test_who_forks_its_history_is_believed_up_to_there(written: int) -> None:
    made = network()
    joins(made, Forking)
    all_meet(made)
    for n in range(written):
        made.write("Mallory", "plan.txt", f"text {n}")
    made.settle()
    assert exposed(made) == [{MALLORY.author: 2} if written > 2 else {}] * 3
    tree = {"plan.txt": content(f"text {1 if written == 2 else 0}")[0].digest}
    assert [made.tree(name) for name in NAMES] == [tree] * 3


def test_two_that_do_not_follow_each_other_prove_it() -> None:
    (one, _), (_, other) = chain("one", "x"), chain("two", "y")
    assert forked_at(one, other) == 2
    assert forked_at(other, one) == 0
    assert proof_of(other, one) == Forked(one, other)


def test_who_replaces_what_is_still_to_come_is_refused() -> None:
    made = network()
    made.connect("Alice", "Bob")
    first = f"{made.nodes['Alice'].name}/1"
    (op,) = chain("x")
    op = MALLORY.sign(replace(op, changes=(replace(op.changes[0], parents=(first,)),)))
    hears(made, "Carol", [op], "x")
    made.write("Alice", "plan.txt", "hers")
    made.settle()
    hears(made, "Bob", [op], "x")
    all_meet(made)
    assert [made.tree(name) for name in NAMES] == [{"plan.txt": content("hers")[0].digest}] * 3
    assert [action.caught for action in made.told if isinstance(action, Refuse)] == [True] * 2


@pytest.mark.parametrize(
    "other", ["Alice~1/3", "Bob~1/1", "Alice~1/0", "Alice~1/x", "Alice~1", "", "Mallory/1"]
)
def test_an_operation_is_about_what_its_author_had(other: str) -> None:
    op = Op("Mallory", 1, "", {"Alice~1": 2}, 3, (), "", 0.0)
    for known, about in ((True, "Alice~1/2"), (False, other)):
        replaces = replace(op, changes=(Change("plan.txt", ("Alice~1/1", about), None),))
        votes = replace(op, votes=(Vote("plan.txt", "Alice~1/1", (about,)),))
        assert knows_all(replaces) == knows_all(votes) == known
        assert (about_known(replaces) == replaces) == known
        assert about_known(votes).votes == (votes.votes if known else ())
    assert about_known(replaces).changes[0].parents == ("Alice~1/1",)


def test_what_is_written_on_top_of_a_version_that_does_not_count_any_more_is_taken() -> None:
    made = network()
    hears(made, "Alice", [*chain("one"), *chain("two")], "one")
    change = Change("plan.txt", (f"{MALLORY.author}/1",), content("hers")[0])  # her user began before that
    made.blocks["Alice"].update(content("hers")[1])
    made.do("Alice", made.nodes["Alice"].change([change], "", 0.0))
    all_meet(made)
    assert [made.tree(name) for name in NAMES] == [{"plan.txt": content("hers")[0].digest}] * 3
    assert not any(isinstance(action, Refuse) for action in made.told)


def test_what_counts_nowhere_takes_no_name_from_the_version_of_anybody() -> None:
    made = network()
    made.write("Alice", "plan.txt", "hers")
    made.write("Bob", "plan.txt", "his")
    made.connect("Alice", "Bob")
    made.settle()
    (copy,) = (path for path in made.tree("Alice") if path != "plan.txt")
    before = made.tree("Alice")
    hears(made, "Bob", chain("x", path=copy), "x")
    assert made.tree("Bob") != before
    for text in ("x", "y"):
        hears(made, "Carol", chain(text, path=copy))
    made.disconnect("Alice", "Bob")
    all_meet(made)
    assert exposed(made) == [{MALLORY.author: 1}] * 3
    assert [made.tree(name) for name in NAMES] == [before] * 3


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_whatever_is_said_to_whom_all_end_the_same(seed: int) -> None:
    rng = random.Random(seed)
    made, pairs = network(), [("Alice", "Bob"), ("Bob", "Carol"), ("Alice", "Carol")]
    for _ in range(rng.randrange(5, 40)):
        match rng.randrange(6):
            case 0:
                made.write(rng.choice(NAMES), rng.choice(["plan.txt", "b"]), f"text {rng.randrange(9)}")
            case 1:
                made.connect(*rng.choice(pairs))
            case 2:
                made.disconnect(*rng.choice(pairs))
            case 3:
                texts = [rng.choice("xyz") for _ in range(rng.randrange(1, 4))]
                copy = f"plan (conflict {made.nodes[rng.choice(NAMES)].name}-1).txt"
                ops = chain(*texts, path=rng.choice(["plan.txt", copy]))
                if rng.randrange(3) == 0:
                    ops[-1] = lie(ops[-1])
                if rng.randrange(3) == 0:
                    ops[-1] = guess(made, rng, ops[-1])
                hears(made, rng.choice(NAMES), ops, *texts)
            case _:
                for _ in range(rng.randrange(8)):
                    if made.under_way:
                        made.step(*rng.choice(list(made.under_way)))
    for pair in pairs:
        made.disconnect(*pair)
        made.connect(*pair)
    made.settle()
    assert [made.tree(name) for name in NAMES] == [made.tree("Alice")] * 3
    assert exposed(made) == [exposed(made)[0]] * 3
    assert set(exposed(made)[0]) <= {MALLORY.author}
    for name in NAMES:
        node, again = made.nodes[name], peer(name, made.blocks[name])
        again.restore(made.logs[name], made.blocks[name], 0, [proof for _, proof in node.exposed.values()])
        assert (again.has, again.exposed) == (node.has, node.exposed)
        assert (again.heads, again.folders) == (node.heads, node.folders)
        assert versions_of(node.heads, [op for ops in node.ops.values() for op in ops]) == node.heads


def test_what_others_have_under_a_number_is_compared_when_that_is_here() -> None:
    made = network()
    (one,), (two,) = chain("one"), chain("two")
    author, node = MALLORY.author, made.nodes["Bob"]
    node.blocks.update(content("one")[1])
    made.blocks["Bob"].update(content("one")[1])
    for name, op in (("Alice", one), ("Carol", two)):
        made.do("Bob", node.connected(name))
        made.do("Bob", node.received(name, Have({author: 1}, {author: op.fingerprint()[:16]})))
    apart = Send("Carol", Pull({author: 0}, {author: 1}))
    assert apart not in made.told
    assert apart in node.received("Alice", Ops((one,)))
    made.do("Bob", node.received("Carol", Ops((two,))))
    assert author in node.exposed
