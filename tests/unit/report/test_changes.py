from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from syncproof.report.changes import changes, sample_of


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init", "--quiet")
    for day, name in ((1, "old"), (1, "edited"), (3, "new"), (3, "newer")):
        (root / name).touch()
        git(root, "add", name)
        at = f"2026-01-0{day}T12:00:00Z"
        git(root, "commit", "--quiet", "-m", name, environment={"GIT_COMMITTER_DATE": at})
    return root


def git(root: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
    who = ("-c", "user.name=A", "-c", "user.email=a@localhost")
    return subprocess.run(
        ["git", "-C", str(root), *who, *arguments],
        env={"PATH": "/usr/bin:/bin", **(environment or {})},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_what_was_changed_within_a_day_before_the_commit_is_touched(repository: Path) -> None:
    commit = git(repository, "rev-parse", "HEAD")
    (repository / "edited").write_text("not committed yet")
    found = changes(repository)
    assert found.files == {"new", "newer", "edited"}
    assert found.draw == int(commit, 16)
    assert found.described == f"commit {commit[:10]}"


def test_what_is_not_tracked_yet_is_touched_and_what_is_ignored_is_not(repository: Path) -> None:
    (repository / ".gitignore").write_text("*.log\n")
    (repository / "noise.log").touch()
    (repository / "suites").mkdir()
    (repository / "suites" / "mine").touch()
    assert changes(repository).files == {"new", "newer", ".gitignore", "suites/mine"}


def test_all_that_a_merge_brings_in_is_touched_however_old_it_is(repository: Path) -> None:
    git(repository, "checkout", "--quiet", "-b", "theirs", "HEAD~3")
    (repository / "table").write_text("a\nb\n")
    git(repository, "add", "table")
    git(
        repository, "commit", "--quiet", "-m", "x", environment={"GIT_COMMITTER_DATE": "2026-01-01T13:00:00Z"}
    )
    git(repository, "checkout", "--quiet", "-")
    now = {"GIT_COMMITTER_DATE": "2026-01-09T12:00:00Z"}
    git(repository, "merge", "--quiet", "--no-ff", "-m", "pull request", "theirs", environment=now)
    found = changes(repository, [repository / "table"])
    assert found.files == {"table"}
    assert found.lines == {"a", "b"}


def test_the_lines_that_were_added_lately_are_found(repository: Path) -> None:
    table = repository / "table"
    for day, lines in ((1, "head\nold\nchanged\n"), (4, "head\nold\n++new\nchanged so\n")):
        table.write_text(lines)
        git(repository, "add", "table")
        at = {"GIT_COMMITTER_DATE": f"2026-01-0{day}T12:00:00Z"}
        git(repository, "commit", "--quiet", "-m", "x", environment=at)
    table.write_text(table.read_text() + "not committed yet\n")
    (repository / "own").write_text("untracked\n")
    found = changes(repository, [table, repository / "own"])
    assert found.lines == {"++new", "changed so", "not committed yet", "untracked"}
    assert changes(repository).lines == frozenset()


def test_a_shallow_clone_and_no_git_say_so(repository: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{repository}", str(clone))
    found = changes(clone)
    assert not found.files
    assert found.draw == int(git(repository, "rev-parse", "HEAD"), 16)
    assert found.described.endswith("of a shallow clone: what was touched lately is not known")
    nowhere = changes(tmp_path)
    assert not nowhere.files
    assert nowhere.draw == 0
    assert nowhere.described.startswith("git says nothing of what was touched lately: ")


@pytest.mark.parametrize("places", [6, 7])
def test_who_all_have_places_all_run(places: int) -> None:
    assert sample_of("abcdef", places, 1) == set("abcdef")


def test_where_places_lack_the_commit_draws_and_each_has_its_turn() -> None:
    drawn = [sample_of("abcdef", 2, commit) for commit in range(40)]
    assert {len(one) for one in drawn} == {2}
    assert set.union(*drawn) == set("abcdef")
    assert drawn == [sample_of("fedcba", 2, commit) for commit in range(40)]
    assert sample_of("abcdef", -1, 1) == set()
