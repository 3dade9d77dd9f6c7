"""Who may not read something learns nothing of it, and who may not write something changes nothing, in any order."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from syncproof_agentkit.errors import AgentError
from syncproof_agentkit.workloads.access import NewRule, Owner
from syncproof_agentkit.workloads.files import FileChange
from syncproof_agentkit.workloads.locks import LockChange
from syncproof_products.peers.core.access import fits
from syncproof_products.peers.core.actions import Refuse, Serve
from syncproof_products.peers.core.messages import Message, Ops, Want, encode
from syncproof_products.peers.core.model import Change, Op, Rule
from syncproof_products.peers.core.signing import Signer, is_genuine
from syncproof_products.peers.hostile.curious import Curious
from syncproof_products.peers.tests.network import Network, content
from syncproof_products.peers.tests.test_device import BOB, hears, in_a_loop, names, peer

PAIRS = (("Alice", "Bob"), ("Bob", "Carol"), ("Alice", "Carol"))
SECRET = Rule("secret", ("Alice", "Bob"), ("Alice", "Bob"))


class Overheard(Network):
    """Alice owns the folder. said: what each was told."""

    def __init__(self) -> None:
        super().__init__()
        self.said: dict[str, list[bytes]] = {name: [] for name in self.nodes}
        for each in self.nodes.values():
            each.owned_by("Alice")

    def send(self, name: str, to: str, message: Message) -> None:
        self.said[to].append(encode(message))
        super().send(name, to, message)

    def rule(self, rule: Rule, name: str = "Alice") -> None:
        self.do(name, self.nodes[name].rule(rule, "", 0.0))


def mesh() -> Overheard:
    network = Overheard()
    for pair in PAIRS:
        network.connect(*pair)
    return network


@pytest.mark.parametrize(
    ("pattern", "path", "about"),
    [
        ("plan.txt", "plan.txt", True),
        ("plan.txt", "plan.txt/below", True),
        ("plan.txt", "docs/plan.txt", False),
        ("secret", "secret/a/b.txt", True),
        ("secret", "secrets/b.txt", False),
        ("*.txt", "docs/plan.txt", True),
        ("[a].txt", "[a].txt", True),
    ],
)
def test_what_a_rule_is_about(pattern: str, path: str, about: bool) -> None:
    assert fits(pattern, path) is about


def test_who_may_not_read_learns_neither_name_nor_content() -> None:
    network = mesh()
    network.rule(SECRET)
    network.settle()
    network.write("Bob", "secret/plan.txt", "a plan of mine")
    network.write("Carol", "list.txt", "a list")
    network.settle()
    assert sorted(network.tree("Alice")) == sorted(network.tree("Bob")) == ["list.txt", "secret/plan.txt"]
    assert sorted(network.tree("Carol")) == ["list.txt"]
    heard = b"".join(network.said["Carol"])
    _, blocks = content("a plan of mine")
    for secret in (b"secret", b"plan", *blocks.values(), *(each.encode() for each in blocks)):
        assert secret not in heard
    assert b"secret" in b"".join(network.said["Alice"])


def test_nobody_gets_a_block_by_its_name_alone() -> None:
    network = mesh()
    network.rule(SECRET)
    network.write("Alice", "secret/plan.txt", "a plan")
    network.settle()
    (digest,) = content("a plan")[1]
    asks = network.nodes["Bob"].received
    assert isinstance(asks("Alice", Want(digest))[0], Serve)
    assert not isinstance(asks("Carol", Want(digest))[0], Serve)
    network.write("Carol", "mine.txt", "a plan")
    network.settle()
    assert not isinstance(asks("Carol", Want(digest))[0], Serve), "who has it of her own need not ask"


def test_who_passes_on_what_it_may_not_read_keeps_nobody_from_it() -> None:
    network = Overheard()
    network.rule(SECRET)
    network.write("Alice", "secret/plan.txt", "a plan")
    network.write("Alice", "list.txt", "a list")
    for pair in (("Alice", "Carol"), ("Carol", "Bob")):
        network.connect(*pair)
    network.settle()
    assert (sorted(network.tree("Carol")), network.tree("Bob")) == (["list.txt"], {})
    network.connect("Alice", "Bob")
    network.settle()
    assert network.tree("Bob") == network.tree("Alice")
    assert not any(isinstance(each, Refuse) for each in network.told)


def test_who_asks_everybody_gets_it_of_nobody() -> None:
    network = Overheard()
    members = tuple(network.nodes)
    carol = Curious(
        "Carol", lambda op: op, lambda _: True, lambda: members, network.blocks["Carol"].__getitem__
    )
    network.nodes["Carol"] = carol
    for pair in PAIRS:
        network.connect(*pair)
    network.rule(SECRET)
    network.settle()
    network.write("Bob", "secret/plan.txt", "a plan")
    network.settle()
    assert carol.harm >= 2
    assert b"secret" not in b"".join(network.said["Carol"])
    assert network.tree("Alice") == network.tree("Bob") != {}


def test_who_withholds_what_it_may_read_is_caught() -> None:
    network = Overheard()
    network.rule(SECRET)
    op = network.nodes["Alice"].ops["Alice"][0]
    network.connect("Alice", "Bob")
    (refused, *_) = network.nodes["Bob"].received("Alice", Ops((op.veiled(),)))
    assert isinstance(refused, Refuse)
    assert refused.caught


def test_what_only_its_author_may_read_is_not_waited_for() -> None:
    network = mesh()
    network.rule(Rule("mine", ("Alice",), ("Alice",)))
    network.write("Alice", "mine/plan.txt", "a plan")
    network.settle()
    assert network.nodes["Alice"].unknown == 0
    assert (network.tree("Bob"), network.tree("Carol")) == ({}, {})


def test_who_has_a_veil_only_has_nothing() -> None:
    network = Overheard()
    network.connect("Alice", "Carol")
    network.rule(SECRET)
    network.settle()
    assert network.nodes["Alice"].unknown == 1
    network.connect("Alice", "Bob")
    network.settle()
    assert network.nodes["Alice"].unknown == 0


def test_a_change_without_the_right_counts_nowhere_and_what_was_there_before_stays() -> None:
    network = mesh()
    network.write("Carol", "plan.txt", "by Carol, who may still")
    network.settle()
    network.rule(Rule("plan.txt", (), ("Alice", "Bob")))
    network.write("Carol", "plan.txt", "by Carol, who has not heard yet")
    network.settle()
    kept = content("by Carol, who may still")[0].digest
    assert [network.tree(name) for name in network.nodes] == [{"plan.txt": kept}] * 3
    network.write("Bob", "plan.txt", "by Bob")
    network.settle()
    written = content("by Bob")[0].digest
    assert [network.tree(name) for name in network.nodes] == [{"plan.txt": written}] * 3
    assert not network.nodes["Carol"].may_write("plan.txt")


def test_nobody_elses_rules_count() -> None:
    network = mesh()
    network.rule(Rule("plan.txt", (), ("Carol",)), "Carol")
    network.settle()
    network.write("Bob", "plan.txt", "by Bob")
    network.settle()
    assert [len(network.tree(name)) for name in network.nodes] == [1] * 3


def test_who_hides_a_change_from_those_who_may_read_changes_nothing() -> None:
    network = mesh()
    made, blocks = content("for Alice only")
    network.blocks["Bob"].update(blocks)
    node = network.nodes["Bob"]
    sign = node._sign
    node._sign = lambda op: sign(replace(op, readers=("Alice", "Bob")))
    network.do("Bob", node.change([Change("plan.txt", (), made)], "", 0.0))
    network.settle()
    assert len(network.logs["Alice"]) == 1
    assert [network.tree(name) for name in network.nodes] == [{}] * 3


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_all_find_the_same_in_whatever_order_changes_and_rules_come(data: st.DataObject) -> None:
    network = mesh()
    for turn in range(data.draw(st.integers(1, 12))):
        name = data.draw(st.sampled_from(sorted(network.nodes)))
        path = data.draw(st.sampled_from(["plan.txt", "docs/list.txt"]))
        match data.draw(st.sampled_from(["write", "delete", "rule", "step", "cut", "link"])):
            case "write" if network.nodes[name].may_write(path):
                network.write(name, path, f"{turn} by {name}")
            case "delete" if network.nodes[name].may_write(path):
                network.write(name, path, None)
            case "rule":
                writers = data.draw(st.sets(st.sampled_from(sorted(network.nodes))))
                network.rule(Rule(path.partition("/")[0], (), tuple(sorted(writers))))
            case "cut":
                network.disconnect(*data.draw(st.sampled_from(PAIRS)))
            case "link":
                pair = data.draw(st.sampled_from(PAIRS))
                if pair not in network.under_way:
                    network.connect(*pair)
            case _ if network.under_way:
                network.step(*data.draw(st.sampled_from(sorted(network.under_way))))
    for pair in PAIRS:
        if pair not in network.under_way:
            network.connect(*pair)
    network.settle()
    trees = [network.tree(name) for name in network.nodes]
    assert trees[0] == trees[1] == trees[2]
    for each in network.nodes.values():
        log = [op for ops in each.ops.values() for op in ops]
        again = network.node("Dave")
        again.access.owner = "Alice"
        again.restore(sorted(log, key=lambda op: op.depth), (), 0)
        assert again.heads == each.heads


def test_a_veil_is_signed_and_what_is_beside_one_is_not() -> None:
    signer = Signer("Alice", b"\1" * 32)
    made = Op(
        signer.author,
        1,
        "",
        {},
        1,
        (Change("secret/plan.txt", (), content("a plan")[0]),),
        "key",
        0.0,
        readers=("Alice", "Bob"),
    )
    op = signer.sign(made)
    veiled = op.veiled()
    assert is_genuine(op)
    assert is_genuine(veiled)
    assert op.fingerprint() == veiled.fingerprint()
    assert veiled == op.told_to("Carol") == veiled.told_to("Carol")
    assert (op.told_to("Bob"), veiled.changes, veiled.key, veiled.paths) == (op, (), "", [])
    assert b"plan" not in msgspec.msgpack.encode(veiled)
    assert not is_genuine(replace(veiled, changes=op.changes))
    assert not is_genuine(replace(veiled, readers=()))
    assert not is_genuine(replace(op, changes=()))
    assert signer.sign(replace(made, salt=b"guessed")).veil == b""
    unsalted = msgspec.msgpack.encode((made.changes, made.key, made.votes, made.rules))
    assert veiled.veil != hashlib.sha256(unsalted).digest(), "whoever guesses a name could try it"


@in_a_loop
async def test_what_may_only_be_read_is_not_told_and_comes_back_when_it_is_deleted(tmp_path: Path) -> None:
    adapter = peer(tmp_path)
    device = adapter.device
    adapter.set_owner(Owner("Alice"))
    hears(device, "Alice", "plan.txt", "a plan")
    ruling = Op(
        "Alice", 2, device.node._tips["Alice"], {}, 2, (), "", 0.0, rules=(Rule("plan.txt", (), ("Alice",)),)
    )
    device.received("Alice", Ops((ruling,)), 9)
    wanted = FileChange(op_id="1", group="docs", action="write", path="plan.txt")
    for change in (wanted, msgspec.structs.replace(wanted, action="rename", path="other.txt", to="plan.txt")):
        with pytest.raises(AgentError, match=r"may not change 'plan\.txt'"):
            await adapter.change_file(change, b"mine")
    (device.folder.root / "plan.txt").unlink()
    device.look_again()
    assert (device.folder.root / "plan.txt").read_text() == "a plan"
    device.folder.put("plan.txt", b"mine", 0o644)
    device.look_again()
    assert (device.folder.root / "plan.txt").read_text() == "mine"
    assert BOB not in device.node.ops
    device.store.close()
    again = peer(tmp_path).device
    assert not again.may_write("plan.txt")
    (again.folder.root / "plan.txt").unlink()
    again.look_again()
    assert (again.folder.root / "plan.txt").read_text() == "a plan"


@in_a_loop
async def test_the_owner_alone_makes_rules_and_each_is_made_once(tmp_path: Path) -> None:
    adapter = peer(tmp_path)
    wanted = NewRule("1", "secret", ("Alice",), ("Alice~1",))
    with pytest.raises(AgentError, match="Only the owner makes rules"):
        adapter.make_rule(wanted)
    adapter.set_owner(Owner(str(adapter.author()["author"])))
    with pytest.raises(AgentError, match="`writers` is empty"):
        adapter.make_rule(msgspec.structs.replace(wanted, writers=()))
    made = adapter.make_rule(wanted)
    assert adapter.make_rule(wanted) == made
    with pytest.raises(AgentError, match="other content"):
        adapter.make_rule(msgspec.structs.replace(wanted, path="other"))
    (op,) = adapter.device.node.ops[BOB]
    assert op.rules == (Rule("secret", ("Alice", "Bob"), tuple(sorted(("Alice~1", BOB)))),)
    assert op.readers == ("Alice", "Bob")
    adapter.device.folder.put("secret/plan.txt", b"a plan", 0o644)
    adapter.device.folder.put("list.txt", b"a list", 0o644)
    adapter.device.take_in()
    assert [op.readers for op in adapter.device.node.ops[BOB][1:]] == [(), ("Alice", "Bob")]
    assert names(adapter.device.folder) == ["list.txt", "secret/plan.txt"]
    with pytest.raises(AgentError, match="A lock would tell everybody"):
        adapter.change_lock(LockChange(group="docs", action="lock", path="secret/plan.txt"))
    # One that it has had since before the rule it gives back.
    adapter.change_lock(LockChange(group="docs", action="unlock", path="secret/plan.txt"))
