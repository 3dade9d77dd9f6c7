from __future__ import annotations

import errno
import fcntl
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from syncproof_products.bundled.device.database import StorageError, open_database
from syncproof_products.bundled.device.directory import Directory
from syncproof_products.bundled.relay.directory import Directory as RelayDirectory
from syncproof_products.bundled.relay.start_error import StartError

HOLDS = """
import sys
from pathlib import Path
from syncproof_products.bundled.device.directory import Directory
held = Directory(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_nobody_else_can_read_it_and_what_is_in_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        folder = tmp_path / "new" / "device"
        held = Directory(folder)
        connection, _ = open_database(folder / "device.sqlite", "Alice")
    finally:
        os.umask(before)
    assert mode(folder) == 0o700
    assert {path.name: mode(path) for path in folder.iterdir()} == dict.fromkeys(
        ("device.lock", "device.sqlite", "device.sqlite-wal", "device.sqlite-shm"), 0o600
    )
    connection.close()
    held.release()


def test_one_that_others_could_read_is_theirs_no_more(tmp_path: Path) -> None:
    (tmp_path / "device.sqlite").touch()
    (tmp_path / "device.sqlite").chmod(0o644)
    tmp_path.chmod(0o755)
    Directory(tmp_path).release()
    connection, _ = open_database(tmp_path / "device.sqlite", "Alice")
    connection.close()
    assert (mode(tmp_path), mode(tmp_path / "device.sqlite")) == (0o700, 0o600)


def test_one_process_has_it_until_its_end_however_that_comes(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(StorageError, match=rf"in use by another process \(pid {holder.pid}\)"):
            Directory(tmp_path)
    finally:
        holder.kill()
        holder.communicate()
    Directory(tmp_path).release()


def test_somebody_elses_is_refused_and_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o755)
    monkeypatch.setattr(os, "geteuid", lambda: 54_321)
    with pytest.raises(StorageError, match="this process runs as user 54321: name a folder of your own"):
        Directory(tmp_path)
    assert (mode(tmp_path), list(tmp_path.iterdir())) == (0o755, [])


def test_what_is_no_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot use"):
        Directory(tmp_path / "file")


def test_a_disk_that_knows_no_locks_is_no_other_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", no_locks)
    for take, wrong in ((Directory, StorageError), (RelayDirectory, StartError)):
        with pytest.raises(wrong, match=f"{os.strerror(errno.ENOLCK)}"):
            take(tmp_path)
