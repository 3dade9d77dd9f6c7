"""A device whose store was brought back from a copy has said two things under one number; its folder stays."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from syncproof_products.peers.agent.config import Config
from syncproof_products.peers.agent.device import Device
from syncproof_products.peers.core.messages import Ops
from syncproof_products.peers.core.model import device_of


class Killed(BaseException):
    """The process is gone."""


def kill(*_: object) -> None:
    raise Killed


def device(directory: Path) -> Device:
    made = Device(Config(device="Bob", directory=str(directory)), lambda: 0.0, lambda *_: None)
    made.share("docs", ("Alice", "Bob"))
    return made


def write(made: Device, path: str, said: bytes) -> None:
    made.folder.put(path, said, 0o644)
    made.take_in()


def test_a_kill_between_the_proof_and_the_other_name_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        first = device(tmp_path / "first")
        write(first, "plan.txt", b"one")
        first.store.close()
        shutil.copytree(tmp_path / "first", tmp_path / "copy")
        first = device(tmp_path / "first")
        write(first, "plan.txt", b"two")
        again = device(tmp_path / "copy")
        write(again, "plan.txt", b"three")
        name = again.node.name
        again.connected("Alice")
        monkeypatch.setattr(again, "_tell", kill)
        with pytest.raises(Killed):
            again.received("Alice", Ops(tuple(first.node.ops[name])), 9)
        again.store.close()
        again = device(tmp_path / "copy")
        again.start()
        again.look_again()
        assert again.node.name != name
        assert [op.paths for op in again.node.ops[again.node.name]] == [["plan.txt"]]
        assert b"three" in {path.read_bytes() for path in again.folder.root.iterdir()}

    asyncio.run(test())


def test_who_has_said_two_things_goes_on_under_another_name(tmp_path: Path) -> None:
    async def test() -> None:
        first = device(tmp_path / "first")
        write(first, "plan.txt", b"one")
        first.store.close()
        shutil.copytree(tmp_path / "first", tmp_path / "copy")
        first = device(tmp_path / "first")
        write(first, "plan.txt", b"two")
        again = device(tmp_path / "copy")
        write(again, "plan.txt", b"three")
        write(again, "list.txt", b"a list")
        name = again.node.name
        assert name == first.node.name
        again.connected("Alice")
        again.received("Alice", Ops(tuple(first.node.ops[name])), 9)
        assert again.node.name != name
        assert device_of(again.node.name) == "Bob"
        root = again.folder.root
        assert {b"three", b"a list"} <= {path.read_bytes() for path in root.iterdir()}
        said = [change.path for op in again.node.ops[again.node.name] for change in op.changes]
        assert sorted(said) == ["list.txt", "plan.txt"]
        assert [op.seq for op in again.node.ops[name]] == [1]

    asyncio.run(test())
