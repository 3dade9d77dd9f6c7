"""Faults of what a server stores attachments in: they bite where the server says so, and nowhere else."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from syncproof.faults.storage.attachments import LosesAttachments, ReadsOtherBytes
from syncproof.faults.storage.away import StorageAway
from syncproof.faults.storage.failing import FailsHalfWay
from syncproof.faults.storage.full import UsesUpQuota
from syncproof.kernel.server import Quota
from syncproof.systems.storage import FolderStorage


class Limit:
    """Stands in for the kernel's limit of one process."""

    engine = "test"

    def __init__(self) -> None:
        self.most: int | None = None

    def set(self, most: int) -> None:
        self.most = most

    def lift(self) -> None:
        self.most = None

    def seen(self) -> int | None:
        return self.most


def test_a_storage_fails_half_way_where_the_server_refuses_one_byte_more() -> None:
    limit = Limit()
    fault = FailsHalfWay(
        "relay", limit, 10, lambda size: "503" if limit.most is not None and size > limit.most else None
    )
    assert fault.proof() is None
    fault.begin()
    assert fault.proof() == "11 bytes were refused: 503"
    assert fault.healed() is None
    fault.end()
    assert fault.healed() == "11 bytes were taken"
    assert fault.proof() is None


def test_a_server_that_takes_it_all_the_same_has_not_been_disturbed() -> None:
    fault = FailsHalfWay("relay", Limit(), 10, lambda _: None)
    fault.begin()
    assert fault.proof() is None


def test_a_server_that_refuses_for_another_reason_is_no_proof() -> None:
    limit = Limit()
    fault = FailsHalfWay("relay", limit, 10, lambda _: "507")
    fault.begin()
    limit.lift()
    assert fault.proof() is None


def files_of(tmp_path: Path, *contents: bytes) -> tuple[FolderStorage, dict[str, str]]:
    files = FolderStorage(tmp_path / "relay", tmp_path)
    paths = {hashlib.sha256(content).hexdigest(): f"blobs/{n}" for n, content in enumerate(contents)}
    for path, content in zip(paths.values(), contents, strict=True):
        files.write(path, content)
    return files, paths


def test_a_storage_reads_back_one_bit_of_each_attachment_otherwise_until_it_heals(tmp_path: Path) -> None:
    files, paths = files_of(tmp_path, b"0123", b"abcdefg")
    fault = ReadsOtherBytes("relay", files, paths, lambda digest: files.read(paths[digest]))
    assert fault.proof() is None
    fault.begin()
    assert [files.read(path) for path in paths.values()] == [b"0133", b"abceefg"]
    assert fault.proof() == "the relay handed out 2 attachments with other hashes"
    assert fault.healed() is None
    fault.end()
    assert [files.read(path) for path in paths.values()] == [b"0123", b"abcdefg"]
    assert fault.healed() == "the relay handed out all 2 as they were"


def test_a_server_that_hands_one_out_as_it_was_has_not_been_disturbed(tmp_path: Path) -> None:
    files, paths = files_of(tmp_path, b"0123", b"abcdefg")
    cached = dict(zip(paths, (b"0123", b"another"), strict=True))
    fault = ReadsOtherBytes("relay", files, paths, cached.get)
    fault.begin()
    assert fault.proof() is None


def test_there_must_be_something_to_read(tmp_path: Path) -> None:
    files, paths = files_of(tmp_path, b"")
    with pytest.raises(FileNotFoundError):
        ReadsOtherBytes("relay", files, paths, lambda _: b"").begin()


class Small:
    """Stands in for a server with a quota."""

    def __init__(self) -> None:
        self.limit, self.used = 5000, 3000

    def quota(self) -> Quota:
        return Quota(self.limit, self.used)

    def set_quota(self, limit: int) -> None:
        self.limit = limit

    def storage_refusal(self, size: int) -> str | None:
        return "507" if self.used + size > self.limit else None


def test_a_quota_is_used_up_until_it_is_what_it_was() -> None:
    server = Small()
    fault = UsesUpQuota("relay", server, server)
    assert fault.proof() is None
    fault.begin()
    assert (server.limit, fault.requested) == (3000, "at 3000 bytes")
    assert fault.proof() == "1000 bytes were refused: 507"
    assert fault.healed() is None
    fault.end()
    assert server.limit == 5000
    assert fault.healed() == "1000 bytes were taken"


def test_a_storage_is_away_under_another_name_until_it_has_its_own_again(tmp_path: Path) -> None:
    files, [path] = FolderStorage(tmp_path / "relay", tmp_path), ["blobs/0"]
    files.write(path, b"0")

    class Storing:
        def storage_refusal(self, size: int) -> str | None:
            return None if files.read(path) else f"503 for {size}"

    fault = StorageAway("relay", files, "blobs", Storing())
    assert fault.proof() is None
    fault.begin()
    assert files.read(path) is None
    assert fault.proof() == "1000 bytes were refused: 503 for 1000"
    assert fault.healed() is None
    fault.end()
    assert files.read(path) == b"0"
    assert fault.healed() == "1000 bytes were taken"


def test_attachments_are_gone_until_they_are_put_back(tmp_path: Path) -> None:
    files, paths = files_of(tmp_path, b"0123", b"abcdefg")
    fault = LosesAttachments("relay", files, paths, lambda digest: files.read(paths[digest]))
    assert fault.proof() is None
    fault.begin()
    assert [files.read(path) for path in paths.values()] == [None, None]
    assert fault.proof() == "the relay said that it has none of 2"
    assert fault.healed() is None
    fault.end()
    assert fault.healed() == "the relay handed out all 2 as they were"


def test_one_that_is_there_in_another_state_is_not_gone(tmp_path: Path) -> None:
    files, paths = files_of(tmp_path, b"0123", b"abcdefg")
    served = dict(zip(paths, (None, b"other"), strict=True))
    for kind in (LosesAttachments, ReadsOtherBytes):
        fault = kind("relay", files, paths, served.get)
        fault.begin()
        assert fault.proof() is None
        fault.end()
