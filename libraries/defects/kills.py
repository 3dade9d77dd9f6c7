"""Whether a scenario caught a defect: judged from what its run left, and from a run without defects."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from robot.api import ExecutionResult

from defects import RAN, known
from syncproof.evidence import records
from syncproof.evidence.lines import Line

PAIRS = Path(__file__).with_name("pairs.csv")


@dataclass(frozen=True)
class Pair:
    """A scenario (`Suite File.Test name`), the defect it has to catch, and the checker that has to say so.

    checker: "" where any will do.
    """

    test: str
    defect: str
    checker: str


@dataclass(frozen=True)
class Kill:
    """What became of a pair. reason: why it does not count, "" for a kill. failed: the checkers that failed.

    skipped: its scenario cannot run here, for that reason.
    """

    pair: Pair
    reason: str
    failed: tuple[str, ...] = ()
    message: str = ""
    skipped: bool = False


@dataclass(frozen=True)
class Outcome:
    """How one test of a run ended. elapsed_s: how long it took, seconds. skipped: it cannot run where that run was."""

    passed: bool
    message: str
    elapsed_s: float
    skipped: bool = False


@dataclass(frozen=True)
class Seen:
    """What a test's history says: verdicts by checker, and kinds of faults that began and that were proved.

    inconclusive: what the judgement of the faults found missing, "" for nothing.
    """

    failed: frozenset[str]
    begun: Counter[str]
    unproved: tuple[str, ...]
    inconclusive: str


@dataclass(frozen=True)
class Run:
    """A run of Robot Framework, read from its output folder; everything by the short name of the test."""

    outcomes: dict[str, Outcome]
    seen: dict[str, Seen]
    ran: frozenset[str]


def table_of(whose: str) -> Path:
    """Where pairs stand: those of a product, or those that it has on one of its systems (`matrixagent_encrypted`)."""
    return PAIRS if whose == "bundled" else PAIRS.with_name(f"pairs_{whose}.csv")


def declared(table: Path = PAIRS, product: str = "bundled") -> list[Pair]:
    """The pairs of a product's table. Raises ValueError for an unknown defect or a row that lacks something."""
    with table.open(newline="") as rows:
        pairs = [Pair(row["test"], row["defect"], row["checker"]) for row in csv.DictReader(rows)]
    defects = known(product)
    for pair in pairs:
        if not (pair.test and pair.defect and pair.checker):
            raise ValueError(f"{table.name}: a row needs a test, a defect and a checker, seen {pair}.")
        if pair.defect not in defects:
            raise ValueError(f"{table.name} names the defect '{pair.defect}'. Known: {', '.join(defects)}.")
    return pairs


def short(test: Any) -> str:
    """A test's name within its suite file: the same however the run was started."""
    return f"{test.parent.name}.{test.name}"


def read(output: Path) -> Run:
    """What the run that wrote this output.xml left there and beside it.

    Raises robot.errors.DataError or msgspec.MsgspecError where that is not whole.
    """
    outcomes = {
        short(test): Outcome(test.passed, test.message, test.elapsed_time.total_seconds(), bool(test.skipped))
        for test in ExecutionResult(str(output)).suite.all_tests
    }
    seen = {}
    for path in sorted((output.parent / "history").glob("*.jsonl")):
        title, found = _seen(path)
        seen.update({name: found for name in outcomes if f".{title}".endswith(f".{name}")})
    ran = output.parent / RAN
    return Run(outcomes, seen, frozenset(ran.read_text().split() if ran.exists() else ()))


def judge(pair: Pair, run: Run, baseline: Run) -> Kill:
    """Whether this run of the pair's scenario with its defect is a kill."""
    outcome, seen = run.outcomes.get(pair.test), run.seen.get(pair.test)
    failed = tuple(sorted(seen.failed)) if seen else ()
    return Kill(pair, _why_not(pair, run, baseline), failed, outcome.message if outcome else "")


def _why_not(pair: Pair, run: Run, baseline: Run) -> str:
    reason = unfit(pair.test, baseline)
    outcome, seen = run.outcomes.get(pair.test), run.seen.get(pair.test)
    if reason:
        return reason
    if outcome is None:
        return "the scenario did not run"
    if pair.defect not in run.ran:
        return "the defect's changed line never ran"
    if outcome.passed:
        return "the scenario passed"
    if seen is None:
        return "it left no history"
    if not seen.failed:
        return "it failed, and no checker says so"
    if pair.checker and pair.checker not in seen.failed:
        return f"{pair.checker} did not fail; what failed: {', '.join(sorted(seen.failed))}"
    missing = baseline.seen[pair.test].begun - seen.begun
    if missing:
        return f"it failed before its faults began: {', '.join(missing.elements())}"
    if seen.unproved:
        return f"faults that did not bite: {', '.join(seen.unproved)}"
    return seen.inconclusive


def unfit(test: str, baseline: Run) -> str:
    """Why the run without defects allows no kill of this test, "" if it does."""
    if test not in baseline.outcomes:
        return "no test of this name is in the baseline"
    if not baseline.outcomes[test].passed:
        return "it does not pass without the defect either"
    if test not in baseline.seen:
        return "the baseline has no history of it"
    return ""


def _seen(history: Path) -> tuple[str, Seen]:
    first, *rest = history.read_bytes().splitlines()
    header = msgspec.json.decode(first, type=records.Header)
    decoder = msgspec.json.Decoder(Line)
    lines = [decoder.decode(line) for line in rest if line.strip()]
    verdicts = [line for line in lines if isinstance(line, records.Verdict)]
    faults = [line for line in lines if isinstance(line, records.Fault)]
    proved = {fault.fault_id for fault in faults if fault.edge == "proved"}
    begun = {fault.fault_id: fault.kind for fault in faults if fault.edge == "start"}
    return header.test, Seen(
        failed=frozenset(verdict.checker for verdict in verdicts if verdict.result == "fail"),
        begun=Counter(begun.values()),
        unproved=tuple(kind for fault_id, kind in begun.items() if fault_id not in proved),
        inconclusive=_last(v.message for v in verdicts if v.checker == "fault_effect" and v.result != "pass"),
    )


def _last(messages: Iterable[str]) -> str:
    return next(iter([*messages][-1:]), "")
