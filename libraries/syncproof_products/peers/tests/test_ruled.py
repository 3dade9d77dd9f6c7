"""A device whose folder has rules: what its user did against them stays its user's, and nothing fails open."""

from __future__ import annotations

import asyncio
import logging
import shutil
from pathlib import Path

import pytest

from syncproof_agentkit.errors import AgentError
from syncproof_agentkit.workloads.access import Owner
from syncproof_products.peers.agent.device import Device
from syncproof_products.peers.core.forks import proof_of
from syncproof_products.peers.core.messages import Ops
from syncproof_products.peers.core.model import Change, Clock, Op, Rule
from syncproof_products.peers.tests.test_copied import device as device_of_bob
from syncproof_products.peers.tests.test_device import BOB, in_a_loop, names, peer, text

READ_ONLY = Rule("plan.txt", (), ("Alice",))


def says(
    device: Device,
    author: str,
    *paths: str,
    rules: tuple[Rule, ...] = (),
    after: Clock | None = None,
    key: str = "",
) -> None:
    """Alice, or Carol, writes these files, or rules: the next operation of hers comes."""
    node = device.node
    node._is_genuine = lambda _: True  # signatures are another test's
    changes = []
    for path in paths:
        content = text(f"{path} by {author}")
        device.store.keep(content.digest, f"{path} by {author}".encode())
        node.blocks.add(content.digest)
        parents = tuple(node.heads.get(path, ())) if after else ()
        changes.append(Change(path, parents, content))
    seq, before = node.has.get(author, 0) + 1, node._tips.get(author, "")
    op = Op(author, seq, before, after or {}, node._depth + 1, tuple(changes), key, 0.0, rules=rules)
    if author not in node.others:
        device.connected(author)
    device.received(author, Ops((op,)), 9)
    assert node.has[author] == seq


def lies(device: Device, path: str = "plan.txt") -> str:
    return (device.folder.root / path).read_text()


@in_a_loop
async def test_an_edit_that_nobody_is_told_of_is_read_and_logged_once_and_told_when_it_may_be(
    tmp_path: Path,
) -> None:
    device = peer(tmp_path).device
    device.set_owner("Alice")
    says(device, "Alice", "plan.txt")
    says(device, "Alice", rules=(READ_ONLY,))
    logged: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: logged.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("syncproof_products.peers.agent.device").addHandler(handler)
    device.folder.put("plan.txt", b"mine", 0o644)
    before = device.folder.hashed
    for _ in range(5):
        device.look_again()
    assert device.folder.hashed == before + 1
    assert ["may only be read here" in each for each in logged] == [True]
    device.folder.put("plan.txt", b"mine, too", 0o644)
    device.look_again()
    assert len(logged) == 2
    assert BOB not in device.node.has
    says(device, "Alice", rules=(Rule("plan.txt", (), ()),))
    device.look_again()
    assert device.node.has[BOB] == 1
    assert lies(device) == "mine, too"


@in_a_loop
async def test_what_was_written_before_a_rule_was_heard_stays_its_users(tmp_path: Path) -> None:
    device = peer(tmp_path).device
    device.set_owner("Alice")
    says(device, "Alice", "plan.txt")
    for path in ("plan.txt", "plan.txt.d/new.txt"):
        device.folder.put(path, b"mine", 0o644)
    device.take_in()
    assert device.node.has[BOB] == 1
    says(device, "Alice", rules=(Rule("plan.*", (), ("Alice",)),))
    assert [head.op for head in device.node.heads["plan.txt"].values()] == ["Alice/1"]
    for _ in range(2):
        assert [lies(device), lies(device, "plan.txt.d/new.txt")] == ["mine", "mine"]
        assert names(device.folder) == ["plan.txt", "plan.txt.d/new.txt"]
        device.look_again()
    device.store.close()
    again = peer(tmp_path).device
    again.start()
    again.look_again()
    assert lies(again) == "mine"
    (again.folder.root / "plan.txt").unlink()
    again.look_again()
    assert lies(again) == "plan.txt by Alice"


@in_a_loop
async def test_a_vote_and_what_takes_back_are_of_what_the_same_devices_may_read(tmp_path: Path) -> None:
    device = peer(tmp_path).device
    device.set_owner("Alice")
    says(device, "Alice", "list.txt", "plan.txt", "secret", key="hers")
    says(device, "Carol", "list.txt", "plan.txt", "secret")
    hidden = Rule("secret", ("Alice", "Bob"), ("Alice", BOB))
    says(device, "Alice", rules=(hidden, READ_ONLY), after={"Carol": 1})
    assert device.vote("hers", "mine")
    made = [(op.readers, op.key, [vote.path for vote in op.votes]) for op in device.node.ops[BOB]]
    assert made == [((), "mine", ["list.txt"]), (("Alice", "Bob"), "", ["secret"])]
    assert device.undo("hers", "back")
    assert [op.readers for op in device.node.ops[BOB]] == [(), ("Alice", "Bob")] * 2
    assert [op.paths for op in device.node.ops[BOB][2:]] == [["list.txt"], ["secret"]]


@in_a_loop
async def test_a_lock_of_what_is_kept_from_some_is_given_back(tmp_path: Path) -> None:
    device = peer(tmp_path).device
    device.set_owner("Alice")
    says(device, "Alice", "list.txt", "plan.txt")
    for path in ("list.txt", "plan.txt"):
        device.locks.lock(path)
    says(device, "Alice", rules=(Rule("plan.txt", ("Alice", "Bob"), ("Alice", BOB)),))
    assert [*device.locks._leases._wanted] == ["list.txt"]


@in_a_loop
async def test_where_there_are_rules_nobody_else_becomes_the_owner(tmp_path: Path) -> None:
    adapter = peer(tmp_path)
    for owner in ("Carol", "Alice", "Alice"):
        adapter.set_owner(Owner(owner))
    says(adapter.device, "Alice", rules=(READ_ONLY,))
    with pytest.raises(AgentError, match="Alice has made rules for this folder: another owner"):
        adapter.set_owner(Owner("Carol"))
    adapter.set_owner(Owner("Alice"))
    assert adapter.device.store.get("owner") == "Alice"
    assert not adapter.device.may_write("plan.txt")


@in_a_loop
async def test_who_has_caught_the_owner_says_nothing_until_a_user_says_so(tmp_path: Path) -> None:
    adapter = peer(tmp_path)
    device = adapter.device
    device.set_owner("Alice")
    says(device, "Alice", rules=(Rule("secret", ("Alice", "Bob"), ("Alice", BOB)),))
    device.folder.put("secret/plan.txt", b"mine", 0o644)
    device.take_in()
    one = device.node.ops["Alice"][0]
    proof = proof_of(one, Op("Alice", 1, "", {}, 1, (), "another", 0.0))
    device.received("Alice", proof, 9)
    await asyncio.sleep(0)
    assert device.read_only
    assert lies(device, "secret/plan.txt") == "mine"
    device.store.close()
    again = peer(tmp_path)
    assert "owner was caught" in again.device.doubt
    again.go_on()
    assert not again.device.read_only


@in_a_loop
async def test_an_owner_that_was_brought_back_from_a_copy_says_nothing_by_fewer_rules(tmp_path: Path) -> None:
    first = device_of_bob(tmp_path / "first")
    first.set_owner(first.node.name)
    first.store.close()
    shutil.copytree(tmp_path / "first", tmp_path / "copy")
    first = device_of_bob(tmp_path / "first")
    first.rule(Rule("secret", ("Alice", "Bob"), ("Alice", "Bob")), "")
    again = device_of_bob(tmp_path / "copy")
    again.folder.put("secret", b"for Alice", 0o644)
    again.take_in()
    was = again.node.name
    again.connected("Alice")
    again.received("Alice", Ops(tuple(first.node.ops[was])), 9)
    await asyncio.sleep(0)
    for _ in range(2):
        assert again.read_only
        assert again.node.name != was
        again.look_again()
        assert not again.node.ops.get(again.node.name)
        assert lies(again, "secret") == "for Alice"
        again.store.close()
        again = device_of_bob(tmp_path / "copy")
        again.start()
