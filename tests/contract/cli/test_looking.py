"""`syncproof doctor`, `products` and `skips`: what they say, and how they end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import robot

from syncproof.cli import doctor
from syncproof.cli.main import main
from syncproof.report.skips import may_skip
from syncproof.systems.products import find

ROOT = Path(__file__).parents[3]
NEEDS = """
# What a test needs for itself.
name = "mine"
[agent]
command = ["./agent"]
[requires]
programs = ["python3", "no-such-program"]
packages = ["msgspec", "no_such_package"]
[install]
apt = ["no-such-program-bin"]
pip = "requirements.txt"
"""


def test_the_command_is_installed_and_explains_itself() -> None:
    program = Path(sys.executable).parent / "syncproof"
    said = subprocess.run([str(program), "--help"], capture_output=True, text=True, check=True).stdout
    for word in ("doctor", "products", "skips", "new", "examples:", "exit status:"):
        assert word in said
    assert subprocess.run([str(program), "dance"], capture_output=True, check=False).returncode == 2


def test_the_doctor_looks_for_everything_and_says_what_to_install(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    for word in (
        "Python: 3.",
        "Linux",
        "user namespaces",
        "nft",
        "Docker (",
        "Docker Compose",
        "Valkey",
        "Chromium",
        "bundled: can run here",
    ):
        assert word in said
    for line, after in zip(said.splitlines(), said.splitlines()[1:], strict=False):
        assert not line.startswith("MISSING") or "install" in after.lower() or after.startswith("         ")


@pytest.mark.parametrize(
    "look",
    [
        doctor.user_namespaces,
        doctor.network_tools,
        doctor.docker,
        doctor.compose,
        doctor.valkey,
        doctor.chromium,
    ],
)
def test_what_is_not_there_is_missed(look: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(doctor, "_PATH", "")
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    finding = look()  # type: ignore[operator]
    assert not finding.there
    assert "install" in finding.install.lower()


def test_the_doctor_of_one_product_names_what_it_lacks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "product.toml").write_text(NEEDS)
    assert main(["doctor", "--system", str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert "mine: the program no-such-program is not there\n         apt install no-such-program-bin" in said
    assert (
        f"the Python package no_such_package is not there\n         pip install -r {tmp_path}/requirements.txt"
        in said
    )
    assert "python3" not in said
    assert "msgspec" not in said
    assert main(["doctor", "--system", str(ROOT / "docs" / "examples" / "minimal")]) == 0


def test_a_product_says_what_it_is_and_can_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["products", "--system", str(ROOT / "docs" / "examples" / "minimal")]) == 0
    said = capsys.readouterr().out
    assert "The minimal product: a server that keeps a log" in said
    assert (
        "can: workloads messages, order total, outbox durable, versions all, history, delivery all, server_log"
        in said
    )


def test_a_product_that_cannot_run_here_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "product.toml").write_text(NEEDS)
    assert main(["products", "--system", str(tmp_path)]) == 1
    assert "cannot run here: the program no-such-program is not there." in capsys.readouterr().out
    assert main(["products", "--system", "nobody"]) == 1
    assert "SYSTEM is 'nobody'. Known here: bundled" in capsys.readouterr().err


SAYS = "The system mine does not declare what this test needs: "


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """A run that skipped a whole file and one test of another."""
    folder = tmp_path / "suites" / "away"
    folder.mkdir(parents=True)
    (folder / "marks.robot").write_text(
        "*** Test Cases ***\n"
        f"One\n    Skip    {SAYS}'Bob sleeps' needs a clock (that moves) (clock); 'Bob wakes' needs a mark (marker).\n"
        f"Two\n    Skip    {SAYS}'Bob reads' needs a read marker (marker).\n"
    )
    (folder / "some.robot").write_text(
        "*** Test Cases ***\nRuns\n    No Operation\n"
        f"Sends\n    Skip    {SAYS}'Bob is killed' needs an outbox that survives a kill (outbox:durable).\n"
        "Boxes\n    Skip    It needs containers, and STACK is 'embedded': run it with STACK:compose.\n"
    )
    robot.run(str(tmp_path / "suites"), outputdir=str(tmp_path), console="none", log=None, report=None)
    (tmp_path / "product.toml").write_text(NEEDS)
    return tmp_path / "output.xml"


def test_the_list_of_skips_is_written_from_a_run_and_then_holds(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["skips", "--write", "--system", str(tmp_path), str(output)]) == 0
    assert "3 lines added" in capsys.readouterr().out
    assert (tmp_path / "skipped.csv").read_text().splitlines() == [
        "variant,stack,test,why",
        ",embedded,suites/away/marks.robot::*,needs clock and marker",
        ",embedded,suites/away/some.robot::Boxes,"
        "\"It needs containers, and STACK is 'embedded': run it with STACK:compose\"",
        ",embedded,suites/away/some.robot::Sends,needs outbox:durable",
    ]
    assert main(["skips", "--system", str(tmp_path), str(output)]) == 0
    assert main(["skips", "--write", "--system", str(tmp_path), str(output)]) == 0
    assert "0 lines added" in capsys.readouterr().out
    assert not may_skip(find(str(tmp_path)), "embedded", "suites/away/some.robot::Runs", ())


def test_a_skip_that_is_not_listed_is_told(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "skipped.csv").write_text(
        "variant,stack,test,why\n,,suites/away/marks.robot::*,needs marker\n"
    )
    assert main(["skips", "--system", str(tmp_path), str(output)]) == 1
    said = capsys.readouterr().out
    assert said.count("was skipped") == 2
    assert "away/some.robot::Boxes was skipped: It needs containers" in said
    assert main(["skips", "--system", str(tmp_path), str(tmp_path / "none.xml")]) == 1
    assert "none.xml cannot be read" in capsys.readouterr().out
