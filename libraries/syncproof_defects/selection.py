"""Which pairs of the kill matrix a run in CI has time for: those that were touched, a cover set, a fifth of the rest.

A pair is touched where within a day its row was added or changed, or its suite file, its file of defects, a file of the
product that its defect breaks, the file of its check or one of the harness that names its check. What else products or
checks share touches none of them: every night runs all pairs.

The cover set has every file of defects, every check and every kind of fault once. All of them together are `IN_CI` at
most, however many pairs there are: those with a new row have the first places, then those of the touched ones that
cover what all of them cover, the other touched ones, and the cover set. Where more of a kind would run than have
places, the commit draws who does, as it draws the fifth: whoever runs that commit again runs the same pairs. A pair may
be missed by many commits in a row. Pairs in containers take more time: `IN_CONTAINERS` of them run at most.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from syncproof.report.changes import sample_of
from syncproof_defects import file_of, files_broken_by
from syncproof_defects.kills import Run
from syncproof_defects.pairs import Pair

#: One of so many is drawn.
PARTS = 5
#: What CI has time for: so many pairs take some four minutes on two slow cores.
IN_CI = 60
#: So many of them may run in containers: beside the others they take half a minute.
IN_CONTAINERS = 6
_TOUCHED, _COVERS, _DRAWN = "touched within a day", "covers what no other does", "drawn"


@dataclass(frozen=True)
class Candidates:
    """The pairs that can run here, in the tables' order. features: what each would prove if it ran.

    touched: lately. new: those whose row was added or changed lately. in_containers: those that run in containers.
    """

    pairs: Sequence[Pair]
    features: Mapping[Pair, Collection[str]]
    touched: Collection[Pair] = ()
    new: Collection[Pair] = ()
    in_containers: Collection[Pair] = ()


@dataclass(frozen=True)
class Selection:
    """The pairs to run, by the first reason that each has, in the tables' order, and those left out with the reason."""

    touched: tuple[Pair, ...]
    cover: tuple[Pair, ...]
    drawn: tuple[Pair, ...]
    left_out: Mapping[Pair, str]

    @property
    def chosen(self) -> frozenset[Pair]:
        """All that are to run."""
        return frozenset((*self.touched, *self.cover, *self.drawn))


def select(among: Candidates, draw: int, limit: int = IN_CI, limit_apart: int = IN_CONTAINERS) -> Selection:
    """Choose from the pairs. draw: which part of the rest.

    limit: how many pairs may run. limit_apart: how many of them in containers.
    """
    pairs, apart, touched = among.pairs, {*among.in_containers}, {*among.new, *among.touched}
    left_out = dict.fromkeys(pairs, f"not drawn: part {draw % PARTS + 1} of {PARTS} was")
    running: dict[str, set[Pair]] = {_TOUCHED: set(), _COVERS: set(), _DRAWN: set()}

    def take(why: str, group: Collection[Pair]) -> None:
        chosen = set[Pair]().union(*running.values())
        waiting = {*group} - chosen
        fitting = waiting - apart | sample_of(waiting & apart, limit_apart - len(chosen & apart), draw)
        found = sample_of(fitting, limit - len(chosen), draw)
        running[why] |= found
        for pair in waiting - found:
            left_out[pair] = f"{why}, but CI's {limit} pairs were full"
        for pair in waiting - fitting:
            left_out[pair] = f"{why}, but CI's {limit_apart} pairs in containers were full"

    take(_TOUCHED, among.new)
    # Where not all of these have places, then those that cover what all of them cover.
    take(_TOUCHED, _cover(among, touched, running[_TOUCHED]))
    take(_TOUCHED, touched)
    cover = _cover(among, pairs, running[_TOUCHED]) - touched
    take(_COVERS, cover)
    # By its place among all pairs and not among the rest: what is touched changes with every commit.
    drawn = {pair for place, pair in enumerate(sorted(pairs, key=str)) if place % PARTS == draw % PARTS}
    take(_DRAWN, drawn - touched - cover)
    ran = {why: tuple(pair for pair in pairs if pair in of_kind) for why, of_kind in running.items()}
    skipped = {pair: why for pair, why in left_out.items() if not any(pair in one for one in ran.values())}
    return Selection(ran[_TOUCHED], ran[_COVERS], ran[_DRAWN], skipped)


def _cover(among: Candidates, group: Collection[Pair], chosen: Collection[Pair]) -> set[Pair]:
    """Those of a group that prove, with those chosen already, every feature that the group proves.

    Always the one that adds most, the first of them; one in containers only where no other adds anything.
    """

    def adds(pair: Pair) -> tuple[bool, int]:
        number = len(missing.intersection(among.features.get(pair, ())))
        return number > 0 and pair not in among.in_containers, number

    of_group = [pair for pair in among.pairs if pair in group]
    missing = {feature for pair in of_group for feature in among.features.get(pair, ())}
    missing -= {feature for pair in chosen for feature in among.features.get(pair, ())}
    cover: set[Pair] = set()
    while missing:
        best = max(of_group, key=adds)
        cover.add(best)
        missing.difference_update(among.features[best])
    return cover


def features_of(runs: Mapping[Pair, Run]) -> dict[Pair, frozenset[str]]:
    """What each pair proves: that the defects of a file are caught, by a check, under kinds of faults.

    runs: the run without defects that each pair is compared with.
    """
    return {
        pair: frozenset(
            (
                f"defects in {pair.defect.partition(':')[0]}/{file_of(pair.defect_name).name}",
                f"check {pair.check}",
                *(f"fault {kind}" for kind in run.seen[pair.test].begun),
            )
        )
        for pair, run in runs.items()
    }


def touched_by(files: Collection[str], pairs: Iterable[Pair], root: Path) -> frozenset[Pair]:
    """The pairs of whose files some are among these (paths below `root`): see the module for what counts."""
    if not files:
        return frozenset()
    sources = {
        str(path.relative_to(root)): path.read_text()
        for path in (root / "libraries" / "syncproof").rglob("*.py")
        if str(path.relative_to(root)) in files
    }

    def is_touched(pair: Pair) -> bool:
        code = (file_of(pair.defect_name), *files_broken_by(pair.defect_name))
        return (
            pair.suite in files
            or any(file.is_relative_to(root) and str(file.relative_to(root)) in files for file in code)
            or any(
                path.endswith(f"/{pair.check}.py") or f'"{pair.check}"' in source
                for path, source in sources.items()
            )
        )

    return frozenset(pair for pair in pairs if is_touched(pair))
