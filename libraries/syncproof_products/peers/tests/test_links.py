"""Links, and whatever else in a folder is no file to share: nobody is led out of it by them, and they stay."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from syncproof_products.peers.agent.device import Device
from syncproof_products.peers.agent.folder import lock_file
from syncproof_products.peers.core.messages import Ops
from syncproof_products.peers.core.model import Change, Op
from syncproof_products.peers.tests.test_device import hears, in_a_loop, names, peer, text


def links_home(device: Device, tmp_path: Path, name: str = "home") -> Path:
    """Bob has laid a link to a directory of his into the folder."""
    home = tmp_path / "bobs home"
    home.mkdir()
    (home / "key").write_text("his secret key")
    (device.folder.root / name).symlink_to(home)
    return home


def says(device: Device, path: str, said: str | None, *, seq: int, mode: int = 0o644) -> None:
    """Mallory changes a path once more. said: None for a deletion."""
    content = None
    if said is not None:
        content = replace(text(said), mode=mode)
        device.store.keep(content.digest, said.encode())
        device.node.blocks.add(content.digest)
    before = device.node.ops["Mallory"][-1]
    change = Change(path, (before.id,), content)
    op = Op("Mallory", seq, before.fingerprint(), {}, seq, (change,), "", 0.0)
    device.received("Mallory", Ops((op,)), 9)


def all_said(device: Device) -> set[bytes]:
    """The content of all that a device has said of its own files."""
    changes = [change for op in device.node.ops.get(device.node.name, []) for change in op.changes]
    return {device.store.block(digest) for each in changes if each.content for digest in each.content.blocks}


@pytest.mark.parametrize("path", ["home/new", "home/below/new", "home/key"])
def test_nothing_is_written_read_or_deleted_behind_a_link(tmp_path: Path, path: str) -> None:
    @in_a_loop
    async def test(tmp_path: Path) -> None:
        device = peer(tmp_path / "device").device
        home = links_home(device, tmp_path)
        device.take_in()
        hears(device, "Mallory", path, "hers")
        device.look_again()
        says(device, path, None, seq=2)
        device.look_again()
        assert {file.name: file.read_text() for file in home.iterdir()} == {"key": "his secret key"}
        assert all_said(device) == set()
        assert (device.folder.root / "home").is_symlink()

    test(tmp_path)


@in_a_loop
async def test_a_directory_that_has_become_a_link_is_a_deletion(tmp_path: Path) -> None:
    device = peer(tmp_path / "device").device
    hears(device, "Mallory", "home/key", "hers")
    (device.folder.root / "home/key").unlink()
    (device.folder.root / "home").rmdir()
    home = links_home(device, tmp_path)
    says(device, "home/key", "hers, too", seq=2)
    device.look_again()
    assert all_said(device) == set()
    assert (home / "key").read_text() == "his secret key"


@in_a_loop
async def test_what_lies_behind_a_link_comes_when_the_link_is_gone(tmp_path: Path) -> None:
    device = peer(tmp_path / "device").device
    links_home(device, tmp_path)
    hears(device, "Alice", "home/plan.txt", "a plan")
    (device.folder.root / "home").unlink()
    device.look_again()
    assert (device.folder.root / "home/plan.txt").read_text() == "a plan"


def link(file: Path) -> None:
    file.symlink_to(file.parent)


@pytest.mark.parametrize("laid", [link, os.mkfifo])
def test_what_nobody_shares_stays_where_it_lies(tmp_path: Path, laid: Callable[[Path], None]) -> None:
    @in_a_loop
    async def test(tmp_path: Path) -> None:
        device = peer(tmp_path).device
        file = device.folder.root / "plan.txt"
        laid(file)
        hears(device, "Mallory", "plan.txt", "hers")
        hears(device, "Alice", "list.txt", "a list")
        says(device, "plan.txt", None, seq=2)
        device.look_again()
        assert names(device.folder) == ["list.txt"]
        assert os.path.lexists(file)

    test(tmp_path)


@in_a_loop
async def test_a_link_that_is_called_like_a_lock_file_says_nothing(tmp_path: Path) -> None:
    adapter = peer(tmp_path / "device")
    device = adapter.device
    home = links_home(device, tmp_path, lock_file("plan.txt"))
    device.locks._leases._members = lambda: ("Bob",)
    device.locks.lock("plan.txt")
    device.look_again()
    assert adapter.locks("docs") == {"locks": {}}
    assert (home / "key").read_text() == "his secret key"


@in_a_loop
async def test_nobody_says_as_whom_a_program_of_others_runs(tmp_path: Path) -> None:
    device = peer(tmp_path).device
    hears(device, "Mallory", "program", "hers")
    says(device, "program", "hers, too", seq=2, mode=0o6755)
    file = device.folder.root / "program"
    assert (file.read_text(), file.stat().st_mode & 0o7777) == ("hers, too", 0o755)
    device.look_again()
    assert all_said(device) == set()


@in_a_loop
async def test_a_name_that_no_disk_takes_keeps_nothing_else_back(tmp_path: Path) -> None:
    device = peer(tmp_path).device
    hears(device, "Mallory", "x" * 300, "hers")
    device.take_in(["x" * 300])
    hears(device, "Alice", "plan.txt", "a plan")
    assert names(device.folder) == ["plan.txt"]
