"""The nightly pass: what is too long for CI, step by step, in slices, and a page about the last whole pass.

`python -m syncproof.report.nightly [--minutes 80] [--step NAME]...` goes on where the last slice of this commit
stopped. A step is begun if what is left of the slice is as long as the step took last. One that the end of the slice
cuts off is begun anew by the next slice, and fails if it had a whole slice; one that goes on where it was cut off may
have several. What is known so far stands in `results/nightly`, with the output of every step. When all steps have run,
the page is written. Exit status 1 where something of this slice failed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from syncproof.report.closing import Counts, close
from syncproof.report.process_groups import end

_PRODUCTS = Path(__file__).parents[2] / "syncproof_products"
#: Time to tidy up for a step that is cut off. Seconds.
_GRACE_S = 60.0


@dataclass(frozen=True)
class Step:
    """Targets of make with their settings. results: patterns of result files below `results`; "": its status tells.

    goes_on: begun again, it goes on where it was cut off.
    """

    name: str
    make: tuple[str, ...]
    results: tuple[str, ...] = ()
    goes_on: bool = False


def _other_products() -> list[str]:
    """Those beside the bundled one, with their variants; read as they stand: CI asks before anything is installed."""
    names = []
    for manifest in sorted(_PRODUCTS.glob("*/product.toml")):
        name = manifest.parent.name
        variants = tomllib.loads(manifest.read_text()).get("variant", {})
        names += [name, *(f"{name}-{variant}" for variant in variants)]
    return [name for name in names if name != "bundled"]


STEPS = (
    Step("units", ("units", "PROFILE=nightly"), ("test/units.xml",)),
    Step("acceptance", ("acceptance",), ("*-acceptance/output.xml",)),
    # `quick` and `containers` are the runs without defects that the kill matrix compares with.
    Step(
        "bundled",
        ("quick", "containers", "kill-matrix-all", "CONTAINER_SUITES=suites"),
        ("test/quick/output.xml", "test/containers/*.xml", "test/kill-matrix/kills.xml"),
    ),
    *(
        Step(
            name,
            ("suites", f"SYSTEM={name}", "TIME_SCALE=0.1"),
            (f"*-{name}/*.xml",),
        )
        for name in _other_products()
    ),
    Step("chaos", ("chaos", "ITERATIONS=50"), goes_on=True),
    Step("noise", ("noise-peer",), ("test/noise-peer.xml",)),
    Step("mutants", ("mutants",)),
)


@dataclass(frozen=True)
class Ended:
    """A step that has run. wrong: a line for each thing that failed."""

    passed: int
    failed: int
    skipped: int
    wrong: list[str]
    seconds: float


@dataclass
class State:
    """What is known of the pass over one commit. seconds: how long each step took last, whatever the commit."""

    commit: str
    ended: dict[str, Ended] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, commit: str) -> State:
        """As the last slice has left it; of another commit only how long steps take."""
        if not path.exists():
            return cls(commit)
        known = json.loads(path.read_text())
        ended = known["ended"] if known["commit"] == commit else {}
        return cls(commit, {name: Ended(**each) for name, each in ended.items()}, known["seconds"])

    def write(self, path: Path) -> None:
        """For the next slice."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1))


def run_slice(steps: Sequence[Step], state: State, results: Path, slice_s: float) -> list[str]:
    """Run what fits of the steps that have not run yet; the names of those that this slice has brought to an end.

    slice_s: seconds that all of them have together.
    """
    began, ended = time.monotonic(), list[str]()
    for step in steps:
        left_s = slice_s - (time.monotonic() - began)
        if step.name in state.ended:
            continue
        if ended and state.seconds.get(step.name, 0.0) > left_s:
            break  # the next slice has time for it
        print(f"== nightly: {step.name} (make {' '.join(step.make)})", flush=True)
        found = _run(step, results, left_s, whole=not ended)
        if found is None:
            print(f"{step.name} was cut off by the end of the slice; the next one begins it anew.")
            break
        ended.append(step.name)
        state.ended[step.name], state.seconds[step.name] = found, found.seconds
        state.write(results / "nightly" / "state.json")
        print("\n".join([*found.wrong, f"{step.name}: {_counts(found)}"]), flush=True)
    return ended


def _run(step: Step, results: Path, left_s: float, *, whole: bool) -> Ended | None:
    """One step; None if it was cut off. whole: it has a slice of its own, so that being cut off is a failure."""
    log = results / "nightly" / f"{step.name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    before = {path: path.stat().st_mtime_ns for pattern in step.results for path in results.glob(pattern)}
    began = time.monotonic()
    with log.open("wb") as output:
        make = subprocess.Popen(
            [os.environ.get("MAKE", "make"), "--no-print-directory", "--keep-going", *step.make],
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            status = make.wait(left_s)
        except subprocess.TimeoutExpired:
            end(make, _GRACE_S)
            if step.goes_on or not whole:
                return None
            status = make.returncode or 1
        except BaseException:
            end(make, _GRACE_S)
            raise
    files = [path for pattern in step.results for path in _written(results, pattern, before)]
    counts, wrong = close(files, [f"{step.name} ({log})"] if status else [])
    if not files and not status:
        counts += Counts(passed=1)
    return Ended(counts.passed, counts.failed, counts.skipped, wrong, round(time.monotonic() - began, 1))


def _written(results: Path, pattern: str, before: Mapping[Path, int]) -> list[Path]:
    """The files of a pattern, or a path that does not exist where there are none: it then counts as a failure.

    before: when those of earlier runs were written, ns. They do not count.
    """
    found = sorted(path for path in results.glob(pattern) if path.stat().st_mtime_ns != before.get(path))
    return found or [results / f"{pattern} (of this run)"]


def _counts(ended: Ended) -> Counts:
    return Counts(ended.passed, ended.failed, ended.skipped)


def page(steps: Sequence[Step], ended: Mapping[str, Ended], commit: str, day: str) -> str:
    """The page about a whole pass."""
    rows = [
        f"| {step.name} | `make {' '.join(step.make)}` "
        f"| {of.passed} | {of.failed} | {of.skipped} | {of.seconds / 60:.0f} |"
        for step in steps
        for of in [ended[step.name]]
    ]
    wrong = [f"- {step.name}: {line}" for step in steps for line in ended[step.name].wrong]
    return "\n".join(
        [
            "# The last whole nightly pass",
            "",
            "`make nightly` runs what is too long for CI, and writes this page when all of it has run.",
            "",
            f"Commit {commit}, {day}: {sum((_counts(each) for each in ended.values()), Counts())}.",
            "",
            "| step | command | passed | failed | skipped | minutes |",
            "|---|---|---|---|---|---|",
            *rows,
            "",
            "## Failures",
            "",
            *(wrong or ["None."]),
            "",
        ]
    )


def commit_of(root: Path) -> str:
    """What is checked out, with a word about changes that are not committed. Raises CalledProcessError without git."""
    describe = ["git", "-C", str(root), "describe", "--always", "--abbrev=40", "--dirty", "--exclude=*"]
    return subprocess.run(describe, capture_output=True, text=True, check=True).stdout.strip()


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: see the module."""
    parser = argparse.ArgumentParser(
        prog="python -m syncproof.report.nightly", description="The nightly pass."
    )
    parser.add_argument("--minutes", type=float, default=80.0, help="of this slice")
    parser.add_argument(
        "--step", action="append", choices=[step.name for step in STEPS], help="only this one"
    )
    parser.add_argument("--results", type=Path, default=Path("results"))
    parser.add_argument("--page", type=Path, default=Path("docs/nightly.md"))
    parser.add_argument(
        "--list", action="store_true", help="print the names of all steps as JSON, run nothing"
    )
    chosen = parser.parse_args(arguments)
    if chosen.list:
        print(json.dumps([step.name for step in STEPS]))
        return 0
    try:
        commit = commit_of(Path.cwd())
    except (OSError, subprocess.CalledProcessError) as wrong:
        print(f"A nightly pass is of a commit, and git names none: {wrong}", file=sys.stderr)
        return 2
    state = State.read(chosen.results / "nightly" / "state.json", commit)
    wanted = [step for step in STEPS if not chosen.step or step.name in chosen.step]
    ended = run_slice(wanted, state, chosen.results, chosen.minutes * 60)
    waiting = [step.name for step in STEPS if step.name not in state.ended]
    if waiting:
        print(
            f"{len(state.ended)} of {len(STEPS)} steps have run. `make nightly` goes on: {', '.join(waiting)}"
        )
    else:
        chosen.page.write_text(page(STEPS, state.ended, commit, datetime.now(UTC).date().isoformat()))
        print(f"All {len(STEPS)} steps have run: {chosen.page}")
    return 1 if any(state.ended[name].failed for name in ended) else 0


if __name__ == "__main__":
    sys.exit(main())
