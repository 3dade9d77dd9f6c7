"""The history of a test is its own, whatever is run around it, and a failed test names just that one."""

from __future__ import annotations

from pathlib import Path

import pytest
from robot.api import ExecutionResult
from tests.meta.child_run import QUICK as UNHURRIED
from tests.meta.child_run import RESOURCE, Outcome, suite
from tests.meta.conftest import Start
from tests.meta.log_page import linked

from syncproof.evidence.history import History
from syncproof.evidence.records import Verdict

#: A deadline that nothing will meet is over soon; those that are met have room for a busy machine.
QUICK = (*UNHURRIED, "--variable", "SLACK:1")
MEET = "Given Alice and Bob are syncing\n"
CUT = MEET + "When Alice sends 10 messages\nAnd Bob's network is cut after he has received 5 messages\n"
FAILS = CUT + "Then Bob should receive all 10 messages within 1 second"
PASSES = MEET + "When Alice sends 3 messages\nThen Bob should receive all 3 messages within 5 minutes"
#: Two that run side by side meet in the middle of it.
LONG = (
    "When Alice sends 40 messages over 20 seconds\nThen Bob should receive all 40 messages within 5 minutes"
)
#: Fails at its first attempt only.
FLAKY = (
    CUT
    + "${again}=    Evaluate    os.path.exists(r'${MARK}') or open(r'${MARK}', 'w').close()    modules=os\n"
    "IF    ${again}    Bob's network is restored after 1 second\n"
    "Then Bob should receive all 10 messages within 40 seconds"
)
#: A failed test once more, as RetryFailed does it.
RETRIES = """
ROBOT_LISTENER_API_VERSION = 3

def end_test(data, result):
    tests = data.parent.tests
    if result.failed and len(tests) == 1:
        tests.append(data.copy())
"""
REFUSED = "' stands in a suite set-up or tear-down, but every test has a world of its own. "


def history(folder: Path, outcome: Outcome) -> History:
    """The file that the message of a failed test names."""
    return History.load(folder / outcome.evidence)


def check_failed(found: History, sentence: str) -> None:
    """It is the history of a test that said this and whose delivery failed."""
    assert sentence in [note.fields["sentence"] for note in found.notes("step")]
    assert ("delivery", "fail") in [(line.checker, line.result) for line in found.of(Verdict)]


def names(folder: Path) -> list[str]:
    """The histories of a run by test, process and attempt."""
    found = [path.name.split(".") for path in sorted((folder / "history").glob("*.jsonl"))]
    assert all(not path.name.startswith(".") for path in (folder / "history").iterdir())
    return [f"{test} {process} {attempt}" for test, _, process, attempt, _ in found]


def test_two_tests_of_one_name_have_a_history_each(start: Start, tmp_path: Path) -> None:
    path = suite(tmp_path, {"Same": FAILS})
    text = path.read_text()
    path.write_text(text + text.partition("*** Test Cases ***\n")[2].replace("10 messages", "9 messages"))
    ended = start(*QUICK, path).end()
    first, second = ended.attempts
    check_failed(history(ended.output, first), "Alice sends 10 messages")
    check_failed(history(ended.output, second), "Alice sends 9 messages")
    assert names(ended.output) == ["written-same 0 1", "written-same 0 2"]
    assert sorted(linked(ended.output / "log.html")) == sorted((ended.output / "history").glob("*.jsonl"))


def test_two_suites_of_one_name_have_a_history_each(start: Start, tmp_path: Path) -> None:
    """Robot Framework calls both `First`."""
    folder = tmp_path / "suites"
    folder.mkdir()
    for name, steps in (("first", FAILS), ("first_", PASSES)):
        suite(folder, {"Same": steps}, name=name)
    ended = start(*QUICK, "--no-pabotlib", "--processes", "2", folder, program="pabot").end()
    (outcome,) = [outcome for outcome in ended.attempts if outcome.status == "FAIL"]
    check_failed(history(ended.output, outcome), "Alice sends 10 messages")
    assert len(names(ended.output)) == 2


def test_a_failed_attempt_names_its_own_evidence_after_a_retry(start: Start, tmp_path: Path) -> None:
    (tmp_path / "retries.py").write_text(RETRIES)
    options = ("--listener", tmp_path / "retries.py", "--variable", f"MARK:{tmp_path / 'mark'}")
    ended = start(*QUICK, *options, suite(tmp_path, {"Flaky": FLAKY})).end()
    first, second = ended.attempts
    assert (first.status, second.status) == ("FAIL", "PASS")
    check_failed(history(ended.output, first), "Alice sends 10 messages")
    assert names(ended.output) == ["written-flaky 0 1", "written-flaky 0 2"]


def test_rerun_into_the_same_folder_overwrites_no_evidence(start: Start, tmp_path: Path) -> None:
    path = suite(tmp_path, {"Flaky": FLAKY})
    options = (*QUICK, "--variable", f"MARK:{tmp_path / 'mark'}")
    first = start(*options, path, folder=tmp_path).end()
    (failed,) = first.attempts
    kept = tmp_path / "first.xml"
    (first.output / "output.xml").rename(kept)
    again = start(*options, "--rerunfailed", kept, path, folder=tmp_path).end()
    assert [outcome.status for outcome in again.attempts] == ["PASS"]
    check_failed(history(first.output, failed), "Alice sends 10 messages")
    assert len(names(first.output)) == 2
    (merged,) = ExecutionResult(kept, first.output / "output.xml", merge=True).suite.all_tests
    assert merged.status == "PASS"
    assert failed.evidence in merged.message


@pytest.mark.parametrize("files", [1, 2])
def test_each_argument_file_of_pabot_has_a_history_and_a_link_to_it(
    start: Start, tmp_path: Path, files: int
) -> None:
    options: list[str | Path] = []
    for number, network in enumerate(("normal", "degraded")[:files], 1):
        (tmp_path / f"{network}.args").write_text(f"--variable NETWORK:{network}\n")
        options += [f"--argumentfile{number}", tmp_path / f"{network}.args"]
    tests = {"Holds": MEET + LONG, "Fails": FAILS}
    ended = start(
        "--no-pabotlib", "--processes", "2", *options, *QUICK, suite(tmp_path, tests), program="pabot"
    ).end()
    outcomes = ended.attempts
    assert sorted(outcome.status for outcome in outcomes) == ["FAIL"] * files + ["PASS"] * files
    assert names(ended.output) == [
        f"written-{test} {process} 1" for test in ("fails", "holds") for process in range(files)
    ]
    assert len({path.name.split(".")[1] for path in (ended.output / "history").iterdir()}) == 1, "one run"
    found = linked(ended.output / "log.html")
    assert len(found) == files
    for outcome in outcomes:
        if outcome.status == "FAIL":
            check_failed(history(ended.output, outcome), "Alice sends 10 messages")
            assert ended.output / outcome.evidence in found
    ended.check(status=files)


def test_the_link_starts_at_the_log_wherever_that_is(start: Start, tmp_path: Path) -> None:
    log = tmp_path / "logs" / "log.html"
    ended = start(*QUICK, "--log", log, suite(tmp_path, {"Fails": FAILS})).end()
    (evidence,) = linked(log)
    assert evidence.exists()
    (outcome,) = ended.attempts
    assert (log.parent / outcome.evidence).resolve() == evidence


def test_a_suite_set_up_has_no_world_and_spoils_none(start: Start, tmp_path: Path) -> None:
    """Also not that of the test before it."""
    folder = tmp_path / "suites"
    folder.mkdir()
    suite(folder, {"Fails": FAILS}, name="1")
    suite(folder, {"Set up": LONG}, name="2", settings="Suite Setup    Alice and Bob are syncing")
    suite(folder, {"Torn down": PASSES}, name="3", settings="Suite Teardown    Bob should have no duplicates")
    suite(folder, {"Test by test": LONG}, name="4", settings="Test Setup    Alice and Bob are syncing")
    ended = start(*QUICK, folder).end()
    tests = ended.tests
    check_failed(history(ended.output, tests["Fails"]), "Alice sends 10 messages")
    assert f"'Alice and Bob are syncing{REFUSED}" in tests["Set up"].message
    assert f"'Bob should have no duplicates{REFUSED}" in tests["Torn down"].message
    assert tests["Test by test"].status == "PASS"
    assert [name.split()[0] for name in names(ended.output)] == [
        "suites-1-fails",
        "suites-3-torn-down",
        "suites-4-test-by-test",
    ]
    ended.check(status=3)


def test_a_test_that_imports_the_sentences_itself_has_a_history_of_its_name(
    start: Start, tmp_path: Path
) -> None:
    path = tmp_path / "imports.robot"
    steps = "".join(f"    {line}\n" for line in FAILS.splitlines())
    path.write_text(f"*** Test Cases ***\nImports\n    Import Resource    {RESOURCE}\n{steps}Then\n{steps}")
    ended = start(*QUICK, path).end()
    for title, outcome in ended.tests.items():
        check_failed(history(ended.output, outcome), "Alice sends 10 messages")
        assert f".{title}" in history(ended.output, outcome).header.test  # type: ignore[union-attr]
    assert names(ended.output) == ["imports-imports 0 1", "imports-then 0 1"]
    ended.check(status=2)


def test_a_daemon_with_its_standard_streams_closed_runs_scenarios(start: Start, tmp_path: Path) -> None:
    closed = ("sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh")
    ended = start(*QUICK, suite(tmp_path, {"Holds": PASSES}), inside=closed).end()
    assert [(outcome.status, outcome.message) for outcome in ended.attempts] == [("PASS", "")]
    ended.check(status=0)
