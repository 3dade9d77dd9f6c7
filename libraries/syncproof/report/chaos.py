"""Chaos: scenarios that are repeated with another seed each time, and a table of how often each of them failed.

    python -m syncproof.report.chaos --iterations 50 --variable TIME_SCALE:0.1

Without --include these are the scenarios of plan Z. Every scenario runs once with SEED 1, then once with SEED 2, and
so on; one that cannot run here is not tried again. What is known stands in `results/chaos`, in a folder for each commit
and settings: the same command goes on with a run that was stopped, or whose --minutes were over, and a greater number
of iterations adds to what is there. `table.md` in that folder has a row for each scenario. Of tries that passed no
evidence is kept.

Exit status 0: all have run, and none failed. 1: something failed. 3: nothing failed yet, and some have not run.
"""

from __future__ import annotations

import argparse
import hashlib
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from robot.api import TestSuite

from syncproof.report.nightly import commit_of
from syncproof.report.robots.worker import Done, Job
from syncproof.report.robots.workers import Lost, Task, Workers

#: The 68 of plan Z: transport, encryption, sync, content, adversarial, platform.
PLAN_Z = ("T-*-*", "E-*-*", "S-*-*", "C-*-*", "A-*-*", "X-PLAT-*")
#: No scenario takes so long; one that does is ended, and has failed. Seconds.
_PATIENCE_S = 900.0
#: So many results stand between two lines of progress.
_EVERY = 20


@dataclass(frozen=True)
class Scenario:
    """suite: its file, below the working folder. tags: all that it has."""

    suite: str
    name: str
    tags: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.suite}: {self.name}"


class Try(msgspec.Struct, frozen=True):
    """How a scenario ended with a seed. verdict: pass, fail or skip. evidence: a history, "" where none is kept."""

    suite: str
    name: str
    seed: int
    verdict: str
    message: str = ""
    seconds: float = 0.0
    evidence: str = ""


@dataclass
class Tries:
    """What is known of a commit and its settings. Written line by line, so that nothing is lost with the process."""

    path: Path

    def __post_init__(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lines = self.path.read_bytes().splitlines(keepends=True) if self.path.exists() else []
        # A line that a killed process did not finish is no result.
        whole = [line for line in lines if line.endswith(b"\n")]
        self.all = [msgspec.json.decode(line, type=Try) for line in whole]
        self.path.write_bytes(b"".join(whole))

    def add(self, one: Try) -> None:
        """For the table, and for whoever goes on."""
        self.all.append(one)
        with self.path.open("ab") as file:
            file.write(msgspec.json.encode(one) + b"\n")

    def of(self, scenario: Scenario) -> list[Try]:
        """Of one scenario, by seed."""
        own = (one for one in self.all if (one.suite, one.name) == (scenario.suite, scenario.name))
        return sorted(own, key=lambda one: one.seed)


def scenarios(suites: Sequence[Path], include: Sequence[str]) -> list[Scenario]:
    """Those that have one of the tags (patterns, as robot takes them). Raises robot.errors.DataError."""
    root = TestSuite.from_file_system(*suites)
    root.filter(included_tags=include)
    here = Path.cwd()
    return [
        Scenario(Path(str(test.source)).resolve().relative_to(here).as_posix(), test.name, tuple(test.tags))
        for test in root.all_tests
    ]


def missing(chosen: Sequence[Scenario], tries: Tries, seeds: Sequence[int]) -> list[tuple[Scenario, int]]:
    """What has not run yet, seed by seed; nothing more of a scenario that cannot run here."""
    known = {(one.suite, one.name, one.seed) for one in tries.all}
    nowhere = {(one.suite, one.name) for one in tries.all if one.verdict == "skip"}
    return [
        (each, seed)
        for seed in seeds
        for each in chosen
        if (each.suite, each.name) not in nowhere and (each.suite, each.name, seed) not in known
    ]


def table(chosen: Sequence[Scenario], tries: Tries, seeds: Sequence[int], about: str) -> str:
    """A page: a row for each scenario with a sign for each seed, then every failure."""
    signs = {"pass": ".", "fail": "F", "skip": "s"}
    lines = [
        "# Chaos",
        "",
        f"{about}. One sign for each seed from {seeds[0]} to {seeds[-1]}: `.` passed, `F` failed, `s` cannot run here, "
        "`-` has not run.",
        "",
        "| scenario | passed | failed | seeds | why it cannot run |",
        "|---|---|---|---|---|",
    ]
    for each in chosen:
        own = {one.seed: one for one in tries.of(each)}
        skipped = next((one.message for one in own.values() if one.verdict == "skip"), "")
        drawn = (
            "s" * len(seeds)
            if skipped
            else "".join(signs[own[s].verdict] if s in own else "-" for s in seeds)
        )
        count = {sign: drawn.count(sign) for sign in signs.values()}
        why = " ".join(skipped.split()).replace("|", "\\|")
        lines.append(f"| {each} | {count['.']} | {count['F']} | `{drawn}` | {why} |")
    failed = [one for each in chosen for one in tries.of(each) if one.verdict == "fail" and one.seed in seeds]
    lines += ["", "## Failures", ""]
    lines += [
        f"- {one.suite}: {one.name}, seed {one.seed}: {' '.join(one.message.split())}" for one in failed
    ]
    return "\n".join([*lines, *([] if failed else ["None."]), ""])


def again(one: Try, variables: Mapping[str, str]) -> str:
    """The command that repeats a try."""
    words = [f"{name}:{value}" for name, value in {**variables, "SEED": str(one.seed)}.items()]
    told = [word for each in words for word in ("--variable", each)]
    return shlex.join(["robot", *told, "--test", one.name, one.suite])


def run(
    todo: Sequence[tuple[Scenario, int]],
    variables: Mapping[str, str],
    workers: Workers,
) -> Iterator[Try]:
    """Each try as it is over. Evidence stays of those that failed alone."""
    common = tuple(variables.items())
    tasks = [
        Task(Job(Path(each.suite).resolve(), each.name, (("SEED", str(seed)),)), common)
        for each, seed in todo
    ]
    kept: set[Path] = set()
    for index, answer, folder in workers.each(tasks):
        each, seed = todo[index]
        new = {*(folder / "history").glob("*")} - kept
        one = _judged(each, seed, answer)
        if one.verdict == "fail":
            kept |= new
            histories = [str(path) for path in sorted(new) if path.suffix == ".jsonl"]
            one = msgspec.structs.replace(one, evidence=" ".join(histories))
        else:
            for path in new:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        yield one


def _judged(each: Scenario, seed: int, answer: Done | Lost) -> Try:
    if isinstance(answer, Lost):
        return Try(each.suite, each.name, seed, "fail", f"It left no result: {answer.reason}")
    if answer.outcome is None:
        return Try(each.suite, each.name, seed, "fail", "No test of this name ran.")
    found = answer.outcome
    verdict = "skip" if found.skipped else "pass" if found.passed else "fail"
    return Try(each.suite, each.name, seed, verdict, found.message, round(found.elapsed_s, 1))


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: see the module."""
    parser = argparse.ArgumentParser(
        prog="python -m syncproof.report.chaos",
        description="Repeat scenarios, each time with another seed.",
    )
    parser.add_argument("suites", nargs="*", type=Path, default=[Path("suites")])
    parser.add_argument(
        "--iterations", type=int, default=50, help="how often each scenario runs; default: 50"
    )
    parser.add_argument(
        "--include", action="append", metavar="TAG", help="scenarios with this tag, or pattern"
    )
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin nothing after so long")
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--variable", action="append", default=[], metavar="NAME:VALUE", help="of every run")
    parser.add_argument("--results", type=Path, default=Path("results/chaos"))
    given = parser.parse_args(arguments)
    if given.iterations < 1:
        parser.error(f"--iterations is {given.iterations}, and each scenario runs at least once")
    variables = dict(_parted(parser, each) for each in given.variable)
    if "SEED" in variables:
        parser.error("every iteration has a SEED of its own: 1, 2, and so on")
    chosen = scenarios(given.suites, given.include or PLAN_Z)
    try:
        commit = commit_of(Path.cwd())
    except (OSError, subprocess.CalledProcessError) as wrong:
        print(f"What is known is known of a commit, and git names none: {wrong}", file=sys.stderr)
        return 2
    told = ", ".join(f"{name} {value}" for name, value in sorted(variables.items()))
    settings = hashlib.sha256(told.encode()).hexdigest()[:6]
    folder = given.results / f"{commit[:10]}{'-dirty' * commit.endswith('-dirty')}-{settings}"
    tries, seeds = Tries(folder / "tries.jsonl"), range(1, given.iterations + 1)
    stopped = False
    try:
        _go_on(chosen, tries, seeds, variables, folder, given.processes, given.minutes * 60)
    except KeyboardInterrupt:
        stopped = True
    page = folder / "table.md"
    page.write_text(table(chosen, tries, seeds, f"Commit {commit}{', ' * bool(told)}{told}"))
    own = [one for each in chosen for one in tries.of(each) if one.seed in seeds]
    count = {verdict: sum(one.verdict == verdict for one in own) for verdict in ("pass", "fail", "skip")}
    left = len(missing(chosen, tries, seeds))
    for one in own:
        if one.verdict == "fail":
            print(f"failed: {one.suite}: {one.name}, seed {one.seed}. Again: {again(one, variables)}")
    print(
        f"chaos: {len(chosen)} scenarios x {given.iterations}: {count['pass']} passed, {count['fail']} failed, "
        f"{count['skip']} cannot run here, {left} have not run. {page}"
        + (" The same command goes on." if left else "")
    )
    if stopped:
        return 130
    return 1 if count["fail"] else 3 if left else 0


def _go_on(
    chosen: Sequence[Scenario],
    tries: Tries,
    seeds: Sequence[int],
    variables: Mapping[str, str],
    folder: Path,
    processes: int,
    slice_s: float,
) -> None:
    """Run what is missing: the first seed by itself, which shows what cannot run here."""
    began, failed = time.monotonic(), sum(one.verdict == "fail" for one in tries.all)
    part = folder / f"part-{len([*folder.glob('part-*')]) + 1}"
    ran = 0
    with Workers(part, processes, _PATIENCE_S) as workers:
        for known in (seeds[:1], seeds):
            todo = missing(chosen, tries, known)
            for one in run(todo, variables, workers):
                tries.add(one)
                ran += 1
                if one.verdict == "fail":
                    failed += 1
                    said = one.message.partition("\n")[0]
                    print(f"FAILED {one.suite}: {one.name}, seed {one.seed}: {said}", flush=True)
                spent = time.monotonic() - began
                if ran % _EVERY == 0:
                    left = len(missing(chosen, tries, seeds))
                    print(
                        f"{ran} ran, {failed} failed, {left} left: about {spent / ran * left / 60:.0f} min",
                        flush=True,
                    )
                if spent > slice_s:
                    return


def _parted(parser: argparse.ArgumentParser, given: str) -> tuple[str, str]:
    name, colon, value = given.partition(":")
    if not (name and colon):
        parser.error(f"--variable is '{given}', and has to be NAME:VALUE")
    return name, value


if __name__ == "__main__":
    sys.exit(main())
