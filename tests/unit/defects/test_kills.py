"""Judgements on outputs that Robot Framework wrote and histories as the recorder writes them."""

from __future__ import annotations

import dataclasses
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from robot.run import run as run_robot

from syncproof.evidence import records
from syncproof.evidence.lines import Line
from syncproof.report.robots.worker import Outcome
from syncproof_defects import RAN
from syncproof_defects.kills import Run, judge, read
from syncproof_defects.pairs import Pair

PAIR = Pair("coffee_break.robot::A coffee break", "bundled", "bundled:no_deduplication", "no_duplicates")
CUT = (
    records.Fault(fault_id="fault-1", kind="cut", edge="start", target=("Bob",)),
    records.Fault(fault_id="fault-1", kind="cut", edge="proved", target=("Bob",), effective=True),
    records.Fault(fault_id="fault-1", kind="cut", edge="end", target=("Bob",)),
)
DOUBLED = records.Verdict(checker="no_duplicates", result="fail", message="Bob got 1 operation twice")


def _left(folder: Path, *, message: str, lines: Sequence[Line], ran: str = "no_deduplication\n") -> Run:
    """What a run leaves in its output folder. message: why the test failed, "" for a test that passed."""
    folder.mkdir()
    suite = folder / "coffee_break.robot"
    keyword = f"Fail    {message}" if message else "No Operation"
    suite.write_text(f"*** Test Cases ***\nA coffee break\n    {keyword}\nAnother\n    No Operation\n")
    run_robot(
        str(suite), outputdir=str(folder), log=None, report=None, stdout=None, stderr=None, console="none"
    )
    header = records.Header(
        schema=1,
        run="run",
        test="Suites.Resilience.Coffee Break.A coffee break",
        seed=1,
        system="bundled",
        stack="embedded",
        scale=0.1,
        boot_id="boot",
    )
    history = folder / "history" / "a-coffee-break.jsonl"
    history.parent.mkdir()
    history.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in (header, *lines)))
    (folder / RAN).write_text(ran)
    return read(folder / "output.xml", folder)


@pytest.fixture
def baseline(tmp_path: Path) -> Run:
    return _left(tmp_path / "baseline", message="", lines=CUT, ran="")


def test_a_kill_is_a_failure_for_the_declared_reason_under_the_declared_faults(
    tmp_path: Path, baseline: Run
) -> None:
    run = _left(tmp_path / "run", message="Bob got 1 operation twice", lines=(*CUT, DOUBLED))
    kill = judge(PAIR, run, baseline)
    assert kill.reason == ""
    assert kill.failed == ("no_duplicates",)
    assert kill.message == "Bob got 1 operation twice"
    assert kill.evidence == tmp_path / "run" / "history" / "a-coffee-break.jsonl"


def test_for_information_any_check_will_do(tmp_path: Path, baseline: Run) -> None:
    run = _left(tmp_path / "run", message="lost", lines=(*CUT, LOST))
    assert judge(dataclasses.replace(PAIR, check=""), run, baseline).reason == ""


def test_what_a_run_left_is_read_by_the_file_and_the_name_of_its_tests(baseline: Run) -> None:
    assert set(baseline.outcomes) == {"coffee_break.robot::A coffee break", "coffee_break.robot::Another"}
    assert baseline.outcomes[PAIR.test].passed
    assert set(baseline.seen) == {"coffee_break.robot::A coffee break"}
    assert baseline.seen[PAIR.test].begun == Counter(cut=1)
    assert baseline.ran == frozenset()


UNKNOWN = records.Verdict(checker="no_duplicates", result="unknown", message="nothing was delivered")
LOST = records.Verdict(checker="no_loss", result="fail", message="Bob lost 1 operation")
IRRELEVANT = records.Verdict(
    checker="fault_effect", result="unknown", message="inconclusive: nothing was outstanding at Bob"
)


@pytest.mark.parametrize(
    ("message", "lines", "ran", "reason"),
    [
        ("", CUT, "no_deduplication\n", "the scenario passed"),
        ("twice", (*CUT, DOUBLED), "", "the defect's changed line never ran"),
        ("twice", (*CUT, DOUBLED), "no_retry\n", "the defect's changed line never ran"),
        ("lost", (*CUT, LOST), "no_deduplication\n", "no_duplicates did not fail; what failed: no_loss"),
        (
            "nothing",
            (*CUT, UNKNOWN),
            "no_deduplication\n",
            "it failed, and no check says so",
        ),
        ("early", (DOUBLED,), "no_deduplication\n", "it failed before its faults began: cut"),
        ("no bite", (CUT[0], CUT[2], DOUBLED), "no_deduplication\n", "faults that did not bite: cut"),
        ("idle", (*CUT, DOUBLED, IRRELEVANT), "no_deduplication\n", IRRELEVANT.message),
    ],
)
def test_a_failure_for_another_reason_is_no_kill(
    tmp_path: Path, baseline: Run, message: str, lines: Sequence[Line], ran: str, reason: str
) -> None:
    run = _left(tmp_path / "run", message=message, lines=lines, ran=ran)
    assert judge(PAIR, run, baseline).reason == reason


def test_without_a_baseline_that_passes_nothing_is_a_kill(tmp_path: Path, baseline: Run) -> None:
    run = _left(tmp_path / "run", message="twice", lines=(*CUT, DOUBLED))
    red = dataclasses.replace(baseline, outcomes={PAIR.test: Outcome(False, "red", 1.0)})
    assert judge(PAIR, run, red).reason == "it does not pass without the defect either"
    bare = dataclasses.replace(baseline, seen={})
    assert judge(PAIR, run, bare).reason == "the baseline has no history of it"
    unknown = dataclasses.replace(PAIR, test="coffee_break.robot::Tea")
    assert judge(unknown, run, baseline).reason == "no test of this name is in the baseline"


def test_of_two_histories_of_one_test_the_newer_one_counts(tmp_path: Path, baseline: Run) -> None:
    _left(tmp_path / "run", message="twice", lines=(*CUT, DOUBLED))
    first = tmp_path / "run" / "history" / "a-coffee-break.jsonl"
    first.rename(first.with_name("z.jsonl"))
    second = first.with_name("b.jsonl")
    second.write_text(first.with_name("z.jsonl").read_text().replace('"no_duplicates"', '"no_loss"'))
    os.utime(first.with_name("z.jsonl"), ns=(1, 1))
    run = read(tmp_path / "run" / "output.xml", tmp_path / "run")
    assert judge(PAIR, run, baseline).reason == "no_duplicates did not fail; what failed: no_loss"
