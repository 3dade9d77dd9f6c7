"""`.ci/engine` gets what container tests need, says in a line what it cannot get, and never hangs."""

from __future__ import annotations

import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from tests.contract.ci.test_ci_run import BARE, ROOT, program

#: What the script itself calls; `go`, `docker` and `toxiproxy-server` are those of a test.
TOOLS = (
    "bash",
    "env",
    "dirname",
    "mkdir",
    "cat",
    "tail",
    "mv",
    "timeout",
    "sleep",
    "nohup",
    "setsid",
    "touch",
    "cp",
    "grep",
    "sed",
    "sort",
)


@dataclass
class Machine:
    """A checkout, what stands beside it, and the programs that this machine has."""

    folder: Path

    def has(self, name: str, *lines: str) -> None:
        program(self.folder / "bin" / name, *lines)

    def prepare(self, *lines: str) -> None:
        (self.folder / "shared").mkdir(exist_ok=True)
        program(self.folder / "shared" / "ci-images" / "prepare", *lines)

    @property
    def tools(self) -> Path:
        return self.folder / "main" / ".venv" / "tools"

    def run(self, patience: str = "20") -> tuple[list[str], list[str]]:
        """What it answers, and what it tells."""
        environment = BARE | {
            "PATH": str(self.folder / "bin"),
            "ENGINE_PATIENCE": patience,
            "DOCKER_PID_FILE": str(self.folder / "docker.pid"),
        }
        done = subprocess.run(
            [self.folder / "main" / ".ci" / "engine"],
            capture_output=True,
            text=True,
            check=False,
            env=environment,
            timeout=60,
        )
        assert done.returncode == 0
        return done.stdout.splitlines(), done.stderr.splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    (tmp_path / "main" / ".ci").mkdir(parents=True)
    shutil.copy(ROOT / ".ci" / "engine", tmp_path / "main" / ".ci" / "engine")
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool) or "")
    return Machine(tmp_path)


def test_a_machine_with_nothing(machine: Machine) -> None:
    assert machine.run() == ([], [])


def test_the_real_toxiproxy_is_built_where_go_is(machine: Machine) -> None:
    machine.has("go", 'echo "$CGO_ENABLED $*"', 'echo built > "$GOBIN/server"')
    assert machine.run() == ([], [])
    assert (machine.tools / "toxiproxy-server").read_text() == "built\n"
    said = (machine.tools / "toxiproxy-server.log").read_text()
    assert said == (
        "0 install -ldflags -X github.com/Shopify/toxiproxy/v2.Version=2.12.0 "
        "github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0\n"
    )


def test_a_toxiproxy_that_is_there_is_not_built_again(machine: Machine) -> None:
    machine.has("toxiproxy-server", "exit 0")
    machine.has("go", "touch called")
    machine.run()
    assert not (machine.folder / "main" / "called").exists()


def test_what_cannot_be_built_is_said_in_a_line(machine: Machine) -> None:
    machine.has("go", "echo trying", "echo 'no route to the proxy'", "exit 1")
    assert machine.run() == ([], ["no real Toxiproxy was built: no route to the proxy"])


def test_what_does_not_end_is_ended(machine: Machine) -> None:
    machine.prepare("sleep 300")
    began = time.monotonic()
    assert machine.run(patience="1") == (
        [],
        ["no Docker Engine was prepared: it had not ended within 1 s"],
    )
    assert time.monotonic() - began < 15


def test_an_engine_that_was_started_is_named(machine: Machine) -> None:
    machine.has("docker", "test -f docker-is-up")
    machine.prepare(
        "cp $(command -v sleep) dockerd",
        # As the real one: a child that outlives the script.
        "nohup setsid ./dockerd 300 >log 2>&1 </dev/null &",
        f"echo $! > {machine.folder / 'docker.pid'}",
        "until [ $(cat /proc/$!/comm) = dockerd ]; do :; done",
        "touch docker-is-up",
    )
    answered, told = machine.run()
    pid = int((machine.folder / "docker.pid").read_text())
    try:
        assert (answered, told) == ([str(pid)], [])
    finally:
        psutil.Process(pid).kill()


def test_an_engine_that_was_there_is_not_ours_to_end(machine: Machine) -> None:
    shutil.copy(shutil.which("sleep") or "", machine.folder / "dockerd")
    engine = subprocess.Popen([machine.folder / "dockerd", "300"])
    try:
        (machine.folder / "docker.pid").write_text(str(engine.pid))
        machine.has("docker", "exit 0")
        machine.prepare("exit 0")
        assert machine.run() == ([], [])
    finally:
        engine.kill()
        engine.wait()


def test_the_image_that_partitions_is_built_where_an_engine_answers(machine: Machine) -> None:
    machine.has(
        "docker", 'case "$1" in info) ;; image) exit 1 ;; *) echo "$*" > asked; echo no space; exit 1 ;; esac'
    )
    _, told = machine.run()
    assert told == ["no image to partition containers was built: no space"]
    asked = (machine.folder / "main" / "asked").read_text()
    assert asked == "compose -f compose/compose.yaml build --quiet netadmin\n"


MATRIX = "libraries/syncproof_products/matrix"
SYNAPSE = "    image: ${SYNCPROOF_SYNAPSE_IMAGE:-matrixdotorg/synapse:v1.163.2}\n"


def with_a_product_of_somebody_elses_image(machine: Machine) -> None:
    folder = machine.folder / "main" / MATRIX
    folder.mkdir(parents=True)
    (folder / "compose.yaml").write_text(SYNAPSE)
    (folder / "synapse.Dockerfile").write_text("FROM scratch\n")


def test_the_image_of_synapse_is_built_on_a_machine_that_reaches_no_registry(machine: Machine) -> None:
    with_a_product_of_somebody_elses_image(machine)
    machine.has("docker", 'echo "$*" >> asked', 'case "$*" in "image inspect matrixdotorg"*) exit 1 ;; esac')
    assert machine.run() == ([], [])
    asked = machine.folder / "main" / "asked"
    assert "matrixdotorg" not in asked.read_text(), "elsewhere a run pulls it"
    machine.prepare("exit 0")
    assert machine.run() == ([], [])
    assert asked.read_text().splitlines()[-1] == (
        "build --quiet --tag matrixdotorg/synapse:v1.163.2 --build-arg VERSION=1.163.2 "
        f"--file {MATRIX}/synapse.Dockerfile {MATRIX}"
    )


def test_a_prepared_image_stands_in_for_the_release_that_is_pinned(machine: Machine) -> None:
    compose = machine.folder / "main" / "compose"
    compose.mkdir()
    (compose / "Dockerfile").write_text("FROM python:3.11.13-slim-bookworm AS one\nFROM one AS two\n")
    (compose / "compose.yaml").write_text("image: valkey/valkey:8.1.10-alpine\nimage: postgres:16.8-alpine\n")
    there = "info|'image inspect python:3.11-slim-bookworm'|'image inspect syncproof/netadmin:local'|tag*"
    machine.has("docker", f'case "$*" in {there}) ;; *) exit 1 ;; esac', 'echo "$*" >> asked')
    asked = machine.folder / "main" / "asked"
    assert machine.run() == ([], [])
    assert "tag" not in asked.read_text(), "elsewhere the real one is pulled"
    machine.prepare("exit 0")
    assert machine.run() == ([], [])
    tags = [line for line in asked.read_text().splitlines() if line.startswith("tag")]
    assert tags == ["tag python:3.11-slim-bookworm python:3.11.13-slim-bookworm"]


def test_an_image_of_synapse_that_is_there_is_left_alone(machine: Machine) -> None:
    with_a_product_of_somebody_elses_image(machine)
    machine.has("docker", 'echo "$*" >> asked')
    machine.prepare("exit 0")
    assert machine.run() == ([], [])
    asked = (machine.folder / "main" / "asked").read_text().splitlines()
    assert asked[-1] == "image inspect matrixdotorg/synapse:v1.163.2"
