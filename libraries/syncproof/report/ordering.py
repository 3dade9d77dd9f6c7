"""In which order pabot begins suite files, and which of them share a robot process.

    python -m syncproof.report.ordering quick > FILE                      for pabot's `--ordering`; of all suite files,
                                                                          or of those that a file names (`--only FILE`)
    python -m syncproof.report.ordering quick --measured OUTPUT.XML       writes what they took into suites/seconds.csv

A robot process costs some two seconds of a processor before its first test, so that short suite files share one; a long
one has its own, and begins early: one that starts late would stand alone at the end. How long each takes, in the quick
pass and at TIME_SCALE 1, stands in suites/seconds.csv; `make seconds` measures anew. A file that does not stand there
counts as an ordinary one.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

from robot.api import ExecutionResult, TestSuite

from syncproof.report.suite_files import suite_files

TABLE = "seconds.csv"
COLUMNS = ("quick", "acceptance")
#: What one robot process takes is at most such a part of what each place for a process has to do, so that all places
#: are done at the same time; a single longer file excepted.
_PART = 3


def together(seconds: Mapping[str, float], processes: int) -> list[list[str]]:
    """The files, in groups that share a process each, the longest first. seconds: of each file.

    processes: how many run side by side.
    """
    enough = sum(seconds.values()) / (processes * _PART)
    groups: list[list[str]] = []
    filled = 0.0
    for file in sorted(seconds, key=lambda file: (-seconds[file], file)):
        if not groups or filled + seconds[file] > enough:
            groups.append([])
            filled = 0.0
        groups[-1].append(file)
        filled += seconds[file]
    return groups


def read(table: Path, column: str) -> dict[str, float]:
    """What each file took, seconds; those that were never measured are missing."""
    with table.open(newline="") as rows:
        return {row["suite"]: float(row[column]) for row in csv.DictReader(rows) if row[column]}


def write(table: Path, column: str, output: Path) -> None:
    """Put what the suite files of a run took in place of what stands there; those that are gone leave the table."""
    known = {name: read(table, name) for name in COLUMNS}
    known[column] |= dict(_measured(output, table.parent))
    with table.open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("suite", *COLUMNS))
        for suite in _files(table.parent):
            rows.writerow(
                (suite, *(f"{known[name][suite]:.0f}" if suite in known[name] else "" for name in COLUMNS))
            )


def _measured(output: Path, suites: Path) -> Iterator[tuple[str, float]]:
    root = suites.resolve()
    for test in ExecutionResult(str(output)).suite.all_tests:
        source = Path(str(test.source))
        if source.is_relative_to(root):
            yield source.relative_to(root).as_posix(), test.parent.elapsed_time.total_seconds()


def _files(suites: Path) -> list[str]:
    return [path.relative_to(suites).as_posix() for path in suite_files(suites)]


def _name(suites: Path, file: str) -> str:
    """As Robot Framework calls it in a run of the folder of suites: `Suites.Catchup.Large Backlog`."""
    parts = [suites.resolve(), *map(Path, Path(file).parts)]
    return ".".join(TestSuite.name_from_source(part) for part in parts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: see the module."""
    parser = argparse.ArgumentParser(
        prog="python -m syncproof.report.ordering", description="The order for pabot."
    )
    parser.add_argument("column", choices=COLUMNS, help="the run whose times count")
    parser.add_argument("--processes", type=int, default=8, help="robot processes side by side")
    parser.add_argument("--suites", type=Path, default=Path("suites"))
    parser.add_argument("--measured", type=Path, metavar="OUTPUT.XML", help="write what this run took")
    parser.add_argument(
        "--only", type=Path, metavar="FILE", help="the suite files to put in order, a line each"
    )
    given = parser.parse_args(arguments)
    table = given.suites / TABLE
    if given.measured:
        write(table, given.column, given.measured)
        return 0
    known = read(table, given.column)
    ordinary = median(known.values()) if known else 1.0
    seconds = {file: known.get(file, ordinary) for file in _files(given.suites)}
    if given.only:
        chosen = {Path(line).resolve() for line in given.only.read_text().splitlines()}
        seconds = {file: took for file, took in seconds.items() if (given.suites / file).resolve() in chosen}
    for group in together(seconds, given.processes):
        lines = [f"--suite {_name(given.suites, file)}" for file in group]
        print(*(lines if len(group) == 1 else ("{", *lines, "}")), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
