"""The suites that a new tester is told to write pass `make lint`."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
EXAMPLES = [
    pytest.param(block, id=f"{path.name}-{number}")
    for path in (ROOT / "README.md", ROOT / "docs" / "writing-scenarios.md")
    for number, block in enumerate(
        re.findall(r"^```robotframework\n(.*?)^```", path.read_text(), re.M | re.S), 1
    )
    if "*** Settings ***" in block
]


def test_the_readme_has_a_first_scenario() -> None:
    assert "README.md-2" in [example.id for example in EXAMPLES]


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize(
    "command",
    [
        ["robocop", "check", "--config", str(ROOT / "pyproject.toml")],
        [
            "robocop",
            "format",
            "--check",
            "--diff",
            "--no-overwrite",
            "--config",
            str(ROOT / "pyproject.toml"),
        ],
        ["robot", "--dryrun", "--output", "NONE", "--log", "NONE", "--report", "NONE"],
    ],
    ids=["check", "format", "dryrun"],
)
def test_an_example_passes_lint(example: str, command: list[str], tmp_path: Path) -> None:
    suite = tmp_path / "suites" / "resilience" / "example.robot"
    suite.parent.mkdir(parents=True)
    suite.write_text(example)
    (tmp_path / "resources").symlink_to(ROOT / "resources")
    done = subprocess.run(
        [sys.executable, "-m", *command, suite], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
