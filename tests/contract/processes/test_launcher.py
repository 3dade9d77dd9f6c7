"""What a run can rely on from its launcher, with real processes."""

from __future__ import annotations

import os
import re
import signal
import socket
import sys
import threading
import time
from pathlib import Path

import pytest

from syncproof.processes import Launcher, LauncherGone, NotReady, ProcessError, StillRunning

PROGRAMS = "tests.contract.processes.programs"


def test_a_program_hands_back_what_it_bound(launcher: Launcher) -> None:
    process = launcher.spawn("relay", f"{PROGRAMS}:serves", {"room": "Ä", "n": 1})
    port = process.ready["port"]
    assert isinstance(port, int)
    socket.create_connection(("127.0.0.1", port), timeout=5).close()
    assert process.ready["config"] == {"room": "Ä", "n": 1}
    assert Path(f"/proc/{process.pid}/comm").read_text() == "relay\n"


def test_a_program_is_ready_in_tens_of_milliseconds(launcher: Launcher) -> None:
    launcher.spawn("first", f"{PROGRAMS}:serves", {})  # the launcher itself has started by now
    took = []
    for _ in range(20):
        start = time.monotonic()
        launcher.spawn("x", f"{PROGRAMS}:serves", {})
        took.append(time.monotonic() - start)
    assert min(took) < 0.08, "a busy machine holds up some of them, and hardly each of twenty"


def test_processes_draw_different_random_numbers(launcher: Launcher) -> None:
    drawn = {launcher.spawn("x", f"{PROGRAMS}:serves", {}).ready["drawn"] for _ in range(5)}
    assert len(drawn) == 5


def test_a_process_holds_nothing_but_its_own(launcher: Launcher) -> None:
    for _ in range(3):
        launcher.spawn("before", f"{PROGRAMS}:serves", {})
    opened = launcher.spawn("holder", f"{PROGRAMS}:holds", {}).ready["open"]
    assert isinstance(opened, dict)
    assert opened.pop("0") == "/dev/null"
    log = opened.pop("1")
    assert log.endswith("holder.log")
    assert opened.pop("2") == log
    # Left: the pipe by which it hears of its launcher's end, and the one in which it says that it is ready.
    assert [re.sub(r"\d+", "", link) for link in opened.values()] == ["pipe:[]", "pipe:[]"]


def test_output_goes_to_a_log_of_each_process(launcher: Launcher, tmp_path: Path) -> None:
    first = launcher.spawn("Bob's phone", f"{PROGRAMS}:ends_with", {"status": "first"})
    second = launcher.spawn("Bob's phone", f"{PROGRAMS}:ends_with", {"status": "second"})
    assert (first.wait(5), second.wait(5)) == (1, 1)
    assert first.log == tmp_path / "logs" / "Bob_s_phone.log"
    assert first.log.read_text() == "first\n"
    assert second.log == tmp_path / "logs" / "Bob_s_phone-2.log"
    assert second.log.read_text() == "second\n"


@pytest.mark.parametrize("status", [0, 3])
def test_exit_status_is_the_programs(launcher: Launcher, status: int) -> None:
    process = launcher.spawn("x", f"{PROGRAMS}:ends_with", {"status": status})
    assert process.wait(5) == status
    assert process.exit_status() == status
    assert not process.alive()


def test_a_program_that_dies_before_it_is_ready_is_quoted(launcher: Launcher) -> None:
    with pytest.raises(NotReady) as raised:
        launcher.spawn("relay", f"{PROGRAMS}:complains_and_dies", {})
    message = str(raised.value)
    assert "'relay' ended before it was ready (exit status 1)" in message
    assert "the disk is on fire" in message
    assert message.endswith("ValueError: no good")
    assert "syncproof/processes" not in message.split("\n", 1)[1]
    assert raised.value.exit_status == 1


def test_a_program_that_exits_with_a_message_is_quoted(launcher: Launcher) -> None:
    with pytest.raises(NotReady, match=r"the port 1 is in use: name another one$"):
        launcher.spawn("relay", f"{PROGRAMS}:gives_up", {})


def test_a_program_that_is_never_ready_is_killed(launcher: Launcher) -> None:
    start = time.monotonic()
    with pytest.raises(NotReady, match=r"was not ready within 0\.5 s") as raised:
        launcher.spawn("relay", f"{PROGRAMS}:never_ready", {}, ready_within_s=0.5)
    assert time.monotonic() - start < 15
    assert "thinking" in str(raised.value)


def test_a_slow_machine_gives_each_program_longer_to_be_ready(tmp_path: Path) -> None:
    with Launcher.start(tmp_path, slack_s=30.0) as launcher:
        assert launcher.spawn("relay", f"{PROGRAMS}:serves", {}, ready_within_s=0.001).ready["port"]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("no_such_module:run", "No module named 'no_such_module'"),
        (f"{PROGRAMS}:no_such_function", "must name a function, like"),
        (f"{PROGRAMS}:not_a_function", "must name a function, like"),
    ],
)
def test_an_entry_that_cannot_run_says_why(launcher: Launcher, entry: str, reason: str) -> None:
    with pytest.raises(NotReady, match=reason):
        launcher.spawn("x", entry, {})


def test_saying_ready_twice_is_an_error_of_the_program(launcher: Launcher) -> None:
    process = launcher.spawn("x", f"{PROGRAMS}:ready_twice", {})
    assert process.wait(5) == 1
    assert "said twice that it is ready" in process.log.read_text()


def test_an_unknown_defect_stops_the_program_from_starting(launcher: Launcher) -> None:
    with pytest.raises(NotReady, match="There is no defect 'imaginary'"):
        launcher.spawn("x", f"{PROGRAMS}:serves", {}, defects=["imaginary"])


def test_suspended_is_alive_and_does_nothing_until_resumed(launcher: Launcher) -> None:
    process = launcher.spawn("x", f"{PROGRAMS}:serves_in_threads", {})
    process.suspend()
    states = [
        line.split()[1]
        for task in Path(f"/proc/{process.pid}/task").iterdir()
        for line in (task / "status").read_text().splitlines()
        if line.startswith("State:")
    ]
    assert states == ["T"] * 4
    assert process.alive()
    process.resume()
    assert process.alive()


def test_suspending_what_has_ended_says_so(launcher: Launcher) -> None:
    process = launcher.spawn("x", f"{PROGRAMS}:ends_with", {"status": 4})
    process.wait(5)
    with pytest.raises(ProcessError, match=r"'x' has ended \(4\) and cannot be suspended"):
        process.suspend()


def test_stop_ends_cleanly_also_what_is_suspended(launcher: Launcher) -> None:
    running, suspended = (launcher.spawn("x", f"{PROGRAMS}:serves", {}) for _ in range(2))
    suspended.suspend()
    assert running.stop(5) == 0
    assert suspended.stop(5) == 0


def test_stop_kills_what_does_not_listen(launcher: Launcher) -> None:
    process = launcher.spawn("x", f"{PROGRAMS}:ignores_sigterm", {})
    assert process.stop(0.2) == -signal.SIGKILL


def test_kill_returns_when_it_is_gone(launcher: Launcher) -> None:
    process = launcher.spawn("x", f"{PROGRAMS}:serves", {})
    assert process.kill() == -signal.SIGKILL
    assert not Path(f"/proc/{process.pid}").exists()
    process.signal(signal.SIGTERM)  # to nobody: its pid may be another's by now


def test_waiting_has_a_deadline(launcher: Launcher) -> None:
    process = launcher.spawn("patient", f"{PROGRAMS}:serves", {})
    with pytest.raises(StillRunning, match=r"'patient' \(pid \d+\) has not ended within 0\.2 s"):
        process.wait(0.2)
    assert process.alive()


def test_a_foreign_program_runs_and_is_stopped(launcher: Launcher, tmp_path: Path) -> None:
    script = "pwd; echo $GREETING; exec sleep 600"
    environment = {"PATH": "/usr/bin:/bin", "GREETING": "hello"}
    process = launcher.wrap("foreign", ["sh", "-c", script], env=environment, directory=tmp_path)
    deadline = time.monotonic() + 20
    while process.log.read_text() != f"{tmp_path}\nhello\n":
        assert time.monotonic() < deadline, process.log.read_text()
        time.sleep(0.01)
    assert process.ready == {}
    assert process.stop(5) == -signal.SIGTERM


def test_what_a_foreign_program_started_ends_with_it(launcher: Launcher) -> None:
    process = launcher.wrap("foreign", ["sh", "-c", "sleep 600 & echo $!; wait"])
    deadline = time.monotonic() + 20
    while not (said := process.log.read_text()).endswith("\n"):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.kill()
    grandchild = Path(f"/proc/{int(said)}/stat")
    while grandchild.exists() and ") Z " not in grandchild.read_text():
        assert time.monotonic() < deadline, "the grandchild still runs"
        time.sleep(0.01)


def test_a_foreign_program_that_is_not_there_says_so(launcher: Launcher) -> None:
    with pytest.raises(NotReady, match="'foreign' cannot run no-such-program: No such file or directory"):
        launcher.wrap("foreign", ["no-such-program"])


def test_closing_ends_everything_and_names_what_had_to_be_killed(tmp_path: Path) -> None:
    launcher = Launcher.start(tmp_path, warm=())
    pids = [launcher.pid]
    for name, program in [("obedient", "serves"), ("deaf", "ignores_sigterm"), ("asleep", "serves")]:
        process = launcher.spawn(name, f"{PROGRAMS}:{program}", {})
        pids.append(process.pid)
    process.suspend()
    assert launcher.close(0.5) == ["deaf"]
    assert launcher.close() == []
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (signal.SIGKILL, r"The launcher \(pid \d+\) has ended \(exit status -9\)"),
        (signal.SIGTERM, "The run was interrupted"),
    ],
)
def test_without_its_launcher_a_run_is_told(tmp_path: Path, number: signal.Signals, said: str) -> None:
    with Launcher.start(tmp_path, warm=()) as launcher:
        process = launcher.spawn("x", f"{PROGRAMS}:serves", {})
        os.kill(launcher.pid, number)
        with pytest.raises(LauncherGone, match=said):
            launcher.spawn("y", f"{PROGRAMS}:serves", {})
        with pytest.raises(LauncherGone, match=said):
            process.alive()


def test_an_answer_that_came_too_late_is_not_taken_for_another(launcher: Launcher) -> None:
    def interrupt(_number: int, _frame: object) -> None:
        raise TimeoutError("test timeout")

    process = launcher.spawn("x", f"{PROGRAMS}:serves", {})
    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        with pytest.raises(TimeoutError, match="test timeout"):
            process.wait(0.5)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert process.stop(5) == 0
    assert launcher.spawn("y", f"{PROGRAMS}:serves", {}).alive()


def test_the_launcher_belongs_to_the_main_thread(tmp_path: Path) -> None:
    errors: list[str] = []

    def start() -> None:
        try:
            Launcher.start(tmp_path)
        except ProcessError as error:
            errors.append(str(error))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    (said,) = errors
    assert said.startswith("Robot Framework runs in a thread here")


def test_only_linux_can_give_these_guarantees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(ProcessError, match="by the Linux kernel; this is darwin"):
        Launcher.start(tmp_path)


def test_the_whole_warm_up_leaves_the_launcher_with_one_thread(tmp_path: Path) -> None:
    with Launcher.start(tmp_path) as launcher:
        process = launcher.spawn("x", f"{PROGRAMS}:serves", {})
        assert len(list(Path(f"/proc/{launcher.pid}/task").iterdir())) == 1
        assert process.stop() == 0
