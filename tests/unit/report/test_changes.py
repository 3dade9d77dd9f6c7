from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from syncproof.report.changes import changes, with_a_place


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
    assert found.told == f"commit {commit[:10]}"


def test_a_shallow_clone_and_no_git_say_so(repository: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{repository}", str(clone))
    found = changes(clone)
    assert not found.files
    assert found.draw == int(git(repository, "rev-parse", "HEAD"), 16)
    assert found.told.endswith("of a shallow clone: what was touched lately is not known")
    nowhere = changes(tmp_path)
    assert not nowhere.files
    assert nowhere.draw == 0
    assert nowhere.told.startswith("git says nothing of what was touched lately: ")


@pytest.mark.parametrize("places", [6, 7])
def test_who_all_have_places_all_run(places: int) -> None:
    assert with_a_place("abcdef", places, 1) == set("abcdef")


def test_where_places_lack_the_commit_draws_and_each_has_its_turn() -> None:
    drawn = [with_a_place("abcdef", 2, commit) for commit in range(40)]
    assert {len(one) for one in drawn} == {2}
    assert set.union(*drawn) == set("abcdef")
    assert drawn == [with_a_place("fedcba", 2, commit) for commit in range(40)]
    assert with_a_place("abcdef", -1, 1) == set()
