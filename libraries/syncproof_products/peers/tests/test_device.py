"""One peer with a real store and folder, and nobody to talk to: what it makes of its folder, also after a kill."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec
import pytest

from syncproof_agentkit.errors import AgentError
from syncproof_agentkit.workloads.files import FileChange
from syncproof_agentkit.workloads.locks import LockChange
from syncproof_products.peers.agent.adapter import PeerAdapter
from syncproof_products.peers.agent.config import Config
from syncproof_products.peers.agent.device import Device
from syncproof_products.peers.agent.folder import Folder, lock_file
from syncproof_products.peers.agent.store import Store
from syncproof_products.peers.core.messages import Ops
from syncproof_products.peers.core.model import Change, Clock, Content, Op, device_of
from syncproof_products.peers.core.signing import Signer

SECRET = "00" * 32
BOB = Signer("Bob", bytes.fromhex(SECRET)).author


class Killed(BaseException):
    """The process ends here."""


def peer(directory: Path) -> PeerAdapter:
    """Bob, who shares a folder with Alice and Carol."""
    store = Store(directory)
    store.put("secret", SECRET)
    store.close()
    adapter = PeerAdapter(Config(device="Bob", directory=str(directory)))
    adapter.device.share("docs", ("Alice", "Bob", "Carol"))
    return adapter


def text(said: str) -> Content:
    data = said.encode()
    digest = hashlib.sha256(data).hexdigest()
    return Content(digest, len(data), 0o644, (digest,))


def hears(
    device: Device, author: str, path: str, said: str, *, seq: int = 1, after: Clock | None = None
) -> None:
    """The first operation of somebody who shares the folder comes, and its block."""
    content = text(said)
    op = Op(author, seq, "", after or {}, 1, (Change(path, (), content),), "", 0.0)
    device.store.keep(content.digest, said.encode())
    device.node.blocks.add(content.digest)
    device.node._is_genuine = lambda _: True  # signatures are another test's
    if author not in device.node.others:
        device.share("docs", [device_of(author)])
        device.connected(author)
    device.received(author, Ops((op,)), 9)


def in_a_loop(test: Callable[[Path], Coroutine[Any, Any, None]]) -> Callable[[Path], None]:
    """A test that needs a running event loop."""

    def run(tmp_path: Path) -> None:
        asyncio.run(test(tmp_path))

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


def names(folder: Folder) -> list[str]:
    return sorted(folder.tree())


@in_a_loop
async def test_a_file_that_two_wrote_alike_is_deleted_for_good(tmp_path: Path) -> None:
    device = peer(tmp_path).device
    hears(device, "Alice", "plan.txt", "the same")
    hears(device, "Carol", "plan.txt", "the same")
    assert names(device.folder) == ["plan.txt"]
    (device.folder.root / "plan.txt").unlink()
    device.take_in()
    assert names(device.folder) == []


@in_a_loop
async def test_an_edit_of_a_file_that_two_wrote_alike_is_no_conflict(tmp_path: Path) -> None:
    device = peer(tmp_path).device
    hears(device, "Alice", "plan.txt", "the same")
    hears(device, "Carol", "plan.txt", "the same")
    device.folder.put("plan.txt", b"another", 0o644)
    device.take_in()
    assert names(device.folder) == ["plan.txt"]


@in_a_loop
async def test_an_edit_while_another_one_is_taken_in_is_taken_in_too(tmp_path: Path) -> None:
    device = peer(tmp_path).device
    device.folder.put("plan.txt", b"one", 0o644)
    found = device.folder.changes()
    device.folder.put(
        "plan.txt", b"two", 0o644
    )  # the user goes on while the peer makes an operation of the first
    device._make(found, "")
    device.take_in()
    said = [change.content for op in device.node.ops[BOB] for change in op.changes]
    assert said == [text("one"), text("two")]


@in_a_loop
async def test_a_file_and_a_directory_of_one_name_both_stay(tmp_path: Path) -> None:
    device = peer(tmp_path).device
    device.folder.put("docs", b"a file", 0o644)
    device.take_in()
    hears(device, "Alice", "docs/plan.txt", "a plan")
    assert names(device.folder) == [f"docs (conflict {BOB}-1)", "docs/plan.txt"]
    (device.folder.root / "docs/plan.txt").unlink()
    device.take_in()
    assert names(device.folder) == ["docs"]


@in_a_loop
async def test_a_directory_that_is_there_gives_way_to_no_file(tmp_path: Path) -> None:
    device = peer(tmp_path).device
    device.folder.put("docs/plan.txt", b"a plan", 0o644)
    device.take_in()
    hears(device, "Alice", "docs", "a file")
    assert names(device.folder) == ["docs (conflict Alice-1)", "docs/plan.txt"]
    again = peer(tmp_path).device
    again._lay(again.node.heads)
    assert names(again.folder) == ["docs (conflict Alice-1)", "docs/plan.txt"]


@in_a_loop
async def test_a_file_that_cannot_be_laid_now_is_laid_later(tmp_path: Path) -> None:
    device = peer(tmp_path).device
    in_the_way = device.folder.root / "plan.txt/a directory"
    in_the_way.mkdir(parents=True)
    hears(device, "Alice", "plan.txt", "a plan")
    hears(device, "Carol", "list.txt", "a list")
    assert names(device.folder) == ["list.txt"]
    in_the_way.rmdir()
    device.look_again()
    assert names(device.folder) == ["list.txt", "plan.txt"]


@in_a_loop
async def test_a_file_that_cannot_be_read_keeps_nothing_else_back(tmp_path: Path) -> None:
    device = peer(tmp_path).device
    device.folder.put("a.txt", b"a", 0o644)
    device.folder.put("b.txt", b"b", 0o644)
    seen = list(device.folder._files())
    (device.folder.root / "a.txt").unlink()  # an editor does that with what it needs for a moment
    device.folder._files = lambda: iter(seen)  # type: ignore[method-assign]
    device.take_in()
    assert [change.path for op in device.node.ops[BOB] for change in op.changes] == ["b.txt"]
    assert names(device.folder) == ["b.txt"]


@in_a_loop
async def test_a_name_that_is_no_text_is_left_alone(tmp_path: Path) -> None:
    device = peer(tmp_path).device
    (device.folder.root / os.fsdecode(b"no\xfftext")).write_bytes(b"x")
    device.folder.put("b.txt", b"b", 0o644)
    device.take_in()
    assert names(device.folder) == ["b.txt"]


@in_a_loop
async def test_a_file_that_never_stands_still_is_left_for_later(
    tmp_path: Path,
) -> None:
    device = peer(tmp_path).device
    log = device.folder.root / "log"
    log.write_bytes(b"x")
    keep, grown = device.store.keep, 0

    def and_grow(digest: str, data: bytes) -> None:
        nonlocal grown
        grown += 1
        assert grown < 50, "it goes on for ever"
        keep(digest, data)
        with log.open("ab") as file:
            file.write(b"x")

    device.store.keep = and_grow  # type: ignore[method-assign]
    device.folder.put("b.txt", b"b", 0o644)
    device.take_in()
    assert "log" not in device.node.heads
    device.store.keep = keep  # type: ignore[method-assign]
    device.take_in()
    assert "log" in device.node.heads


@pytest.mark.parametrize("where", ["_do", "take_in", "_make"])
@pytest.mark.parametrize("action", ["write", "delete", "rename"])
@pytest.mark.parametrize("asks_at_once", [True, False])
def test_a_change_keeps_its_key_across_a_kill(
    tmp_path: Path, where: str, action: str, asks_at_once: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        first = peer(tmp_path)
        await first.change_file(FileChange("k0", "docs", "write", "plan.txt"), b"one")
        to = "new.txt" if action == "rename" else None
        wanted = FileChange("k1", "docs", action, "plan.txt", to)  # type: ignore[arg-type]
        content = b"two" if action == "write" else b""

        def killed(*_: object, **__: object) -> None:
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(first if where == "_do" else first.device, where, killed)
            with pytest.raises(Killed):
                await first.change_file(wanted, content)
        first.device.store.close()
        again = peer(tmp_path)
        if not asks_at_once:
            again.device.start()
            again.device.look_again()
        answer = await again.change_file(wanted, content)
        made = again.device.store.own("k1")
        assert made is not None
        assert answer["version"] == made.op.id == f"{BOB}/2"
        assert (await again.change_file(wanted, content))["version"] == f"{BOB}/2"

    asyncio.run(test())


@in_a_loop
async def test_a_change_that_could_not_be_done_may_be_asked_for_again(tmp_path: Path) -> None:
    adapter = peer(tmp_path)
    wanted = FileChange("k1", "docs", "delete", "plan.txt")
    with pytest.raises(AgentError):
        await adapter.change_file(wanted, b"")
    adapter.device.folder.put("plan.txt", b"one", 0o644)
    adapter.device.take_in()
    assert (await adapter.change_file(wanted, b""))["version"] == f"{BOB}/2"


@in_a_loop
async def test_a_change_that_changed_nothing_is_not_made_again_later(tmp_path: Path) -> None:
    adapter = peer(tmp_path)
    for key, said in (("k1", b"one"), ("k2", b"one"), ("k3", b"two")):
        await adapter.change_file(FileChange(key, "docs", "write", "plan.txt"), said)
    assert (await adapter.change_file(FileChange("k2", "docs", "write", "plan.txt"), b"one"))[
        "version"
    ] is None
    assert (adapter.device.folder.root / "plan.txt").read_bytes() == b"two"


@in_a_loop
async def test_what_is_stored_alone_is_on_disk_at_once(tmp_path: Path) -> None:
    """PRAGMA synchronous: 2 is FULL."""
    store = peer(tmp_path).device.store
    with store.together(durable=False):
        pass
    assert store._db.execute("PRAGMA synchronous").fetchone()[0] == 2


@in_a_loop
async def test_an_operation_that_leads_out_of_the_folder_is_no_message(tmp_path: Path) -> None:
    from syncproof_products.peers.agent.connections import Lost, _decoded
    from syncproof_products.peers.core.messages import Ask, GiveBack, encode

    del tmp_path

    def ops(path: str) -> Ops:
        return Ops((Op("Alice", 1, "", {}, 1, (Change(path, (), text("x")),), "", 0.0),))

    for path in ("../x", "/x", "a/../../x", "", "x\n/../../x", "a/..", ".", "x\x00"):
        with pytest.raises(Lost):
            _decoded(encode(ops(path)))
        if path:
            for message in (Ask(path, 1, held=True, sent=0.0), GiveBack(path, 1)):
                with pytest.raises(Lost):
                    _decoded(encode(message))
    _decoded(encode(Ask("", 1, held=True, sent=0.0)))
    for path in ("..\n", "...", "a/..b", "a\nb/c", ".x"):  # names that a user may choose
        assert _decoded(encode(ops(path))) == ops(path)


@in_a_loop
async def test_a_device_that_has_lost_all_goes_under_another_name_as_an_author(tmp_path: Path) -> None:
    names = [
        Device(Config(device="Bob", directory=str(tmp_path / where)), lambda: 0.0, lambda *_: None).node.name
        for where in ("one", "one", "another")
    ]
    assert names[0] == names[1] != names[2]
    assert {device_of(name) for name in names} == {"Bob"}


def damaged(folder: Folder) -> None:
    (folder.root / lock_file("docs/plan.txt")).write_bytes(b"\xff\x00")


def deleted(folder: Folder) -> None:
    (folder.root / lock_file("docs/plan.txt")).unlink()


def nothing(_folder: Folder) -> None:
    pass


@pytest.mark.parametrize("done", [nothing, damaged, deleted])
def test_a_lock_file_lies_beside_what_is_locked_and_is_no_file_of_the_folder(
    tmp_path: Path, done: Callable[[Folder], None]
) -> None:
    async def test() -> None:
        adapter = peer(tmp_path)
        device, folder = adapter.device, adapter.device.folder
        device.locks._leases._members = lambda: ("Bob",)
        adapter.change_lock(LockChange("docs", "lock", "docs/plan.txt"))
        done(folder)
        device.look_again()
        file = "docs/.plan.txt.peers-lock"
        assert adapter.locks("docs") == {"locks": {"docs/plan.txt": {"file": file, "owner": "Bob"}}}
        assert names(folder) == []
        assert device.node.ops == {}
        adapter.change_lock(LockChange("docs", "unlock", "docs/plan.txt"))
        assert adapter.locks("docs") == {"locks": {}}
        assert not (folder.root / "docs").exists()

    asyncio.run(test())


@in_a_loop
async def test_a_lock_file_that_was_left_by_a_kill_is_taken_away(tmp_path: Path) -> None:
    first = peer(tmp_path)
    first.device.locks._leases._members = lambda: ("Bob",)
    first.device.locks.lock("plan.txt")
    first.device.store.close()
    again = peer(tmp_path)
    assert again.locks("docs")["locks"] != {}
    again.device.look_again()
    assert again.locks("docs") == {"locks": {}}


@in_a_loop
async def test_a_lock_file_that_cannot_be_written_or_taken_away_is_tried_again(tmp_path: Path) -> None:
    adapter = peer(tmp_path)
    device, root = adapter.device, adapter.device.folder.root
    device.locks._leases._members = lambda: ("Bob",)
    in_the_way = root / lock_file("plan.txt") / "a directory"
    in_the_way.mkdir(parents=True)
    device.locks.lock("plan.txt")
    device.folder.put("list.txt", b"a list", 0o644)
    device.look_again()
    assert names(device.folder) == ["list.txt"]
    assert adapter.locks("docs") == {"locks": {}}
    in_the_way.rmdir()
    device.look_again()
    assert adapter.locks("docs")["locks"] != {}
    (root / lock_file("plan.txt")).unlink()
    in_the_way.mkdir(parents=True)
    device.locks.unlock("plan.txt")
    in_the_way.rmdir()
    in_the_way.parent.rmdir()
    (root / lock_file("plan.txt")).write_text("left over")
    device.look_again()
    assert adapter.locks("docs") == {"locks": {}}


@in_a_loop
async def test_a_change_that_is_undone_is_an_operation_under_its_own_key(tmp_path: Path) -> None:
    adapter = peer(tmp_path)
    for key, said in (("k1", b"one"), ("k2", b"two")):
        await adapter.change_file(FileChange(key, "docs", "write", "plan.txt"), said)
    undo = FileChange("k3", "docs", "undo", "plan.txt", of="k2")
    for _ in range(2):
        assert (await adapter.change_file(undo, b""))["version"] == f"{BOB}/3"
    assert (adapter.device.folder.root / "plan.txt").read_bytes() == b"one"
    with pytest.raises(AgentError) as refused:
        await adapter.change_file(FileChange("k4", "docs", "undo", "plan.txt", of="k1"), b"")
    assert refused.value.status == 409


@in_a_loop
async def test_what_the_user_did_since_then_is_not_undone(tmp_path: Path) -> None:
    adapter = peer(tmp_path)
    await adapter.change_file(FileChange("k1", "docs", "write", "plan.txt"), b"one")
    adapter.device.folder.put("plan.txt", b"two", 0o644)
    with pytest.raises(AgentError):
        await adapter.change_file(FileChange("k2", "docs", "undo", "plan.txt", of="k1"), b"")
    assert (adapter.device.folder.root / "plan.txt").read_bytes() == b"two"


@in_a_loop
async def test_what_nobody_can_count_on_is_no_message(tmp_path: Path) -> None:
    from syncproof_products.peers.agent.connections import Lost, _decoded
    from syncproof_products.peers.core.messages import Ask, Have, encode

    del tmp_path
    op = Op("Alice", 1, "", {}, 1, (), "", 0.0)
    for wrong in (
        Ask("x", 2**63, held=True, sent=0.0),
        Have({"Alice": -1}),
        Ops((msgspec.structs.replace(op, depth=2**53 + 1),)),
        Ops((msgspec.structs.replace(op, seq=-1),)),
    ):
        with pytest.raises(Lost):
            _decoded(encode(wrong))


@in_a_loop
async def test_a_file_that_is_only_called_a_bit_like_a_lock_file_is_shared(tmp_path: Path) -> None:
    adapter = peer(tmp_path)
    for n, path in enumerate(("notes.peers-lock", "docs/.peers-lock", ".plan.txt.peers-lock")):
        await adapter.change_file(FileChange(f"k{n}", "docs", "write", path), b"x")
    assert set(adapter.folder("docs")["files"]) == {"notes.peers-lock", "docs/.peers-lock"}  # type: ignore[call-overload]
