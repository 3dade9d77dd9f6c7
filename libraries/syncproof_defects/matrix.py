"""The kill matrix: every scenario has to catch the bug that it is there for.

    python -m syncproof_defects.matrix                 those pairs that CI has time for (see `selection`), each test on
                                                       its default product
    python -m syncproof_defects.matrix --all           all of them
    python -m syncproof_defects.matrix --system matrix those of another product, or of a variant
    python -m syncproof_defects.matrix --full          every scenario against every defect (for information)

The runs with a defect have to be like the baseline but for it: --variable says what that was given (TIME_SCALE, SLACK,
STACK, ...), as robot takes it. A scenario that took few seconds in all there gets no greater slack than these here,
whatever its product asks for: most of a kill is waiting for a deadline that nothing will meet.

A scenario that is skipped in the baseline, because it needs containers, is run on the compose stack where --containers
names a run without defects there; else its pairs are skipped.

A kill counts only if the scenario passes without the defect (the baseline), the defect's changed line reported that
it ran, every fault of the scenario bit, and the check that the pair names said `fail`. A pair that is no kill is tried
once more; one that then is a kill is unsteady, and few may be.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from syncproof.kernel.quantities import Duration
from syncproof.report.changes import changes
from syncproof.report.robots.worker import Job
from syncproof.report.robots.workers import Lost, Task, Workers
from syncproof.systems.products import find
from syncproof_defects import RAN, known
from syncproof_defects.kills import Kill, Run, Seen, histories, judge, read, seen_in, unfit
from syncproof_defects.pairs import TABLES, Pair, checks, declared, pairs_in, scenarios, undeclared
from syncproof_defects.report import tell, tell_full
from syncproof_defects.selection import PARTS, Candidates, features_of, select, touched_by

#: No run of one scenario takes so long, also where its agents take 10 minutes to be ready (`ready_within`); one that
#: does is ended, and the pair is not a kill. Seconds.
_PATIENCE_S = 900.0
#: Where a scenario passed within so many seconds, the slack of none of its deadlines needs to be greater. One that took
#: longer has so much at least, and beyond it no more than it took: a bug that makes things late must not be lost in it.
_ENOUGH_S, _LONGER_S = 7.0, 15.0


@dataclass(frozen=True)
class Runner:
    """Runs each pair where its scenario can run, and judges it.

    root: the folder of the suites. variables: those of the baseline, with SYSTEM and STACK. containers: a run without
    defects on the compose stack, if any.
    """

    root: Path
    variables: Mapping[str, str]
    baseline: Run
    containers: Run | None = None

    def run_all(self, pairs: Sequence[Pair], workers: Workers) -> list[Kill]:
        """The longest first, so that none of them is left alone at the end; answered in the order of the pairs."""
        places = {pair: self.place(pair) for pair in pairs}
        kills = {pair: place for pair, place in places.items() if isinstance(place, Kill)}
        waiting = {pair: place for pair, place in places.items() if not isinstance(place, Kill)}
        took_s = {pair: against.outcomes[pair.test].elapsed_s for pair, (_, against) in waiting.items()}
        tasks = {pair: waiting[pair] for pair in sorted(waiting, key=lambda pair: -took_s[pair])}
        answers = workers.run([task for task, _ in tasks.values()])
        for (pair, (_, against)), (answer, folder) in zip(tasks.items(), answers, strict=True):
            if isinstance(answer, Lost):
                kills[pair] = Kill(pair, f"it left no result: {answer.reason}", hung=answer.hung)
                continue
            seen: dict[str, Seen] = {}
            try:
                for title, path in histories(folder):
                    if title == answer.title:
                        seen[pair.test] = seen_in(path)
            except msgspec.MsgspecError as wrong:
                kills[pair] = Kill(pair, f"it left no whole history: {wrong}")
                continue
            left = Run(
                {pair.test: answer.outcome} if answer.outcome else {}, seen, frozenset(answer.noted.split())
            )
            kills[pair] = judge(pair, left, against)
        return [kills[pair] for pair in pairs]

    def run_twice(self, pairs: Sequence[Pair], workers: Workers) -> tuple[list[Kill], list[Kill]]:
        """Every pair, and once more those that are no kills; and the first tries of those that then were kills."""
        kills = self.run_all(pairs, workers)
        alive = [kill for kill in kills if kill.reason and not kill.skipped and not kill.hung]
        second = {kill.pair: kill for kill in self.run_all([kill.pair for kill in alive], workers)}
        unsteady = [kill for kill in alive if not second[kill.pair].reason]
        return [second.get(kill.pair, kill) for kill in kills], unsteady

    def place(self, pair: Pair) -> tuple[Task, Run] | Kill:
        """How to run a pair, and the run to compare it with; or why it need not be run."""
        clean = self.baseline.outcomes.get(pair.test)
        variables, against = dict(self.variables), self.baseline
        if clean is not None and clean.skipped:
            if self.containers is None:
                return Kill(pair, clean.message, skipped=True)
            if pair.test not in self.containers.outcomes:
                reason = (
                    f"{clean.message} The run in containers, which has not the time for all, left it out."
                )
                return Kill(pair, reason, skipped=True)
            variables["STACK"], against = "compose", self.containers
        if reason := unfit(pair.test, against):
            return Kill(pair, reason)
        slack_s = float(variables.get("SLACK") or Duration.parse(find(pair.product).profile.slack).seconds)
        took_s = against.outcomes[pair.test].elapsed_s
        enough_s = _ENOUGH_S if took_s <= _ENOUGH_S else max(_LONGER_S, took_s)
        if enough_s < slack_s:
            variables["SLACK"] = f"{enough_s:g}"
        job = Job(self.root / pair.suite, pair.test.partition("::")[2], (("DEFECT", pair.defect_name),))
        return Task(job, tuple(variables.items()), against.seen[pair.test].devices), against


def _baseline(results: Path, pairs: Iterable[Pair], variables: Mapping[str, str], root: Path) -> Path:
    """One clean run of the suite files that have pairs; its output.xml."""
    folder = results / "baseline"
    options = [word for name, value in variables.items() for word in ("--variable", f"{name}:{value}")]
    suites = sorted({str(root / pair.suite) for pair in pairs})
    command = [sys.executable, "-m", "pabot.pabot", "--processes", "4", "--no-pabotlib"]
    # With the `robot` of this Python's own folder, which pabot starts.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    subprocess.run(
        [*command, "--outputdir", str(folder), *options, *suites],
        check=False,
        stdout=subprocess.DEVNULL,
        env=os.environ | {"PATH": path},
    )
    return folder / "output.xml"


def _in_baseline(pairs: Sequence[Pair], baseline: Run) -> list[Pair]:
    """Those whose scenario the baseline, a run of chosen tests, has; how many others there are is told."""
    found = [pair for pair in pairs if pair.test in baseline.outcomes]
    if len(found) < len(pairs):
        print(f"{len(pairs) - len(found)} of {len(pairs)} pairs left out: their scenarios were not selected")
    return found


def _chosen(
    pairs: Sequence[Pair], tables: Iterable[Path], runner: Runner, results: Path
) -> tuple[list[Pair], str]:
    """The pairs that a run in CI has time for, and lines about them. The names of the others go into a file."""
    root = runner.root
    git = changes(root, tables := [table for table in tables if table.is_relative_to(root)])
    places = {pair: runner.place(pair) for pair in pairs}
    nowhere = {
        pair: place.reason for pair, place in places.items() if isinstance(place, Kill) and place.skipped
    }
    here = places.keys() - nowhere.keys()
    ready = {pair: place for pair, place in places.items() if not isinstance(place, Kill)}
    found = select(
        Candidates(
            [pair for pair in pairs if pair in here],
            features_of({pair: against for pair, (_, against) in ready.items()}),
            touched=touched_by(git.files, here, root),
            new=here & {pair for table in tables for pair in pairs_in(table, git.lines)},
            in_containers={pair for pair, (_, against) in ready.items() if against is runner.containers},
        ),
        git.draw,
    )
    left_out = {**found.left_out, **nowhere}
    names = results / "left_out.txt"
    names.write_text("".join(f"{pair}: {why}\n" for pair, why in left_out.items()))
    return [pair for pair in pairs if pair in found.chosen], "\n".join(
        (
            f"{len(left_out)} of {len(pairs)} pairs were left out ({names}; `make kill-matrix-all` runs "
            f"them). These ran: {len(found.touched)} touched within a day, {len(found.cover)} more to cover every "
            f"file of defects, check and fault, {len(found.drawn)} drawn, part {git.draw % PARTS + 1} of {PARTS} "
            f"({git.described}).",
            *(
                f"Left out: {count} {why.removesuffix('.')}."
                for why, count in Counter(left_out.values()).items()
            ),
        )
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the matrix; exit status 0 when every pair is a kill, few needed a second try, and every test has a pair."""
    parser = argparse.ArgumentParser(
        prog="python -m syncproof_defects.matrix", description="The kill matrix."
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--all", action="store_true", help="every declared pair")
    which.add_argument("--full", action="store_true", help="every scenario against every defect")
    which.add_argument("--defect", help="only the pairs of this one")
    which.add_argument("--selected", action="store_true", help="every pair whose test the baseline ran")
    parser.add_argument(
        "--baseline", type=Path, help="output.xml of a run with these variables, without defects"
    )
    parser.add_argument("--containers", type=Path, help="the same of a run with STACK:compose")
    parser.add_argument("--suites", type=Path, default=Path("suites"))
    parser.add_argument(
        "--table", type=Path, action="append", help="tables of pairs; default: this project's"
    )
    parser.add_argument("--results", type=Path, default=Path("results/kill-matrix"))
    parser.add_argument(
        "--variable",
        action="append",
        default=[],
        metavar="NAME:VALUE",
        help="of every run; default TIME_SCALE:0.1",
    )
    # More than a machine may have cores: most of a kill is waiting for a deadline that nothing will meet.
    parser.add_argument("--processes", type=int, default=12)
    parser.add_argument(
        "--system",
        default="",
        help="a product, or a variant of one; default: what each scenario runs on by itself",
    )
    given = parser.parse_args(arguments)

    results: Path = given.results.resolve()
    report = results / ("full.csv" if given.full else "kills.xml")
    _clear(results, keep=given.baseline)
    root = given.suites.resolve().parent
    tests = scenarios(given.suites.resolve())
    tables = [path.resolve() for path in given.table or TABLES]
    table = declared(tables, tests, checks())
    pairs = [pair for pair in table if pair.product == (given.system or tests[pair.test])]
    variables = {"TIME_SCALE": "0.1", "STACK": "embedded"}
    variables |= dict(_parted(each) for each in given.variable)
    variables.pop("DEFECT", None)
    if given.system:
        variables["SYSTEM"] = given.system
    if given.defect:
        pairs = [pair for pair in pairs if given.defect in (pair.defect, pair.defect_name)]
    if not pairs:
        what = f"of the defect '{given.defect}' " if given.defect else ""
        parser.error(f"no table has a pair {what}for {given.system or 'what its scenario runs on by itself'}")
    output = given.baseline or _baseline(results, pairs, variables, root)
    baseline = read(output, root)
    runner = Runner(root, variables, baseline, read(given.containers, root) if given.containers else None)
    with Workers(results, given.processes, _PATIENCE_S, RAN) as workers:
        if given.full:
            every = [
                Pair(test, given.system or own, f"{product}:{defect}", "")
                for test, own in sorted(tests.items())
                for product in [(given.system or own).partition("-")[0]]
                for defect in known(product)
            ]
            return tell_full(runner.run_all(every, workers), report)
        closing = ""
        if given.selected:
            pairs = _in_baseline(pairs, baseline)
        elif not (given.all or given.defect):
            pairs, closing = _chosen(pairs, tables, runner, results)
        kills, unsteady = runner.run_twice(pairs, workers)
    # On products that are not the default of a test only some tests need to show that they can fail.
    whole = not (given.system or given.selected or given.defect)
    return tell(kills, unsteady, undeclared(table, tests) if whole else [], closing, report)


def _clear(results: Path, keep: Path | None) -> None:
    """Nothing of an earlier matrix may be taken for a result of this one. keep: the baseline that was named."""
    results.mkdir(parents=True, exist_ok=True)
    for folder in (*results.glob("worker-*"), results / "baseline"):
        if folder.is_dir() and not (keep and keep.resolve().is_relative_to(folder)):
            shutil.rmtree(folder)
    for name in ("kills.xml", "full.csv", "left_out.txt"):
        (results / name).unlink(missing_ok=True)


def _parted(given: str) -> tuple[str, str]:
    """Name and value of a `--variable`."""
    name, _, value = given.partition(":")
    return name, value


if __name__ == "__main__":
    sys.exit(main())
