"""ContainerLibrary, run by a real `robot`: its keywords, what ends with a test, the words with which it fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from robot.api import ExecutionResult
from tests.contract.containers.conftest import HEALTHY, Make

from syncproof.faults.containers.engine import Engine

HERE = Path(__file__).parent


def robot(suite: Path, output: Path, *flags: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "robot", "--outputdir", str(output), *flags, str(suite)]
    env = {**os.environ, **environment}
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False, env=env)


def written(folder: Path, *lines: str) -> Path:
    suite = folder / "written.robot"
    body = "".join(f"    {line}\n" for line in lines)
    suite.write_text(f"*** Settings ***\nLibrary    ContainerLibrary\n*** Test Cases ***\nCase\n{body}")
    return suite


def message(output: Path) -> str:
    return str(ExecutionResult(output / "output.xml").suite.tests[0].message)


def test_every_keyword(engine: Engine, make: Make, network: str, tmp_path: Path) -> None:
    server, client = make(healthcheck=HEALTHY, network=network), make(network=network)
    engine.client.networks.get(network).disconnect(server.id)
    engine.client.networks.get(network).connect(server.id, aliases=["shop"])
    server.start()
    client.start()
    flags = [] if engine.has_image("syncproof/netadmin:local") else ["--skip", "netadmin"]
    for name, value in (("SERVER", server.name), ("CLIENT", client.name), ("NETWORK", network)):
        flags += ["--variable", f"{name}:{value}"]
    ran = robot(HERE / "library.robot", tmp_path, *flags)
    assert ran.returncode == 0, ran.stdout
    assert "[ WARN ]" not in ran.stderr, ran.stderr


def test_without_an_engine_it_says_so(tmp_path: Path) -> None:
    ran = robot(written(tmp_path, "Pause Container    any"), tmp_path, DOCKER_HOST="unix:///nowhere.sock")
    assert ran.returncode == 1
    assert "No Docker Engine answers at unix:///nowhere.sock: there is no such socket." in message(tmp_path)


def test_a_wrong_unit_fails_before_anything_is_touched(tmp_path: Path) -> None:
    ran = robot(written(tmp_path, "Limit Container    any    memory=5 KB/s"), tmp_path, "--dryrun")
    assert ran.returncode == 1
    assert "'5 KB/s' is not a size" in message(tmp_path)


def test_a_wrong_way_names_the_right_ones(tmp_path: Path) -> None:
    lines = (
        "VAR    @{one}    a",
        "VAR    @{two}    b",
        "Partition Containers    ${one}    ${two}    ways=sideways",
    )
    assert robot(written(tmp_path, *lines), tmp_path).returncode == 1
    assert "'BOTH_WAYS' and 'ONE_WAY'" in message(tmp_path)
