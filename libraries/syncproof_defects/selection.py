"""Which pairs of the kill matrix a run in CI has time for: those that were touched, a cover set, a fifth of the rest.

The cover set has every file of defects, every check and every kind of fault once. All of them together are `IN_CI` at
most, however many pairs there are: the touched ones have the first places, and of them those that cover what all of
them cover; the cover set has the next. Where more of a kind would run than have places, the commit draws who does, as
it draws the fifth: whoever runs that commit again runs the same pairs. A pair may be missed by many commits in a row,
which is why every night runs all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from syncproof.report.changes import with_a_place
from syncproof_defects import file_of
from syncproof_defects.kills import Run
from syncproof_defects.pairs import Pair

#: One of so many is drawn.
PARTS = 5
#: What CI has time for: so many pairs take some four minutes on two cores.
IN_CI = 120


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


def select(
    pairs: Sequence[Pair],
    features: Mapping[Pair, Collection[str]],
    touched: Collection[Pair],
    draw: int,
    limit: int = IN_CI,
) -> Selection:
    """Choose from the pairs. features: what each would prove if it ran. draw: which part of the rest.

    limit: how many pairs at most.
    """
    first = tuple(pair for pair in pairs if pair in touched)
    cover = _cover(pairs, features, first)
    # By its place among all pairs and not among the rest: what is touched changes with every commit.
    drawn = {pair for place, pair in enumerate(sorted(pairs, key=str)) if place % PARTS == draw % PARTS}
    left_out = dict.fromkeys(pairs, f"not drawn: part {draw % PARTS + 1} of {PARTS} was")
    running: tuple[set[Pair], set[Pair], set[Pair]] = (set(), set(), set())
    for kind, group, why in (
        # Where not even these have places, then those that cover what all of them cover.
        (0, _cover(first, {pair: features.get(pair, ()) for pair in first}, ()), "touched within a day"),
        (0, {*first}, "touched within a day"),
        (1, cover, "covers what no other does"),
        (2, drawn - {*first, *cover}, "drawn"),
    ):
        waiting = group - set().union(*running)
        found = with_a_place(waiting, limit - sum(map(len, running)), draw)
        running[kind].update(found)
        left_out |= dict.fromkeys(waiting - found, f"{why}, but CI's {limit} pairs were full")
    ran = [tuple(pair for pair in pairs if pair in of_kind) for of_kind in running]
    for pair in (pair for of_kind in ran for pair in of_kind):
        del left_out[pair]
    return Selection(ran[0], ran[1], ran[2], left_out)


def _cover(
    pairs: Sequence[Pair], features: Mapping[Pair, Collection[str]], chosen: Iterable[Pair]
) -> set[Pair]:
    """Those that prove every feature, with those chosen already: always the one that adds most, the first of them."""
    missing = {feature for of_one in features.values() for feature in of_one}
    missing -= {feature for pair in chosen for feature in features.get(pair, ())}
    cover: set[Pair] = set()
    while missing:
        best = max(pairs, key=lambda pair: len(missing.intersection(features.get(pair, ()))))
        cover.add(best)
        missing.difference_update(features[best])
    return cover


def features_of(pairs: Iterable[Pair], baseline: Run) -> dict[Pair, frozenset[str]]:
    """What each pair proves that can run: that the defects of a file are caught, by a check, under kinds of faults."""
    return {
        pair: frozenset(
            (
                f"defects in {file_of(pair.defect_name).name}",
                f"check {pair.check}",
                *(f"fault {kind}" for kind in baseline.seen[pair.test].begun),
            )
        )
        for pair in pairs
        if pair.test in baseline.seen and not baseline.outcomes[pair.test].skipped
    }


def touched_by(files: Collection[str], pairs: Iterable[Pair], root: Path) -> frozenset[Pair]:
    """The pairs whose suite file, file of defects or check is among these files (paths below `root`)."""
    if not files:
        return frozenset()
    sources = {
        str(path.relative_to(root)): path.read_text()
        for path in (root / "libraries" / "syncproof").rglob("*.py")
        if str(path.relative_to(root)) in files
    }

    def is_touched(pair: Pair) -> bool:
        defects = file_of(pair.defect_name)
        return (
            pair.suite in files
            or (defects.is_relative_to(root) and str(defects.relative_to(root)) in files)
            or any(
                path.endswith(f"/{pair.check}.py") or f'"{pair.check}"' in source
                for path, source in sources.items()
            )
        )

    return frozenset(pair for pair in pairs if is_touched(pair))
