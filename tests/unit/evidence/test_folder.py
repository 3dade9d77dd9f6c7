"""The name of a history: a person finds it by the test, and nobody overwrites it."""

from __future__ import annotations

import os
from multiprocessing.pool import ThreadPool
from pathlib import Path

import pytest

from syncproof.evidence.folder import EvidenceFolder, file_name


def folder(directory: Path, process: int = 0) -> EvidenceFolder:
    return EvidenceFolder(directory / "history", "20260131-235959", process, directory)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Suites.Network Interruption.L-1 1", "suites-network-interruption-l-1-1"),
        ("Alice's turn", "alice-s-turn-"),
        ("Alice s turn", "alice-s-turn"),
        ("first_.x", "first-x-"),
        ("first.x", "first-x"),
        ("送受信", ""),
        ("Long " * 60, "long-long"),
    ],
)
def test_a_title_can_be_read_in_the_name(title: str, name: str) -> None:
    found = file_name(title)
    assert found.startswith(name[:-1] if name.endswith("-") else name)
    assert found.isascii()
    assert len(found.encode()) < 140


def test_no_two_titles_have_one_name() -> None:
    titles = ["Alice's turn", "Alice s turn", "first_.x", "first.x", "送受信", "受送信", "a" * 300]
    assert len({file_name(title) for title in titles}) == len(titles)


def test_each_attempt_has_a_file_of_its_own(tmp_path: Path) -> None:
    one, two = folder(tmp_path), folder(tmp_path, process=1)
    first, again, beside = one.claim("A test"), one.claim("A test"), two.claim("A test")
    assert [found.path.name for found in (first, again, beside)] == [
        "a-test.20260131-235959.0.1.jsonl",
        "a-test.20260131-235959.0.2.jsonl",
        "a-test.20260131-235959.1.1.jsonl",
    ]
    assert (first.number, again.number, beside.number) == (1, 2, 1)


def test_robots_side_by_side_that_cannot_know_of_each_other_never_share_a_file(tmp_path: Path) -> None:
    with ThreadPool(8) as pool:
        found = pool.map(lambda _: folder(tmp_path).claim("A test").path, range(64))
    assert len(set(found)) == 64


def test_a_link_starts_at_the_log(tmp_path: Path) -> None:
    named = EvidenceFolder(tmp_path / "out put" / "history", "r", 0, tmp_path / "logs")
    path = named.claim("A test").path
    assert named.link(path) == "../out%20put/history/a-test.r.0.1.jsonl"


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "history").write_text("a file")
    with pytest.raises(OSError, match=os.strerror(17)):
        folder(tmp_path).claim("A test")
