"""Small disks for programs: full for those who live there, and for nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from syncproof.kernel.trouble import DisksUnavailable
from syncproof.processes import Launcher
from syncproof.systems.disks import SIZE, Disks


@pytest.fixture
def disks(tmp_path: Path) -> Iterator[Disks]:
    with Launcher.start(tmp_path / "logs") as launcher:
        try:
            made = Disks(launcher)
        except DisksUnavailable as why:
            pytest.skip(str(why))
        yield made


def test_a_disk_is_full_has_room_again_and_keeps_what_is_on_it(disks: Disks, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    disks.place(str(folder))
    disk = disks.disk(folder)
    seen = disk._filler.parent
    (seen / "kept").write_bytes(b"before")

    assert disk.refusal() is None
    disk.fill()
    assert disk.refusal() == "No space left on device (ENOSPC)"
    assert disk._filler.stat().st_size > SIZE - (1 << 16)
    assert disk.refusal()  # the look itself has left nothing
    disks.place(str(folder))  # started again: the same disk
    assert (seen / "kept").read_bytes() == b"before"
    disk.make_room()
    assert disk.refusal() is None
    assert list(folder.iterdir()) == []  # nobody else sees it


def test_each_folder_has_a_disk_of_its_own(disks: Disks, tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
        disks.place(str(folder))
    disks.disk(folders[0]).fill()
    assert disks.disk(folders[0]).refusal() is not None
    assert disks.disk(folders[1]).refusal() is None


def test_what_was_started_without_a_disk_has_none_to_be_full(disks: Disks, tmp_path: Path) -> None:
    with pytest.raises(DisksUnavailable, match="without a disk of its own"):
        disks.disk(tmp_path)
