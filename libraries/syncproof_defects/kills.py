"""Whether a scenario caught a defect: judged from what its run left, and from a run without defects."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
from robot.api import ExecutionResult

from syncproof.evidence import records
from syncproof.evidence.lines import decode
from syncproof.report.robots.worker import Outcome
from syncproof_defects import RAN
from syncproof_defects.pairs import Pair, id_of


@dataclass(frozen=True)
class Kill:
    """What became of a pair. reason: why it does not count, "" for a kill. failed: the checks that failed.

    message: of the test. evidence: the history, None where there is none. skipped: its scenario cannot run here, for
    that reason. hung: it was ended, because it took too long.
    """

    pair: Pair
    reason: str
    failed: tuple[str, ...] = ()
    message: str = ""
    evidence: Path | None = None
    skipped: bool = False
    hung: bool = False


@dataclass(frozen=True)
class Seen:
    """What a test's history says: the checks that failed, and kinds of faults that began and that were proved.

    inconclusive: what the judgement of the faults found missing, "" for nothing. path: the history. devices: how many
    it speaks of.
    """

    failed: frozenset[str]
    begun: Counter[str]
    unproved: tuple[str, ...]
    inconclusive: str
    path: Path
    devices: int = 0


@dataclass(frozen=True)
class Run:
    """What tests left, each named as in the tables of pairs. ran: the defects whose changed line ran."""

    outcomes: dict[str, Outcome]
    seen: dict[str, Seen]
    ran: frozenset[str]


def read(output: Path, root: Path) -> Run:
    """What the run that wrote this output.xml left there and beside it. root: the folder of the suites.

    Raises robot.errors.DataError or msgspec.MsgspecError where that is not whole.
    """
    tests = list(ExecutionResult(str(output)).suite.all_tests)
    outcomes = {
        id_of(test, root): Outcome(
            test.passed, test.message, test.elapsed_time.total_seconds(), bool(test.skipped)
        )
        for test in tests
    }
    seen = {}
    for title, path in histories(output.parent / "history"):
        # However the run was started: the names of the folders above may be missing from a title.
        found = [
            id_of(test, root) for test in tests if f".{title}".endswith(f".{test.parent.name}.{test.name}")
        ]
        seen.update(dict.fromkeys(found, seen_in(path)))
    return Run(outcomes, seen, ran_beside(output))


def ran_beside(output: Path) -> frozenset[str]:
    """The defects whose changed line ran, as the run noted them beside its output.xml."""
    ran = output.with_name(RAN)
    return frozenset(ran.read_text().split() if ran.exists() else ())


def histories(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every history with the full name of its test, the newest last; one whose first line is not whole is left out."""
    for path in sorted(folder.rglob("*.jsonl"), key=lambda path: path.stat().st_mtime_ns):
        with path.open("rb") as lines, contextlib.suppress(msgspec.MsgspecError):
            yield msgspec.json.decode(lines.readline(), type=records.Header).test, path


def judge(pair: Pair, run: Run, baseline: Run) -> Kill:
    """Whether this run of the pair's scenario with its defect is a kill."""
    outcome, seen = run.outcomes.get(pair.test), run.seen.get(pair.test)
    failed = tuple(sorted(seen.failed)) if seen else ()
    message, evidence = outcome.message if outcome else "", seen.path if seen else None
    return Kill(pair, _why_not(pair, run, baseline), failed, message, evidence)


def _why_not(pair: Pair, run: Run, baseline: Run) -> str:
    reason = unfit(pair.test, baseline)
    outcome, seen = run.outcomes.get(pair.test), run.seen.get(pair.test)
    if reason:
        return reason
    if outcome is None:
        return "the scenario did not run"
    if pair.defect_name not in run.ran:
        return "the defect's changed line never ran"
    if outcome.passed:
        return "the scenario passed"
    if seen is None:
        return "it left no history"
    if not seen.failed:
        return "it failed, and no check says so"
    if pair.check and pair.check not in seen.failed:
        return f"{pair.check} did not fail; what failed: {', '.join(sorted(seen.failed))}"
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


def seen_in(history: Path) -> Seen:
    """What this history says. Raises msgspec.MsgspecError where it is not whole."""
    lines = decode(history.read_bytes().partition(b"\n")[2])
    verdicts = [line for line in lines if isinstance(line, records.Verdict)]
    faults = [line for line in lines if isinstance(line, records.Fault)]
    proved = {fault.fault_id for fault in faults if fault.edge == "proved"}
    begun = {fault.fault_id: fault.kind for fault in faults if fault.edge == "start"}
    return Seen(
        failed=frozenset(verdict.checker for verdict in verdicts if verdict.result == "fail"),
        begun=Counter(begun.values()),
        unproved=tuple(kind for fault_id, kind in begun.items() if fault_id not in proved),
        inconclusive=_last(v.message for v in verdicts if v.checker == "fault_effect" and v.result != "pass"),
        path=history,
        devices=len({line.device for line in lines if isinstance(line, records.Record) and line.device}),
    )


def _last(messages: Iterable[str]) -> str:
    return next(iter([*messages][-1:]), "")
