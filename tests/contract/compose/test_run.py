"""`robot --variable STACK:compose`: what it says where it cannot work, and what is left when it is over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from robot.api import ExecutionResult

from syncproof.faults.containers import ownership
from syncproof.faults.containers.engine import Engine
from syncproof.systems.compose import ComposeStack
from syncproof.systems.compose.services import Services
from syncproof.systems.products import find

#: The first test may have to build the image.
pytestmark = pytest.mark.timeout(400)

#: What a run is in the middle of when it ends.
FOR_LONG = (
    "And Alice sends 50 messages over 9000 seconds",
    "Then Bob should receive all 50 messages within 9000 seconds",
)
SYNC = Path(__file__).parents[3] / "resources" / "sync.resource"


def suite(folder: Path, *steps: str) -> Path:
    path = folder / "compose.robot"
    body = "".join(f"    {step}\n" for step in ("Given Alice and Bob are syncing", *steps))
    path.write_text(f"*** Settings ***\nResource    {SYNC}\n*** Test Cases ***\nCase\n{body}")
    return path


def command(path: Path, *variables: str) -> list[str]:
    given = [
        part for each in ("STACK:compose", "TIME_SCALE:0.1", *variables) for part in ("--variable", each)
    ]
    return [sys.executable, "-m", "robot", "--outputdir", str(path.parent / "out"), *given, str(path)]


def message(folder: Path) -> str:
    return str(ExecutionResult(folder / "out" / "output.xml").suite.tests[0].message)


def of(engine: Engine, pid: int) -> list[str]:
    """Containers and networks with a process's label."""
    label = f"{ownership.PID}={pid}"
    networks = engine.client.networks.list(filters={"label": label})
    return [each.name for each in engine.containers(label)] + [str(each.name) for each in networks]


def devices(engine: Engine, pid: int) -> int:
    """How many devices a run has."""
    return sum("-alice-" in each or "-bob-" in each for each in of(engine, pid))


def eventually(what: Callable[[], bool]) -> None:
    until = time.monotonic() + 200
    while not what():
        assert time.monotonic() < until
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("variables", "environment", "said"),
    [
        (
            (),
            {"DOCKER_HOST": "unix:///nowhere.sock"},
            r"STACK is 'compose'. No Docker Engine answers at unix:///no",
        ),
        (
            (),
            {"DOCKER_HOST": "tcp://127.0.0.1:1"},
            r"STACK is 'compose'. No Docker Engine answers at tcp://127",
        ),
        (("TOXIPROXY_URL:http://127.0.0.1:1",), {}, "TOXIPROXY_URL is"),
    ],
)
def test_where_it_cannot_work_it_says_so_in_one_line(
    tmp_path: Path, variables: tuple[str, ...], environment: dict[str, str], said: str
) -> None:
    ran = subprocess.run(
        command(suite(tmp_path), *variables),
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 1
    assert message(tmp_path).startswith(said)
    assert "\n" not in message(tmp_path)


@pytest.mark.usefixtures("stack")
def test_an_image_that_is_missing_is_named(tmp_path: Path) -> None:
    absent = "127.0.0.1:1/absent:1"
    ran = subprocess.run(
        command(suite(tmp_path)),
        env={**os.environ, "SYNCPROOF_TOXIPROXY_IMAGE": absent},
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 1
    assert message(tmp_path).startswith(
        f"STACK is 'compose'. The image '{absent}' is missing, and 'docker compose pull"
    )
    assert "\n" not in message(tmp_path)


@pytest.mark.usefixtures("stack")
def test_nothing_is_left_after_ctrl_c(engine: Engine, tmp_path: Path) -> None:
    run = subprocess.Popen(command(suite(tmp_path, *FOR_LONG)), stdout=subprocess.DEVNULL)
    try:
        eventually(lambda: devices(engine, run.pid) == 2)
        run.send_signal(signal.SIGINT)
        run.wait(200)
    finally:
        run.kill()
        run.wait()
    assert of(engine, run.pid) == []


@pytest.mark.usefixtures("stack")
def test_nothing_is_left_after_a_run(engine: Engine, tmp_path: Path) -> None:
    steps = ("When Alice sends 5 messages", "Then Bob should receive all 5 messages within 30 seconds")
    run = subprocess.Popen(command(suite(tmp_path, *steps)), stdout=subprocess.PIPE, text=True)
    said, _ = run.communicate(timeout=110)
    assert run.returncode == 0, said
    assert of(engine, run.pid) == []


def test_what_a_killed_run_left_is_swept_by_the_next_and_nothing_of_one_beside_it(
    engine: Engine, stack: ComposeStack, tmp_path: Path
) -> None:
    beside = stack.toxiproxy.url
    run = subprocess.Popen(command(suite(tmp_path, *FOR_LONG)), stdout=subprocess.DEVNULL)
    try:
        eventually(lambda: devices(engine, run.pid) == 2)
    finally:
        run.send_signal(signal.SIGKILL)
        run.wait()
    left = of(engine, run.pid)
    assert len(left) == 7  # relay, Toxiproxy, two devices, three networks
    engine.container(left[0]).remove()  # somebody began to tidy up by hand
    ownership.sweep(engine)
    # A run of another test that has just started sweeps as well, and may have the last of them in its hands.
    eventually(lambda: not of(engine, run.pid))
    assert stack.toxiproxy.url == beside
    assert stack.toxiproxy.version()


@pytest.mark.usefixtures("stack")
def test_a_defect_is_at_work_in_containers_too(tmp_path: Path) -> None:
    steps = ("When Alice sends 5 messages", "Then Bob should receive all 5 messages within 30 seconds")
    path = suite(tmp_path, *steps)
    said = subprocess.run(
        command(path, "DEFECT:shows_own_messages_at_once"), capture_output=True, check=False
    )
    assert (tmp_path / "out" / "defects_ran.txt").read_text() == "shows_own_messages_at_once\n", said.stdout


@pytest.mark.usefixtures("stack")
def test_matrix_in_containers(engine: Engine, tmp_path: Path) -> None:
    image = Services(engine, find("matrix").folder, ()).service("synapse").image
    if not engine.has_image(image):
        pytest.skip(f"the image {image} is not here, and too big to be pulled for a test")
    steps = ("When Alice sends 5 messages", "Then Bob should receive all 5 messages within 30 seconds")
    run = subprocess.Popen(
        command(suite(tmp_path, *steps), "SYSTEM:matrix"), stdout=subprocess.PIPE, text=True
    )
    said, _ = run.communicate(timeout=350)
    assert run.returncode == 0, said
    assert of(engine, run.pid) == []
