"""The database of a Synapse's first start: whole or not kept, and not kept for ever."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from syncproof.kernel.host import Program
from syncproof.kernel.server import ServerGone
from syncproof.systems.errors import SystemNotThere
from syncproof.systems.stack import Stack
from syncproof.systems.storage import FolderStorage
from syncproof_products.matrix.driver import prepared
from syncproof_products.matrix.tests.test_operator import Homeserver, operating


@dataclass
class Started:
    """A process that was started. status: how it ends."""

    ready: dict[str, object]
    status: int = 0
    log: Path = Path("synapse.log")

    def stop(self, deadline_s: float) -> int:
        assert deadline_s > 0
        return self.status


@dataclass
class Machine:
    """Starts a Synapse that leaves its files at once."""

    ready: dict[str, object]
    status: int = 0
    starts: int = 0
    discarded: list[object] = field(default_factory=list)

    def start(self, directory: Path, secret: str) -> Program:
        self.starts += 1
        (directory / "homeserver.db").write_text(f"database {self.starts} of {secret}")
        (directory / "signing.key").write_text("key")
        return cast("Program", Started(self.ready, self.status))

    def storage(self, program: object, directory: Path) -> FolderStorage:
        del program
        return FolderStorage(directory, directory)

    def discard(self, program: object) -> None:
        self.discarded.append(program)

    def copy_to(self, directory: Path, version: str = "1.0") -> str:
        directory.mkdir()
        prepared.copy_to(directory, cast("Stack", self), self.start, version)
        return (directory / "homeserver.db").read_text()


class UpToDate(Homeserver):
    """Has nothing to bring up to date."""

    def answer(self, method: str, path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        if path.endswith("/background_updates/status"):
            return 200, {"current_updates": {}}
        return super().answer(method, path, query)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "syncproof"


@pytest.fixture
def machine() -> Any:
    with operating(UpToDate()) as operator:
        url = operator._client.base_url
        yield Machine({"host": url.host, "port": url.port})


def kept(cache: Path) -> list[str]:
    return sorted(path.name for path in cache.iterdir() if path.is_dir())


def test_it_is_made_once_and_for_each_version_anew(tmp_path: Path, cache: Path, machine: Machine) -> None:
    assert machine.copy_to(tmp_path / "1") == "database 1 of prepare"
    assert machine.copy_to(tmp_path / "2") == "database 1 of prepare"
    assert machine.copy_to(tmp_path / "3", "1.1") == "database 2 of prepare"
    assert [name.rpartition("-")[0] for name in kept(cache)] == ["synapse-1.0", "synapse-1.1"]
    assert len(machine.discarded) == machine.starts == 2


def test_one_that_had_to_be_killed_is_not_kept(tmp_path: Path, cache: Path, machine: Machine) -> None:
    machine.status = -9
    with pytest.raises(
        SystemNotThere, match=r"did not close its new database within 60 s \(exit status -9\)"
    ):
        machine.copy_to(tmp_path / "1")
    assert kept(cache) == []
    machine.status = 0
    assert machine.copy_to(tmp_path / "2") == "database 2 of prepare"


def test_a_synapse_that_does_not_answer_is_ended(tmp_path: Path, cache: Path) -> None:
    machine = Machine({"host": "127.0.0.1", "port": 1})
    with pytest.raises(ServerGone):
        machine.copy_to(tmp_path / "1")
    assert len(machine.discarded) == 1
    assert kept(cache) == []


def test_what_nobody_uses_any_more_goes(tmp_path: Path, cache: Path, machine: Machine) -> None:
    machine.copy_to(tmp_path / "1", "0.9")
    machine.copy_to(tmp_path / "2")
    (old,) = (cache / name for name in kept(cache) if "0.9" in name)
    for folder in (*cache.glob("synapse-*"), old):
        os.utime(folder, (time.time() - 15 * 86_400,) * 2)
    (cache / f"{old.name}.lock").touch()
    os.utime(cache / f"{old.name}.lock", (0, 0))
    (cache / ".synapse-1.0-draft").mkdir()
    assert machine.copy_to(tmp_path / "3") == "database 2 of prepare"
    assert [name for name in kept(cache) if "0.9" in name] == []
    assert len(kept(cache)) == 2, "the one in use, and a draft of today"
    assert not (cache / f"{old.name}.lock").exists()


def test_a_cache_that_cannot_be_written_to_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(SystemNotThere, match=r"cannot be kept in .*/file/syncproof: .*XDG_CACHE_HOME=FOLDER"):
        Machine({}).copy_to(tmp_path / "1")
