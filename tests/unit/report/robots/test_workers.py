"""Robot processes that run one test after the other, each with its defect."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import psutil
import pytest

from syncproof.report.robots.worker import Done, Job, Outcome
from syncproof.report.robots.workers import Lost, Task, Workers

SUITE = """\
*** Settings ***
Suite Setup    Set Suite Variable    ${SET UP}    yes
*** Test Cases ***
Tells its defect
    Should Be Equal    ${SET UP}    yes
    Create File    ${OUTPUT DIR}/note.txt    ${DEFECT}
    Fail    ${DEFECT} ${STACK} in ${OUTPUT DIR}
Leaves nothing
    No Operation
Hangs
    Evaluate    time.sleep(60)    modules=time
Dies
    Log To Console    out of luck
    Evaluate    os._exit(3)    modules=os
Stops the run
    Fatal Error    nothing works
Cannot run here
    Skip    no containers
*** Keywords ***
Create File
    [Arguments]    ${path}    ${text}
    Evaluate    pathlib.Path($path).write_text($text)    modules=pathlib
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    path = tmp_path / "suite.robot"
    path.write_text(SUITE)
    return path


def task(suite: Path, test: str, defect: str = "a_bug", stack: str = "embedded", devices: int = 2) -> Task:
    return Task(Job(suite, test, (("DEFECT", defect),)), (("STACK", stack),), devices)


def folders(answers: list[tuple[Done | Lost, Path]]) -> list[str]:
    return [folder.name for _, folder in answers]


def test_many_tests_run_in_one_process_each_with_its_own_defect(suite: Path, tmp_path: Path) -> None:
    tasks = [
        task(suite, "Tells its defect", "one"),
        task(suite, "Tells its defect", "two"),
        task(suite, "Leaves nothing"),
        task(suite, "Cannot run here"),
        task(suite, "Is not there"),
    ]
    with Workers(tmp_path, 1, 60, "note.txt") as workers:
        answers = workers.run(tasks)
    done = [answer for answer, _ in answers if isinstance(answer, Done)]
    outcomes = [one.outcome for one in done]
    folder = tmp_path / "worker-1"
    assert [outcome and outcome.message for outcome in outcomes] == [
        f"one embedded in {folder}",
        f"two embedded in {folder}",
        "",
        "no containers",
        None,
    ]
    assert [(it.passed, it.skipped) for it in outcomes if it is not None] == [
        (False, False),
        (False, False),
        (True, False),
        (False, True),
    ]
    # What ran in one is not said of the next.
    assert [one.noted for one in done] == ["one", "two", "", "", ""]
    # By its full name a test finds its history, so that no two have the same.
    assert [one.title for one in done] == [
        "Jobs.Job 1.Suite.Tells its defect",
        "Jobs.Job 2.Suite.Tells its defect",
        "Jobs.Job 3.Suite.Leaves nothing",
        "Jobs.Job 4.Suite.Cannot run here",
        "",
    ]
    assert (folder / "output.xml").exists()


def test_a_test_that_hangs_is_ended_and_holds_up_nothing(suite: Path, tmp_path: Path) -> None:
    began = time.monotonic()
    with Workers(tmp_path, 1, 4) as workers:
        answers = workers.run([task(suite, "Hangs"), task(suite, "Hangs")])
        # A busy machine has needed longer than that to start Robot Framework, which the others have to.
        workers.patience_s = 60
        answers += workers.run([task(suite, "Leaves nothing")])
    assert time.monotonic() - began < 50, "one that hangs does so for a minute"
    assert [answer for answer, _ in answers[:2]] == [Lost("it was ended after 4 s", hung=True)] * 2
    assert isinstance(answers[2][0], Done)
    assert folders(answers) == ["worker-1", "worker-2", "worker-3"]


def test_a_process_that_ends_by_itself_says_how(suite: Path, tmp_path: Path) -> None:
    with Workers(tmp_path, 1, 60) as workers:
        answers = workers.run([task(suite, "Dies"), task(suite, "Leaves nothing")])
    lost, done = (answer for answer, _ in answers)
    assert isinstance(lost, Lost)
    assert lost.reason == "robot ended by itself (exit status 3); it said: out of luck"
    assert not lost.hung
    assert isinstance(done, Done)


def test_what_a_stopped_process_could_not_run_another_one_does(suite: Path, tmp_path: Path) -> None:
    with Workers(tmp_path, 1, 60) as workers:
        answers = workers.run([task(suite, "Stops the run"), task(suite, "Leaves nothing")])
    stopped, done = (answer for answer, _ in answers)
    assert isinstance(stopped, Done)
    assert stopped.outcome is not None
    assert stopped.outcome.message == "nothing works"
    assert isinstance(done, Done)
    assert isinstance(done.outcome, Outcome)
    assert done.outcome.passed
    assert folders(answers) == ["worker-1", "worker-2"]


def test_a_process_has_one_set_of_variables(suite: Path, tmp_path: Path) -> None:
    stacks = ("embedded", "compose", "embedded", "compose")
    with Workers(tmp_path, 2, 60) as workers:
        answers = workers.run([task(suite, "Tells its defect", stack=stack) for stack in stacks])
    for (answer, folder), stack in zip(answers, stacks, strict=True):
        assert isinstance(answer, Done)
        assert answer.outcome is not None
        assert answer.outcome.message == f"a_bug {stack} in {folder}"
    assert len(set(folders(answers))) >= 2


def test_nothing_runs_on_when_the_last_result_is_there(suite: Path, tmp_path: Path) -> None:
    with Workers(tmp_path, 3, 60) as workers:
        workers.run([task(suite, "Leaves nothing")] * 3)
        processes = [worker._process for worker in workers._idle]
    assert processes
    assert [process.exitcode for process in processes] == [0] * len(processes)


#: Runs one test that hangs, until somebody ends it.
ENDLESS = """
from pathlib import Path
from syncproof.report.robots.worker import Job
from syncproof.report.robots.workers import Task, Workers

with Workers(Path({folder!r}), 1, 600) as workers:
    workers.run([Task(Job(Path({suite!r}), "Hangs"), ())])
"""


def test_nothing_outlives_a_kill_of_the_matrix(suite: Path, tmp_path: Path) -> None:
    program = ENDLESS.format(folder=str(tmp_path), suite=str(suite))
    matrix = psutil.Popen([sys.executable, "-c", program])
    try:
        deadline = time.monotonic() + 60
        while not (tmp_path / "worker-1" / "robot.log").exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        children = matrix.children(recursive=True)
    finally:
        matrix.kill()
        matrix.wait()
    assert children
    _, alive = psutil.wait_procs(children, timeout=10)
    assert alive == []


def test_no_more_run_in_containers_at_a_time_than_may_and_others_pass_them(
    suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("syncproof.report.robots.workers._IN_CONTAINERS", 1)
    stacks = ("compose", "compose", "compose", "embedded")
    with Workers(tmp_path, 3, 60) as workers:
        answers = workers.run([task(suite, "Tells its defect", stack=stack) for stack in stacks])
    assert all(isinstance(answer, Done) for answer, _ in answers)
    # The second and the third waited for the first one's process; the last waited for none.
    assert folders(answers) == ["worker-1", "worker-1", "worker-1", "worker-2"]


def test_tasks_of_many_devices_wait_for_each_other_and_others_pass_them(
    suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("syncproof.report.robots.workers._DEVICES", 14)
    with Workers(tmp_path, 3, 60) as workers:
        answers = workers.run(
            [task(suite, "Tells its defect", devices=devices) for devices in (12, 12, 16, 2)]
        )
    assert all(isinstance(answer, Done) for answer, _ in answers)
    # The second and the third, of more than may run, waited until nothing else ran; the last waited for none.
    assert len(set(folders(answers))) == 2
    assert folders(answers)[3] == "worker-2"
