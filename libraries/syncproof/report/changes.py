"""What a run in CI that has no time for everything goes by: the commit, and what was changed lately."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

_Drawn = TypeVar("_Drawn")
_HOURS = 24


@dataclass(frozen=True)
class Changes:
    """What git says. draw: a number of the commit. files: changed lately. described: in words, also what is not known.

    lines: those that were added lately to the files whose lines were asked for.
    """

    draw: int
    files: frozenset[str]
    described: str
    lines: frozenset[str] = frozenset()


def changes(root: Path, lines_of: Collection[Path] = ()) -> Changes:
    """What was changed within a day before the commit that is checked out in `root`, and what is not committed yet.

    Of a merge, such as CI makes of a pull request, all that it brings in counts, however old its commits are. lines_of:
    the files, below `root`, whose new lines are wanted.
    """
    try:
        commit, at, *parents = _git(root, "log", "-1", "--format=%H %ct %P").split()
        if _git(root, "rev-parse", "--is-shallow-repository").strip() == "true":
            said = f"commit {commit[:10]} of a shallow clone: what was touched lately is not known"
            return Changes(int(commit, 16), frozenset(), said)
        lately = [("log", f"--since=@{int(at) - _HOURS * 3600}", "--format="), ("diff", "HEAD")]
        lately += [("diff", "HEAD^1", "HEAD")] if len(parents) > 1 else []
        untracked = _git(root, "ls-files", "--others", "--exclude-standard", "--full-name").splitlines()
        names = [name for asked in lately for name in _git(root, *asked, "--name-only").splitlines()]
        lines = _added(root, lately, [str(file.relative_to(root)) for file in lines_of])
        files = frozenset(filter(None, (*names, *untracked)))
        return Changes(int(commit, 16), files, f"commit {commit[:10]}", frozenset(lines))
    except (OSError, subprocess.CalledProcessError) as wrong:
        return Changes(0, frozenset(), f"git says nothing of what was touched lately: {wrong}")


def sample_of(group: Collection[_Drawn], places: int, draw: int) -> set[_Drawn]:
    """All of the group, or, where there are fewer places, those that are drawn: the same ones for one commit."""
    if len(group) <= places:
        return {*group}
    return {*random.Random(draw).sample(sorted(group, key=str), max(0, places))}


def _added(root: Path, lately: Collection[tuple[str, ...]], files: Collection[str]) -> Iterator[str]:
    if not files:
        return
    for asked in lately:
        for line in _git(root, *asked, "--patch", "--unified=0", "--no-color", "--", *files).splitlines():
            if line.startswith("+") and not line.startswith("+++ "):
                yield line[1:]
    for file in _git(root, "ls-files", "--others", "--exclude-standard", "--", *files).splitlines():
        yield from (root / file).read_text().splitlines()


def _git(root: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True
    ).stdout
