"""The example in docs/agents.md is an agent: the conformance suite says so, and notices when it is broken."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from robot.api import ExecutionResult
from tests.contract.agent.table import until

from syncproof.processes import Launcher, Process

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "docs" / "examples" / "minimal_agent.py"

#: What a product without outbox, blobs, marker, pause, clock and entries can show; the rest is skipped.
LEAST_PASSED = 20


@contextmanager
def _running(launcher: Launcher, program: Path, directory: Path) -> Iterator[tuple[str, str]]:
    """Two agents of the example's product, on one shared folder."""
    with ExitStack() as started:
        urls = []
        for device in ("Alice", "Bob"):
            arguments = ["--device", device, "--data", str(directory / device)]
            argv = [sys.executable, "-u", str(program), *arguments, "--shared", str(directory / "drive")]
            process = launcher.wrap(device, argv)
            started.callback(process.stop, 3.0)
            urls.append(_url(process))
        yield urls[0], urls[1]


def _url(process: Process) -> str:
    line = until(process.log.read_text, lambda text: text.endswith("}\n")).splitlines()[-1]
    return f"http://127.0.0.1:{json.loads(line)['port']}"


def _judge(urls: tuple[str, str], output: Path, *options: str) -> dict[str, str]:
    """What the conformance suite says: status by the name of the test."""
    argv = [sys.executable, "-m", "robot", "--outputdir", str(output), "--log", "NONE", "--report", "NONE"]
    argv += ["--variable", f"AGENT_URL:{urls[0]}", "--variable", f"AGENT_URL_2:{urls[1]}", *options]
    run = subprocess.run([*argv, str(ROOT / "suites" / "agent")], capture_output=True, text=True, check=False)
    assert (output / "output.xml").exists(), run.stderr
    tests = ExecutionResult(str(output / "output.xml")).suite.all_tests
    return {test.name: str(test.status) for test in tests}


def test_the_example_conforms(launcher: Launcher, tmp_path: Path) -> None:
    with _running(launcher, EXAMPLE, tmp_path) as urls:
        said = _judge(urls, tmp_path / "out")

    assert [name for name, status in said.items() if status == "FAIL"] == []
    assert sum(status == "PASS" for status in said.values()) >= LEAST_PASSED
    assert said["What one agent sends the other delivers"] == "PASS"
    assert said["An attachment is kept as it is"] == "SKIP"


@pytest.mark.parametrize(
    ("line", "broken", "caught_by"),
    [
        ("if known is not None:", "if False:", "The same operation twice happens once"),
        ('"seq": len(self.events) + 1', '"seq": len(self.events) * 2 + 1', "Events are numbered without a gap"),
        ("device.deliveries[after : after + limit]", "device.deliveries[after:]", "Pages neither skip nor repeat"),
        ('(404, "unknown_group"', '(400, "invalid"', "An operation in an unknown group is refused"),
    ],
)  # fmt: skip
def test_a_broken_agent_is_caught(
    launcher: Launcher, tmp_path: Path, line: str, broken: str, caught_by: str
) -> None:
    source = EXAMPLE.read_text()
    assert source.count(line) == 1
    program = tmp_path / "broken_agent.py"
    program.write_text(source.replace(line, broken))
    with _running(launcher, program, tmp_path) as urls:
        said = _judge(urls, tmp_path / "out", "--test", caught_by, "--variable", "PATIENCE:1 second")

    assert said == {caught_by: "FAIL"}
