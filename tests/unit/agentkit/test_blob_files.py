from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncproof_agentkit.blob_files import BlobFiles, DigestMismatchError

CONTENT = bytes(range(256)) * 1000
DIGEST = hashlib.sha256(CONTENT).hexdigest()


def test_what_is_finished_is_whole(tmp_path: Path) -> None:
    files = BlobFiles(tmp_path)
    with files.receive(DIGEST) as writer:
        writer.write(CONTENT)
        assert not files.has(DIGEST)
        writer.finish()

    assert files.has(DIGEST)
    assert b"".join(files.body(DIGEST).chunks()) == CONTENT
    assert BlobFiles(tmp_path).size(DIGEST) == len(CONTENT)


def test_other_bytes_are_thrown_away(tmp_path: Path) -> None:
    files = BlobFiles(tmp_path)
    with files.resume(DIGEST, 0) as writer:
        writer.write(CONTENT[:-1])
        with pytest.raises(DigestMismatchError, match=DIGEST):
            writer.finish()
    assert not files.has(DIGEST)
    assert files.partial_size(DIGEST) == 0


def test_two_writers_of_one_digest_do_not_disturb_each_other(tmp_path: Path) -> None:
    files = BlobFiles(tmp_path)
    with files.receive(DIGEST) as one, files.receive(DIGEST) as two:
        one.write(CONTENT[:100])
        two.write(CONTENT)
        two.finish()
        one.write(CONTENT[100:])
        one.finish()
    assert files.path(DIGEST).read_bytes() == CONTENT


def test_a_started_process_sweeps_what_arrived_by_half_and_keeps_downloads(tmp_path: Path) -> None:
    files = BlobFiles(tmp_path)
    files.receive(DIGEST).write(CONTENT)
    with files.resume(DIGEST, 0) as writer:
        writer.write(CONTENT[:1000])

    again = BlobFiles(tmp_path)
    assert list((tmp_path / "arriving").iterdir()) == []
    assert [path.name for path in again.partials()] == [DIGEST]
    assert again.partial_size(DIGEST) == 1000


@given(cuts=st.lists(st.integers(0, len(CONTENT)), max_size=6))
def test_a_download_that_is_interrupted_anywhere_ends_up_whole(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int]
) -> None:
    files = BlobFiles(tmp_path_factory.mktemp("blobs"))
    for cut in sorted(cuts):
        with files.resume(DIGEST, files.partial_size(DIGEST)) as writer:
            writer.write(CONTENT[writer.offset : cut])
    with files.resume(DIGEST, files.partial_size(DIGEST)) as writer:
        writer.write(CONTENT[writer.offset :])
        writer.finish()
    assert files.path(DIGEST).read_bytes() == CONTENT


def test_a_download_can_go_back_but_not_ahead(tmp_path: Path) -> None:
    files = BlobFiles(tmp_path)
    with files.resume(DIGEST, 0) as writer:
        writer.write(CONTENT[:1000])
    with pytest.raises(ValueError, match="holds 1000 bytes"):
        files.resume(DIGEST, 2000)
    with files.resume(DIGEST, 500) as writer:
        writer.write(CONTENT[500:])
        writer.finish()
    assert files.has(DIGEST)
