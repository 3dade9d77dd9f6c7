"""The key of a change is its author's: nobody else makes a peer believe that it was done, or that theirs is meant."""

from __future__ import annotations

from pathlib import Path

from syncproof_agentkit.workloads.files import FileChange
from syncproof_products.peers.core.messages import Ops
from syncproof_products.peers.core.model import Change, Op
from syncproof_products.peers.core.signing import Signer
from syncproof_products.peers.tests.network import content
from syncproof_products.peers.tests.test_device import in_a_loop, peer

KEY = "docs/Bob/7"


def made(signer: Signer, text: str) -> Op:
    """Somebody's first change of plan.txt, under the key."""
    change = Change("plan.txt", (), content(text)[0])
    return signer.sign(Op(signer.author, 1, "", {}, 1, (change,), KEY, 0.0))


@in_a_loop
async def test_a_change_is_made_whoever_has_used_its_key_under_whatever_name(tmp_path: Path) -> None:
    adapter = peer(tmp_path)
    device = adapter.device
    device.share("docs", ("Alice", "Bob", "Mallory"))
    device.connected("Mallory")
    for name in ("Bob", "Mallory"):
        device.node.blocks.update(content("hers")[1])
        device.store.keep(content("hers")[0].digest, b"hers")
        device.received("Mallory", Ops((made(Signer(name, name.encode().ljust(32)), "hers"),)), 9)
    assert len(device.store.keyed(KEY)) == 2
    assert adapter.op_state(KEY)["state"] == "unknown"
    wanted = FileChange(op_id=KEY, group="docs", action="write", path="list.txt")
    done = await adapter.change_file(wanted, b"his")
    assert done["version"] == f"{device.node.name}/1"
    assert "list.txt" in device.folder.tree()
    assert adapter.op_state(KEY)["state"] == "accepted"


@in_a_loop
async def test_a_key_of_several_authors_names_nobody_s_change_and_of_one_that_one_s(tmp_path: Path) -> None:
    device = peer(tmp_path).device
    device.share("docs", ("Alice", "Bob", "Mallory"))
    device.connected("Carol")
    for name, text in (("Alice", "hers"), ("Mallory", "x")):
        device.node.blocks.update(content(text)[1])
        device.store.keep(content(text)[0].digest, text.encode())
        device.received("Carol", Ops((made(Signer(name, name.encode().ljust(32)), text),)), 9)
        assert (device._made(KEY) is not None) == (name == "Alice")
    assert device.undo(KEY, "k") is False
    assert device.vote(KEY, "k") is False
