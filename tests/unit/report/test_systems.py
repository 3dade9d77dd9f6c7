"""docs/systems.md says what runs did, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
import robot

from syncproof.report.systems import Ran, main
from syncproof.systems.products import known

SUITE = """*** Test Cases ***
Runs
    [Tags]    L-1.1
    No Operation
Cannot
    [Tags]    L-1.4
    Skip    The system matrix does not declare what this test needs: 'x' needs transfers (range).
Breaks
    Fail    oh
"""


@pytest.fixture
def output(tmp_path: Path) -> Path:
    folder = tmp_path / "resilience"
    folder.mkdir()
    (folder / "links.robot").write_text(SUITE)
    robot.run(str(folder / "links.robot"), outputdir=str(tmp_path), console="none", log=None, report=None)
    return tmp_path / "output.xml"


def test_a_run_of_two_systems_becomes_a_page(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([f"bundled={output}", f"matrix={output}"]) == 0
    page = capsys.readouterr().out
    assert "| `range` | yes | no |" in page
    assert "### resilience" in page
    assert "| L-1.1 | Runs | passed | passed |" in page
    assert "| L-1.4 | Cannot | - (needs range) | - (needs range) |" in page
    assert "|  | Breaks | **failed** | **failed** |" in page
    assert "| skipped | 1 | 1 |" in page


def test_an_unknown_system_is_named(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([f"pigeons={output}"])
    assert f"There is no system 'pigeons'. Known: {', '.join(known())}." in capsys.readouterr().err


def test_a_test_that_ran_says_how() -> None:
    assert (str(Ran("PASS")), str(Ran("SKIP", "needs range"))) == ("passed", "- (needs range)")
