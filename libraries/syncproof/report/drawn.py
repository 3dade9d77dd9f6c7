"""Which suite files a pass runs that has not the time for all: `python -m syncproof.report.drawn SUITE...`.

It prints the files of the named folders that have a place. Those with tests that an earlier run skipped come first
(`--skipped-in OUTPUT.XML`: here may be the only place where they can run), then those that were changed within a day;
the commit draws the others. Those without a place are named on standard error.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from robot.api import ExecutionResult

from syncproof.report.changes import changes, sample_of
from syncproof.report.suite_files import suite_files

#: So many suite files take some three minutes in containers, on two cores.
PLACES = 24


def choose(
    files: Sequence[str], needed: Collection[str], touched: Collection[str], draw: int, places: int = PLACES
) -> list[str]:
    """The files with a place, in their order. needed: those that have one in any case, however many they are.

    touched: those that have one before others. draw: the number of the commit.
    """
    chosen: set[str] = {*files} & {*needed}
    for group in ({*touched}, {*files}):
        chosen |= sample_of(({*files} & group) - chosen, places - len(chosen), draw)
    return [file for file in files if file in chosen]


def skipped_in(output: Path, root: Path) -> set[str]:
    """The suite files, as paths below `root`, of which a run skipped a test."""
    sources = {
        Path(str(test.source)) for test in ExecutionResult(str(output)).suite.all_tests if test.skipped
    }
    return {source.relative_to(root).as_posix() for source in sources if source.is_relative_to(root)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: see the module."""
    parser = argparse.ArgumentParser(
        prog="python -m syncproof.report.drawn", description="The suite files that a pass has time for."
    )
    parser.add_argument("suites", nargs="+", type=Path, help="suite files, and folders of them")
    parser.add_argument("--skipped-in", type=Path, metavar="OUTPUT.XML", help="a run that could not run all")
    given = parser.parse_args(arguments)
    root = Path.cwd()
    files = [
        file.as_posix()
        for named in given.suites
        for file in (suite_files(named) if named.is_dir() else [named])
    ]
    git = changes(root)
    needed = skipped_in(given.skipped_in, root) if given.skipped_in else set[str]()
    chosen = choose(files, needed, git.files, git.draw)
    print(*chosen, sep="\n")
    if left_out := [file for file in files if file not in chosen]:
        print(
            f"{len(left_out)} of {len(files)} suite files were left out: there is time for {PLACES}, those that were "
            f"changed within a day first; the others are drawn ({git.described}), and `make nightly` runs all. "
            f"Left out: {', '.join(left_out)}.",
            file=sys.stderr,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
