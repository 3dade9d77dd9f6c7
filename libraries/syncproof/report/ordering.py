"""In which order pabot begins suite files, and which of them share a robot process.

    python -m syncproof.report.ordering quick > FILE                      for pabot's `--ordering`; of all suite files,
                                                                          or of those that a file names (`--only FILE`)
    python -m syncproof.report.ordering quick --measured OUTPUT.XML       writes what they took into suites/seconds.csv

A robot process costs some two seconds of a processor before its first test, so that short suite files share one; a long
one has its own, and begins early: one that starts late would stand alone at the end. How long each takes, in the quick
pass and at TIME_SCALE 1, stands in suites/seconds.csv; `make seconds` measures anew. A file that does not stand there
counts by its tests, each of which takes as long as others do.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from robot.api import ExecutionResult, TestSuite

from syncproof.report.suite_files import suite_files

TABLE = "seconds.csv"
COLUMNS = ("quick", "acceptance")
#: A process has at most such a part of what is left to do for each place, a single longer file excepted: the first
#: ones much, and the last ones little, so that all places are done at the same time although times are never exact.
_PART = 2
#: The least that a process has, as a part of what each place has to do in all: a process costs something itself.
_LEAST = 6


def together(seconds: Mapping[str, float], processes: int) -> list[list[str]]:
    """The files, in groups that share a process each, the longest first. seconds: of each file.

    processes: how many run side by side.
    """
    left = sum(seconds.values())
    least = left / (processes * _LEAST)
    groups: list[list[str]] = []
    filled = enough = 0.0
    for file in sorted(seconds, key=lambda file: (-seconds[file], file)):
        if not groups or filled + seconds[file] > enough:
            groups.append([])
            filled = 0.0
            enough = max(left / (processes * _PART), least)
        groups[-1].append(file)
        filled += seconds[file]
        left -= seconds[file]
    return groups


def estimated(known: Mapping[str, float], suites: Path) -> dict[str, float]:
    """What each suite file takes: as measured, or else by its number of tests."""
    files = _files(suites)
    if all(file in known for file in files):
        return {file: known[file] for file in files}
    root = TestSuite.from_file_system(suites)
    tests = {_file(test.source, suites): test.parent.test_count for test in root.all_tests}
    measured = [file for file in files if file in known and file in tests]
    each = sum(known[file] for file in measured) / (sum(tests[file] for file in measured) or 1) or 1.0
    return {file: known.get(file, each * tests.get(file, 0)) for file in files}


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
    for test in ExecutionResult(str(output)).suite.all_tests:
        if file := _file(test.source, suites):
            yield file, test.parent.elapsed_time.total_seconds()


def _file(source: object, suites: Path) -> str:
    """As the table calls it; "" for what lies elsewhere."""
    path, root = Path(str(source)), suites.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else ""


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
    seconds = estimated(read(table, given.column), given.suites)
    if given.only:
        chosen = {Path(line).resolve() for line in given.only.read_text().splitlines()}
        seconds = {file: took for file, took in seconds.items() if (given.suites / file).resolve() in chosen}
    for group in together(seconds, given.processes):
        lines = [f"--suite {_name(given.suites, file)}" for file in group]
        print(*(lines if len(group) == 1 else ("{", *lines, "}")), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
