"""The kill matrix: every scenario has to catch the bug that it is there for.

    python -m syncproof_defects.matrix                 the declared pairs of pairs.csv
    python -m syncproof_defects.matrix --system matrix those of that product
    python -m syncproof_defects.matrix --full          every scenario against every defect (for information, nightly)

The runs with a defect have to be like the baseline but for it: --variable says what that was given (TIME_SCALE, SLACK,
STACK, ...), as robot takes it.

A scenario that is skipped in the baseline, because it needs containers, is run on the compose stack where --containers
names a run without defects there; else its pairs are skipped.

A kill counts only if the scenario passes without the defect (the baseline), the defect's changed line reported that
it ran, every fault of the scenario bit, and the checker that the pair names said `fail`.
"""

from __future__ import annotations

import argparse
import csv
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree import ElementTree

import msgspec
from robot.api import TestSuite
from robot.errors import DataError

from syncproof.systems.products import known as systems
from syncproof_defects import known
from syncproof_defects.kills import PAIRS, Kill, Pair, Run, declared, judge, read, short, table_of, unfit

#: The categories whose every scenario must be declared.
CATEGORIES = ("attachment", "catchup", "component", "conflict", "lifecycle", "resilience", "transport")
#: No run of one scenario takes so long; one that does is ended, and the pair is not a kill. Seconds.
_PATIENCE_S = 600.0


@dataclass(frozen=True)
class Bench:
    """Where and how scenarios are run. files: the suite file of every test.

    The rest are variables of the run: stack and system, and all others by name.
    """

    files: dict[str, Path]
    results: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    stack: str = "embedded"
    system: str = "bundled"

    def _options(self, **more: str) -> list[str]:
        given = {**self.variables, "STACK": self.stack, "SYSTEM": self.system, **more}
        return [word for name, value in given.items() for word in ("--variable", f"{name}:{value}")]

    def run(self, pair: Pair, baseline: Run) -> Kill:
        """Run one scenario with one defect, and judge it."""
        reason = unfit(pair.test, baseline)
        if pair.test not in self.files:
            reason = "no suite file has this test"
        if reason:
            return Kill(pair, reason)
        folder = self.results / f"{pair.test}-{pair.defect}".lower().replace(" ", "-").replace("'", "")
        output = folder / "output.xml"
        output.unlink(missing_ok=True)
        for history in folder.glob("history/*.jsonl"):
            history.unlink()
        said = self._robot(
            *("--outputdir", str(folder), "--console", "none", "--log", "NONE", "--report", "NONE"),
            *self._options(DEFECT=pair.defect),
            *("--test", f"*.{_literal(pair.test.partition('.')[2])}", str(self.files[pair.test])),
        )
        try:
            return judge(pair, read(output), baseline)
        except (DataError, msgspec.MsgspecError) as wrong:
            return Kill(pair, f"robot left no whole result: {wrong}; it said: {said[-300:] or 'nothing'}")

    def baseline(self) -> Path:
        """One clean run of the categories that have pairs; its output.xml."""
        folder = self.results / "baseline"
        command = [sys.executable, "-m", "pabot.pabot", "--processes", "4", "--no-pabotlib"]
        options = ["--outputdir", str(folder), *self._options()]
        suites = sorted({str(path) for path in self.files.values()})
        subprocess.run(
            [*command, *options, *suites], check=False, stdout=subprocess.DEVNULL, env=_environment()
        )
        return folder / "output.xml"

    def _robot(self, *arguments: str) -> str:
        try:
            ended = subprocess.run(
                [sys.executable, "-m", "robot", *arguments],
                capture_output=True,
                text=True,
                check=False,
                env=_environment(),
                timeout=_PATIENCE_S,
            )
        except subprocess.TimeoutExpired:
            return f"it was ended after {_PATIENCE_S:g} s"
        return ended.stderr.strip()


def _literal(name: str) -> str:
    """A test's name as a pattern of `--test` that matches nothing else."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _environment() -> dict[str, str]:
    """Ours, with the `robot` that pabot starts from this Python's own folder."""
    return os.environ | {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    }


def scenarios(suites: Path) -> dict[str, Path]:
    """Every test of the categories by its short name, with its file."""
    return {
        short(test): Path(test.source)
        for category in CATEGORIES
        for test in TestSuite.from_file_system(str(suites / category)).all_tests
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the matrix; exit status 0 when every declared pair is a kill and every scenario is declared."""
    parser = argparse.ArgumentParser(
        prog="python -m syncproof_defects.matrix", description="The kill matrix."
    )
    parser.add_argument("--full", action="store_true", help="every scenario against every defect")
    parser.add_argument(
        "--baseline", type=Path, help="output.xml of a run with these variables, without defects"
    )
    parser.add_argument("--containers", type=Path, help="the same of a run with STACK:compose")
    parser.add_argument("--suites", type=Path, default=Path("suites"))
    parser.add_argument("--results", type=Path, default=Path("results/kill-matrix"))
    parser.add_argument(
        "--variable",
        action="append",
        default=[],
        metavar="NAME:VALUE",
        help="of every run; default TIME_SCALE:0.1",
    )
    parser.add_argument("--selected", action="store_true", help="leave out what the baseline did not run")
    parser.add_argument("--defect", help="only the pairs of this one")
    # More than a machine may have cores: most of a kill is waiting for a deadline that nothing will meet.
    parser.add_argument("--processes", type=int, default=6)
    parser.add_argument(
        "--system", default="bundled", choices=[system for system in systems() if table_of(system).exists()]
    )
    chosen = parser.parse_args(arguments)

    report = chosen.results / ("full.csv" if chosen.full else "kills.xml")
    report.unlink(missing_ok=True)
    table = table_of(chosen.system)
    pairs, files = declared(table, chosen.system.partition("-")[0]), scenarios(chosen.suites)
    variables = {"TIME_SCALE": "0.1", **dict(_parted(given) for given in chosen.variable)}
    stack = variables.pop("STACK", "embedded")
    bench = Bench(files, chosen.results, variables, stack, chosen.system)
    runner = Runner(bench, read(chosen.baseline or bench.baseline()), read_if(chosen.containers))
    if chosen.full:
        wanted = [Pair(test, defect, "") for test in files for defect in known()]
        return _tell_full(runner.run_all(wanted, chosen.processes), report)
    if chosen.defect:
        pairs = [pair for pair in pairs if pair.defect == chosen.defect]
        if not pairs:
            parser.error(f"{table.name} has no pair of the defect '{chosen.defect}'")
    if chosen.selected:
        pairs = runner.selected(pairs)
    # Every scenario has its bug of the bundled system; on other systems only some need to show that they can fail.
    whole = chosen.system == "bundled" and not (chosen.selected or chosen.defect)
    undeclared = [test for test in files if whole and test not in {pair.test for pair in pairs}]
    return _tell(runner.run_all(pairs, chosen.processes), undeclared, report)


def _parted(given: str) -> tuple[str, str]:
    """Name and value of a `--variable`."""
    name, _, value = given.partition(":")
    return name, value


def read_if(output: Path | None) -> Run | None:
    """The run that wrote this output.xml, if one is named."""
    return None if output is None else read(output)


@dataclass(frozen=True)
class Runner:
    """Runs each pair where its scenario can run. containers: a run without defects on the compose stack, if any."""

    bench: Bench
    baseline: Run
    containers: Run | None

    def run(self, pair: Pair) -> Kill:
        """One pair."""
        clean = self.baseline.outcomes.get(pair.test)
        if clean is None or not clean.skipped:
            return self.bench.run(pair, self.baseline)
        if self.containers is None:
            return Kill(pair, clean.message, skipped=True)
        return replace(self.bench, stack="compose").run(pair, self.containers)

    def selected(self, pairs: Sequence[Pair]) -> list[Pair]:
        """Those whose scenario the baseline, a run of chosen tests, has; how many others there are is told."""
        found = [pair for pair in pairs if pair.test in self.baseline.outcomes]
        if len(found) < len(pairs):
            print(
                f"{len(pairs) - len(found)} of {len(pairs)} pairs left out: their scenarios were not selected"
            )
        return found

    def run_all(self, pairs: Sequence[Pair], processes: int) -> list[Kill]:
        """The longest first, so that none of them is left alone at the end; answered in the order of the pairs."""
        outcomes = self.baseline.outcomes
        rank: Callable[[Pair], float] = lambda pair: (  # noqa: E731
            -outcomes[pair.test].elapsed_s if pair.test in outcomes else 0.0
        )
        with ThreadPoolExecutor(processes) as pool:
            running = {pair: pool.submit(self.run, pair) for pair in sorted(pairs, key=rank)}
            return [running[pair].result() for pair in pairs]


def _tell(kills: Iterable[Kill], undeclared: Iterable[str], report: Path) -> int:
    suite = ElementTree.Element("testsuite", name="kill matrix")
    passed = failed = skipped = 0
    for kill in kills:
        pair = kill.pair
        word = "SKIPPED" if kill.skipped else "ALIVE" if kill.reason else "killed"
        print(f"{word:7} {pair.test} <- {pair.defect} ({pair.checker})")
        case = ElementTree.SubElement(suite, "testcase", classname=pair.test, name=pair.defect)
        if kill.skipped:
            print(f"        {kill.reason}")
            ElementTree.SubElement(case, "skipped", message=kill.reason)
            skipped += 1
            continue
        if kill.reason:
            print(f"        {kill.reason}")
            ElementTree.SubElement(case, "failure", message=kill.reason).text = kill.message
        passed, failed = passed + (not kill.reason), failed + bool(kill.reason)
    for test in undeclared:
        reason = f"no defect is declared that it has to catch ({PAIRS.name})"
        print(f"MISSING {test}: {reason}")
        case = ElementTree.SubElement(suite, "testcase", classname=test, name="is declared")
        ElementTree.SubElement(case, "failure", message=reason)
        failed += 1
    suite.attrib |= {
        "tests": str(passed + failed + skipped),
        "failures": str(failed),
        "errors": "0",
        "skipped": str(skipped),
    }
    report.parent.mkdir(parents=True, exist_ok=True)
    ElementTree.ElementTree(suite).write(report, encoding="unicode", xml_declaration=True)
    print(f"kill matrix: {passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


def _tell_full(kills: Sequence[Kill], report: Path) -> int:
    """A row for each pair, and for each defect who caught it; what nobody catches is no failure here."""
    report.parent.mkdir(parents=True, exist_ok=True)
    with report.open("w", newline="") as table:
        rows = csv.writer(table)
        rows.writerow(["test", "defect", "failed checkers", "why it is no kill"])
        for kill in kills:
            row = [
                kill.pair.test,
                kill.pair.defect,
                " ".join(kill.failed),
                "" if kill.failed else kill.reason,
            ]
            rows.writerow(row)
            print(f"{row[0]} x {row[1]}: {row[2] or row[3]}")
    for defect in known():
        caught = sum(1 for kill in kills if kill.pair.defect == defect and not kill.reason)
        print(f"{defect}: caught by {caught} of {len({kill.pair.test for kill in kills})} scenarios")
    return 0


if __name__ == "__main__":
    sys.exit(main())
