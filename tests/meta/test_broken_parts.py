"""Programs that do not start, end by themselves or answer nonsense: the message names the one that did."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from tests.meta.child_run import NO_LOG, QUICK, ChildRun, Ended, suite
from tests.meta.conftest import Start

SCENARIO = (
    "Given Alice and Bob are syncing\n"
    "When Alice sends 5 messages\n"
    "Then Bob should receive all 5 messages within 10 seconds"
)
#: Defect: what the message must say.
DEFECTS: dict[str, tuple[str, ...]] = {
    "relay_does_not_start": (
        "'relay' ended before it was ready (exit status 2). The last lines of its log:",
        "belongs to another relay",
    ),
    "answers_operations_with_a_web_page": (
        "Alice's agent at http://127.0.0.1:",
        "answered POST /ops with something that the agent protocol does not allow: JSON is malformed",
        "It began: b'<html>It works!</html>'",
    ),
    "forgets_the_type_of_events": (
        "agent answered the recorder with something that the agent protocol does not allow: ",
        "GET /events: Object missing required field `type`. It began: ",
    ),
    "speaks_another_protocol": (
        "Alice's agent at http://127.0.0.1:",
        "speaks agent protocol '2'; this harness speaks '1'.",
    ),
    "falls_silent_about_its_deliveries": (
        "The evidence is incomplete. ",
        "Bob's agent could not be read to its end: no answer within 15 s",
    ),
    "ends_at_the_third_operation": (
        "Alice's process ended by itself (exit status 3); the end of its log:",
        "out of luck",
    ),
}


SILENT = "falls_silent_about_its_deliveries"
#: Stories of devices that fall silent: the defects, and what is told.
STORIES = {
    # Alice's agent tells of her own five messages and falls silent; Bob's can be read, and lacks the last.
    "Lost": (
        f"{SILENT},drops_last_of_page",
        "Given Alice and Bob are syncing\nAnd Bob goes offline\nWhen Alice sends 5 messages\nAnd Bob comes online",
    ),
    # The relay's log is read at a rest; four messages later, a device cannot be read.
    "Silent": (
        SILENT,
        "Given Alice and Bob are syncing\nWhen Alice sends 3 messages\nThen Bob should have no duplicates\n"
        "When Alice sends 4 messages",
    ),
}


@pytest.fixture(scope="module")
def runs(start_shared: Start, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ended]:
    """Side by side: for a device that has fallen silent they wait 15 seconds."""
    folder = tmp_path_factory.mktemp("suite")
    path = suite(folder, {"Scenario": SCENARIO})
    told = {name: (f"DEFECT:{name}", path) for name in DEFECTS}
    for name, (defects, story) in STORIES.items():
        told[name] = (f"DEFECT:{defects}", suite(folder, {name: story}, name=name.lower()))
    started = {name: start_shared(*QUICK, *NO_LOG, "--variable", *given) for name, given in told.items()}
    return {name: run.end() for name, run in started.items()}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_broken_part_is_named(runs: dict[str, Ended], name: str) -> None:
    outcome = runs[name].tests["Scenario"]
    assert outcome.status == "FAIL"
    for words in DEFECTS[name]:
        assert words in outcome.message, outcome.message
    runs[name].check(status=1)
    assert runs[name].errors == []


def test_a_certain_loss_is_told_though_another_device_cannot_be_read(runs: dict[str, Ended]) -> None:
    message = runs["Lost"].tests["Lost"].message
    assert message.startswith("No_loss: Bob lost 1 operation of 5: Alice #5;"), message
    assert "Alice's" not in message
    assert "Alice lacks" not in message
    runs["Lost"].check(status=1)


def test_a_log_that_was_read_before_shows_no_loss_of_what_came_later(runs: dict[str, Ended]) -> None:
    message = runs["Silent"].tests["Silent"].message
    assert "The evidence is incomplete. " in message, message
    assert "lost" not in message, message
    assert "lacks" not in message, message
    runs["Silent"].check(status=1)


LONG = (
    "Given Alice and Bob are syncing\n"
    "When Alice sends 100 messages over 100 seconds\n"
    "Then Bob should receive all 100 messages within 10 seconds"
)
KILLED = {
    "relay": "The relay's process ended by itself (exit status -9)",
    "toxiproxy": "The embedded Toxiproxy's process ended by itself (exit status -9)",
    "recorder": "The recorder's process ended by itself (exit status -9)",
    "Bob": "Bob's process ended by itself (exit status -9)",
    "syncproof": "has ended (exit status -9), and all with it.",
}


@pytest.fixture(scope="module")
def killed(start_shared: Start, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ended]:
    """Runs in which somebody kills a process that the scenario needs."""
    path = suite(tmp_path_factory.mktemp("suite"), {"Long": LONG})
    started = {name: start_shared(*QUICK, *NO_LOG, path) for name in KILLED}
    for name, run in started.items():
        run.wait_for("a message", partial(sends, run))
        (victim,) = run.named(name)
        victim.send_signal(signal.SIGKILL)
    return {name: run.end() for name, run in started.items()}


def sends(run: ChildRun) -> bool:
    return any('"accept"' in path.read_text() for path in (run.output / "history").glob("*.jsonl"))


@pytest.mark.parametrize("name", KILLED)
def test_a_process_that_nobody_ended_is_named(killed: dict[str, Ended], name: str) -> None:
    outcome = killed[name].tests["Long"]
    assert outcome.status == "FAIL"
    assert KILLED[name] in outcome.message, outcome.message
    killed[name].check(status=1)


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield int(listening.getsockname()[1])


def test_a_port_in_use_is_named_by_the_toxiproxy_command(taken: int) -> None:
    command = [str(Path(sys.executable).with_name("toxiproxy-embedded")), "-port", str(taken)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert ended.returncode == 1
    assert f"cannot listen on localhost:{taken}: " in ended.stderr
    assert "Name another port" in ended.stderr


def test_a_port_in_use_is_named_by_the_keyword(taken: int, start: Start, tmp_path: Path) -> None:
    path = suite(
        tmp_path,
        {"Taken": f"Create Proxy    web    127.0.0.1:1    listen=127.0.0.1:{taken}"},
        settings="Library    ToxiproxyLibrary",
    )
    ended = start(path).end()
    message = ended.tests["Taken"].message
    assert f"listen tcp 127.0.0.1:{taken}: bind: address already in use" in message
    assert "for the proxy 'web'" in message
    ended.check(status=1)


def test_an_output_folder_that_cannot_be_written_is_named(start: Start, tmp_path: Path) -> None:
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "history").write_text("in the way")
    ended = start(*QUICK, suite(tmp_path, {"Scenario": SCENARIO}), folder=tmp_path).end()
    message = ended.tests["Scenario"].message
    assert message.startswith("The evidence cannot be written: File exists: ")
    assert "Name another output folder with --outputdir." in message
    ended.check(status=1)
