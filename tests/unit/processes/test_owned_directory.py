from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from syncproof.processes import OwnedDirectory, procfs
from syncproof.processes.owned_directory import sweep


def named(folder: Path, pid: int, start: int, namespace: int | None = None) -> Path:
    path = folder / f"syncproof-{pid}-{start}-{namespace or procfs.pid_namespace()}-abc"
    (path / "deep").mkdir(parents=True)
    (path / "deep" / "file").write_text("x")
    return path


def test_a_directory_is_there_until_it_is_closed(tmp_path: Path) -> None:
    with OwnedDirectory.create(tmp_path) as directory:
        assert directory.path.parent == tmp_path
        assert directory.path.name.startswith(f"syncproof-{os.getpid()}-")
        (directory.path / "file").write_text("x")
    assert list(tmp_path.iterdir()) == []
    directory.close()


def test_the_system_temporary_folder_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with OwnedDirectory.create() as directory:
        assert directory.path.parent == tmp_path


def test_only_directories_of_the_dead_are_swept(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "600"]) as neighbour:
        start = procfs.start_time(neighbour.pid)
        assert start is not None
        of_neighbour = named(tmp_path, neighbour.pid, start)
        own = named(tmp_path, os.getpid(), procfs.start_time(os.getpid()) or 0)
        pid_came_back = named(tmp_path, neighbour.pid, start - 1)
        of_dead = named(tmp_path, 1 << 22, 5)
        elsewhere = named(tmp_path, 1 << 22, 5, namespace=1)
        foreign = tmp_path / "syncproof-notes"
        foreign.mkdir()
        assert sweep(tmp_path) == sorted([pid_came_back, of_dead])
        assert sorted(tmp_path.iterdir()) == sorted([of_neighbour, own, elsewhere, foreign])
        neighbour.kill()
    assert sweep(tmp_path) == [of_neighbour]


def test_creating_one_sweeps_first(tmp_path: Path) -> None:
    of_dead = named(tmp_path, 1 << 22, 5)
    with OwnedDirectory.create(tmp_path):
        assert not of_dead.exists()


def test_what_another_user_owns_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    of_other = named(tmp_path, 1 << 22, 5)
    monkeypatch.setattr(os, "getuid", lambda: of_other.stat().st_uid + 1)
    assert sweep(tmp_path) == []
