"""Pairs of the kill matrix that share a robot process, launcher, recorder and proxy know nothing of each other."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from tests.meta.child_run import suite

from syncproof.evidence import records
from syncproof.report.robots.worker import Done, Job
from syncproof.report.robots.workers import Task, Workers
from syncproof_defects import RAN
from syncproof_defects.kills import Seen, histories, seen_in

TESTS = {
    "Lost": (
        "Given Alice and Bob are syncing\n"
        "When Alice sends 10 messages\n"
        "And the replies to Alice are lost after she has sent 5 messages\n"
        "And replies reach Alice again after 5 seconds\n"
        "Then Bob should receive all 10 messages within 30 seconds\n"
    ),
    "Plain": (
        "Given Alice and Bob are syncing\n"
        "When Alice sends 5 messages\n"
        "Then Bob should receive all 5 messages within 30 seconds\n"
    ),
}
#: In this order, in one process. The second one's line must not be taken to have run because the first one's did.
JOBS = (
    ("Lost", "no_deduplication", "7"),
    ("Plain", "no_deduplication", "7"),
    ("Lost", "retries_with_new_op_id", "7"),
    ("Plain", "", "8"),
)


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Done, Path]]:
    folder = tmp_path_factory.mktemp("matrix")
    path = suite(folder, TESTS)
    variables = (("TIME_SCALE", "0.1"), ("SLACK", "10"))
    with Workers(folder / "results", 1, 100, RAN) as workers:
        answers = workers.run(
            [
                Task(Job(path, test, (("DEFECT", defect), ("SEED", seed))), variables)
                for test, defect, seed in JOBS
            ]
        )
    done = [(answer, folder) for answer, folder in answers if isinstance(answer, Done)]
    assert [folder.name for _, folder in done] == ["worker-1"] * len(JOBS)
    return done


def evidence(done: Done, folder: Path) -> tuple[records.Header, Seen]:
    """Of the test of a job."""
    (path,) = (path for title, path in histories(folder / "history") if title == done.title)
    with path.open("rb") as lines:
        return msgspec.json.decode(lines.readline(), type=records.Header), seen_in(path)


def test_each_has_its_own_defect(left: list[tuple[Done, Path]]) -> None:
    assert [done.noted.split() for done, _ in left] == [
        ["no_deduplication"],
        [],
        ["retries_with_new_op_id"],
        [],
    ]
    assert [done.outcome and done.outcome.passed for done, _ in left] == [False, True, False, True]


def test_each_has_its_own_evidence_that_does_not_know_the_defect(left: list[tuple[Done, Path]]) -> None:
    found = [evidence(*one) for one in left]
    assert len({seen.path for _, seen in found}) == len(JOBS)
    assert [bool(seen.failed) for _, seen in found] == [True, False, True, False]
    assert [seen.devices for _, seen in found] == [2, 2, 2, 2]
    for _, seen in found:
        assert all(defect not in seen.path.read_text() for _, defect, _ in JOBS if defect)


def test_each_draws_by_its_own_seed(left: list[tuple[Done, Path]]) -> None:
    assert [evidence(*one)[0].seed for one in left] == [7, 7, 7, 8]


def test_they_share_what_is_not_broken(left: list[tuple[Done, Path]]) -> None:
    assert len({evidence(*one)[0].run for one in left}) == 1
