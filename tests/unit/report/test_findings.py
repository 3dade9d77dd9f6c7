from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import msgspec
import pytest
import robot
from tests.unit.stories import by_identity

from syncproof.evidence.records import Verdict, VerdictResult
from syncproof.report import findings, skips
from syncproof.report.findings import Finding, found, table
from syncproof.systems.manifest import Manifest
from syncproof.systems.products import find, known
from syncproof_defects.pairs import checks

TEST = "suites/away/away_days.robot::Away"
HEAD = "variant,stack,test,check,version,report,why,message\n"
ROW = f",,{TEST},events_told nothing_missed,mine 1,#1,it forgets,expected 2; it was told of 0\n"
ALL = Finding(
    "", "", TEST, "it forgets", "events_told nothing_missed", "mine 1", "#1", "expected 2; it was told of 0"
)


def product(folder: Path, rows: str) -> Manifest:
    (folder / findings.FILE).write_text(HEAD + rows)
    return msgspec.structs.replace(find("bundled"), folder=folder)


def verdict(checker: str, result: VerdictResult = "fail", message: str = "") -> Verdict:
    return Verdict(i=1, t_ns=1, checker=checker, result=result, message=message)


AS_KNOWN = verdict("events_told", message="expected 2 within 16.5 seconds (with slack); it was told of 0")


@pytest.mark.parametrize(
    ("verdicts", "passed", "status"),
    [
        ([AS_KNOWN], False, "SKIP"),
        ([AS_KNOWN, verdict("nothing_missed"), verdict("integrity", "unknown")], False, "SKIP"),
        ([verdict("events_told", message="expected 2; it was told of 1")], False, None),
        ([AS_KNOWN, verdict("fault_effect", "unknown", "nothing was cut")], False, None),
        ([AS_KNOWN, verdict("fault_effect", "pass")], False, "SKIP"),
        ([verdict("events_told", "unknown", AS_KNOWN.message)], False, None),
        ([verdict("nothing_missed")], False, None),
        ([AS_KNOWN, verdict("no_loss")], False, None),
        ([verdict("no_loss")], False, None),
        ([], False, None),
        ([], True, "FAIL"),
    ],
)
def test_only_what_the_row_says_is_known(verdicts: list[Verdict], passed: bool, status: str | None) -> None:
    judged = ALL.judged("Events_told: expected 2", verdicts, passed=passed)
    assert (judged and judged[0]) == status
    if judged:
        assert "it forgets" in judged[1]
        assert ALL.explains(judged[1]) == (status == "SKIP")


def test_what_fails_by_chance_may_pass() -> None:
    rarely = dataclasses.replace(ALL, chance="two in one second")
    assert rarely.judged("", [], passed=True) is None
    assert rarely.judged("Events_told: expected 2", [verdict("no_loss")], passed=False) is None
    judged = rarely.judged("Events_told: expected 2", [AS_KNOWN], passed=False)
    assert judged is not None
    assert judged[0] == "SKIP"


def test_a_row_speaks_of_its_test_alone(tmp_path: Path) -> None:
    mine = product(tmp_path, ROW)
    assert found(mine, "embedded", TEST) == [ALL]
    assert found(mine, "embedded", f"{TEST}s") == []
    assert found(msgspec.structs.replace(mine, folder=tmp_path / "other"), "embedded", TEST) == []


def test_a_known_failure_is_no_skip_that_must_be_listed_and_any_other_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = product(tmp_path, ROW)
    (tmp_path / skips.FILE).write_text("variant,stack,test,why\n")
    monkeypatch.setattr(skips, "find", lambda _: mine)
    suite = tmp_path / "suites" / "away" / "away_days.robot"
    suite.parent.mkdir(parents=True)
    for reason, status in (("Known (it forgets): Events_told: 0 of 2", 0), ("It has no time.", 1)):
        suite.write_text(f"*** Test Cases ***\nAway\n    Skip    {reason}\n")
        robot.run(str(suite), outputdir=str(tmp_path), console="none", log=None, report=None)
        assert skips.main([str(tmp_path / "output.xml")]) == status


def test_the_page_has_a_line_for_each(tmp_path: Path) -> None:
    line = (
        f"| bundled | mine 1 | #1 | {TEST} | `events_told`, `nothing_missed` | expected 2; it was told of 0 |"
    )
    assert table([product(tmp_path, ROW)]).splitlines()[2:] == [line]


def pinned(product: Manifest) -> str:
    """What is installed of a product that comes as packages, and what Go builds of one."""
    files = filter(None, (product.install.pip, product.install.server))
    built = [file.read_text() for file in product.folder.glob("source/go.mod")]
    packages = [(product.folder / file).read_text() for file in files]
    return "\n".join([*packages, *(re.sub(r"\S+/(\S+) v(?=\d)", r"\1==", text) for text in built)])


@pytest.mark.parametrize("name", known())
def test_every_finding_names_a_test_and_a_check(name: str) -> None:
    for each in findings.findings(find(name)):
        assert each.test in by_identity()
        assert {*each.checks} <= checks()
        assert each.why
        assert each.version.replace(" ", "==") in pinned(find(name))
