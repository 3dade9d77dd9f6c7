"""What a run in CI that has no time for everything goes by: the commit, and the files that were changed lately."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

_Drawn = TypeVar("_Drawn")
_HOURS = 24


@dataclass(frozen=True)
class Changes:
    """What git tells. draw: a number of the commit. files: changed lately. told: in words, also what it cannot tell."""

    draw: int
    files: frozenset[str]
    told: str


def changes(root: Path) -> Changes:
    """What was changed within a day before the commit that is checked out in `root`, and what is not committed yet."""
    try:
        commit, at = _git(root, "log", "-1", "--format=%H %ct").split()
        shallow = _git(root, "rev-parse", "--is-shallow-repository").strip()
        if shallow == "true":
            told = f"commit {commit[:10]} of a shallow clone: what was touched lately is not known"
            return Changes(int(commit, 16), frozenset(), told)
        since = int(at) - _HOURS * 3600
        names = _git(root, "log", f"--since=@{since}", "--name-only", "--format=") + _git(
            root, "diff", "--name-only", "HEAD"
        )
    except (OSError, subprocess.CalledProcessError) as wrong:
        return Changes(0, frozenset(), f"git says nothing of what was touched lately: {wrong}")
    return Changes(int(commit, 16), frozenset(filter(None, names.splitlines())), f"commit {commit[:10]}")


def with_a_place(group: Collection[_Drawn], places: int, draw: int) -> set[_Drawn]:
    """All of the group, or, where there are fewer places, whom the draw gives one: the same ones for one commit."""
    if len(group) <= places:
        return {*group}
    return {*random.Random(draw).sample(sorted(group, key=str), max(0, places))}


def _git(root: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True
    ).stdout
