"""What a person finds in log.html: the timeline at the keyword that failed, and a link that leads to the evidence."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.meta.child_run import QUICK, ROOT, Ended, suite
from tests.meta.conftest import Start
from tests.meta.log_page import linked, texts, timelines

from syncproof.report.interruptible import OPTIONS

MEET = "Given Alice and Bob are syncing\n"
FAILS = MEET + "When Alice sends 2 messages\nThen Bob should receive all 3 messages within 1 second"
PASSES = MEET + "When Alice sends 2 messages\nThen Bob should receive all 2 messages within 10 seconds"
#: Every sentence holds; what the end of the test finds fails it.
INCONCLUSIVE = (
    MEET
    + "And Bob's last sync marker is at message 2\n"
    + "When Bob's network is cut\n"
    + "And Bob's network is restored after 1 second\n"
    + "Then Bob should be syncing again within 10 seconds"
)
#: As in the Makefile, and as a person types it.
MAKEFILE = ("--processes", "2", *OPTIONS)
TYPED = ("--processes", "2")


@pytest.fixture(scope="module")
def suites(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("some suites")
    suite(folder, {"Wrong": FAILS, "Right": PASSES}, name="first")
    suite(folder, {"Inconclusive": INCONCLUSIVE}, name="second")
    return folder


@pytest.fixture(scope="module")
def runs(start_shared: Start, suites: Path) -> dict[str, Ended]:
    started = {
        "robot": start_shared(*QUICK, suites),
        "all": start_shared(*QUICK, "--variable", "TIMELINE:all", "--test", "Right", suites),
        "make": start_shared(*MAKEFILE, *QUICK, suites, program="pabot"),
        "pabot": start_shared(*TYPED, *QUICK, suites, program="pabot"),
    }
    return {name: run.end() for name, run in started.items()}


@pytest.mark.parametrize("kind", ["robot", "make", "pabot"])
def test_each_failed_test_has_one_timeline_and_its_evidence(runs: dict[str, Ended], kind: str) -> None:
    ended = runs[kind]
    log = ended.output / "log.html"
    assert {name: test.status for name, test in ended.tests.items()} == {
        "Wrong": "FAIL",
        "Right": "PASS",
        "Inconclusive": "FAIL",
    }
    assert len(timelines(log)) == 2
    found = linked(log)
    assert sorted(path.name.partition(".")[0].rpartition("-")[2] for path in found) == [
        "inconclusive",
        "wrong",
    ]
    for path in found:
        assert path.parent == ended.output / "history"
        assert '"schema"' in path.read_text().splitlines()[0]
    assert (ended.output / ended.tests["Inconclusive"].evidence) in found
    ended.check(status=2)


def test_what_pabot_has_written_for_itself_is_out_of_sight(runs: dict[str, Ended]) -> None:
    assert sorted(path.name for path in runs["make"].output.iterdir()) == [
        "history",
        "log.html",
        "output.xml",
        "pabot_results",
        "report.html",
    ]


@pytest.mark.parametrize("kind", ["robot", "make", "pabot"])
def test_the_timeline_stands_in_the_keyword_that_failed(runs: dict[str, Ended], kind: str) -> None:
    ((status, message),) = runs[kind].logged("Wrong")
    assert status == "FAIL"
    assert message.startswith("<svg")
    assert ">Alice<" in message
    assert ">Bob<" in message
    ((_, judged_at_the_end),) = runs[kind].logged("Inconclusive")
    assert judged_at_the_end.startswith("<svg")
    assert "cut" in judged_at_the_end
    assert runs[kind].logged("Right") == []


def test_passing_tests_have_timelines_where_a_run_asks_for_them(runs: dict[str, Ended]) -> None:
    assert len(timelines(runs["all"].output / "log.html")) == 1
    ((_, message),) = runs["all"].logged("Right")
    assert message.startswith("<svg")
    runs["all"].check(status=0)


def test_the_requests_of_the_harness_do_not_fill_the_log(runs: dict[str, Ended]) -> None:
    assert not [text for text in texts(runs["robot"].output / "log.html") if "HTTP Request" in text]


def test_results_stay_in_the_output_folder_wherever_it_is_started(start: Start, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    path = ROOT / "suites" / "resilience" / "rejoin.robot"
    before = seen()
    ended = start(*QUICK, path, cwd=elsewhere, folder=tmp_path).end()
    ended.check(status=0)
    assert list(elsewhere.iterdir()) == []
    written = sorted(found.name for found in ended.output.iterdir())
    assert written == ["history", "log.html", "output.xml", "report.html"]
    assert seen() - before == set()


def seen() -> set[Path]:
    """What stands in the project, but for what tests beside this one may write: .git, .hypothesis, .pytest_cache."""
    return {found for found in ROOT.iterdir() if not found.name.startswith(".")}


def test_evidence_has_a_name_of_its_own_for_any_title(start: Start, tmp_path: Path) -> None:
    titles = ["Alice's turn", "Alice s turn", "送受信", "受送信", "Long " * 40]
    ended = start(*QUICK, suite(tmp_path, dict.fromkeys(titles, FAILS))).end()
    ended.check(status=len(titles))
    found = linked(ended.output / "log.html")
    assert len(set(found)) == len(titles)
    for path in found:
        assert path.exists(), path


def test_a_folder_of_suites_can_be_named_from_its_parent(start: Start, tmp_path: Path) -> None:
    ended = start("--dryrun", "suites/catchup", cwd=ROOT, folder=tmp_path).end()
    ended.check(status=0)
    assert len(ended.tests) > 1


def test_a_picture_that_cannot_be_drawn_does_not_hide_why_the_test_failed(
    start: Start, tmp_path: Path
) -> None:
    """As on a machine where the packages are those of last week."""
    (tmp_path / "drawsvg.py").write_text("raise ImportError('no such library here')\n")
    broken = suite(tmp_path, {"Wrong": FAILS, "Right": PASSES})
    ended = start("--pythonpath", tmp_path, *QUICK, broken).end()
    assert "sends 2 messages" in ended.tests["Wrong"].message
    assert ended.tests["Right"].status == "PASS"
    told = texts(ended.output / "log.html")
    assert "The timeline could not be drawn: ImportError: no such library here" in told
    assert len(linked(ended.output / "log.html")) == 1
    ended.check(status=1)
