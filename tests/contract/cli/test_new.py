"""`syncproof new`: what it writes works as it stands."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.meta.child_run import NO_LOG, ROOT
from tests.meta.conftest import Start, runs_in
from tests.nightly import NIGHTLY

from syncproof.cli import new_scenario
from syncproof.cli.main import main
from syncproof.cli.project import CannotDo

SUITES = ROOT / "suites"
QUICK = (*NO_LOG, "--variable", "TIME_SCALE:0.1", "--variable", "SLACK:15")
PROGRAM = {"python": "python3", "node": "node", "go": "go"}
#: Of what the conformance suite asks: all of it of Python's agent, and of the others what each language does its own
#: way; `make nightly` asks all of them.
PART = [
    SUITES / "agent" / f"{name}.robot" for name in ("about", "operations", "deliveries", "events", "restart")
]


@pytest.fixture
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    with runs_in(tmp_path_factory) as starts:
        yield starts


@pytest.mark.timeout(400)
@pytest.mark.parametrize("language", PROGRAM)
def test_a_new_product_conforms_and_passes_the_baseline_at_once(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    if shutil.which(PROGRAM[language]) is None:
        pytest.skip(f"{PROGRAM[language]} is not installed")
    monkeypatch.chdir(tmp_path)
    assert main(["new", "product", "my-notes", "--language", language]) == 0
    made = tmp_path / "my-notes"
    texts = {file.name: file.read_text() for file in made.iterdir()}
    assert {"product.toml", "README.md"} < texts.keys()
    assert not [name for name, text in texts.items() if "minimal" in text]
    if language == "go":
        subprocess.run(["go", "build", "-o", "my-notes", "."], cwd=made, check=True)

    baseline = start(
        *QUICK,
        "--variable",
        f"SYSTEM:{made}",
        "--include",
        "L-0.1",
        "--include",
        "L-1.1",
        SUITES / "catchup",
        SUITES / "resilience" / "network_interruption.robot",
    )
    asked = [SUITES / "agent"] if language == "python" or NIGHTLY else PART
    conformance = start(*NO_LOG, "--variable", f"SYSTEM:{made}", *asked)
    ended = baseline.end(200)
    ended.check(0)
    assert {test.status for test in ended.tests.values()} == {"PASS"}
    ended = conformance.end(380)
    ended.check(0)
    assert [test.status for test in ended.tests.values()].count("PASS") >= 20


def test_a_folder_that_is_there_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my-notes").mkdir()
    assert main(["new", "product", "my-notes"]) == 1
    assert "my-notes is there already. Choose another name, or another --folder." in capsys.readouterr().err
    assert main(["new", "product", "My Notes"]) == 1
    assert "'My Notes' is no name for a product" in capsys.readouterr().err
    assert list((tmp_path / "my-notes").iterdir()) == []


def test_a_new_scenario_is_clean_and_dry_runs(tmp_path: Path) -> None:
    for folder in ("libraries", "resources"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    suites = tmp_path / "suites"
    suites.mkdir()
    assert new_scenario.write("Coffee break", "breaks", suites) == 0
    assert sorted(file.name for file in (suites / "breaks").iterdir()) == [
        "__init__.robot",
        "coffee_break.robot",
    ]
    programs = Path(sys.executable).parent
    for command in (
        ["robot", "--dryrun", "--output", "NONE", "--log", "NONE", "--report", "NONE", "suites"],
        ["robocop", "check", "suites"],
        ["robocop", "format", "--check", "--no-overwrite", "suites"],
    ):
        ran = subprocess.run(
            [str(programs / command[0]), *command[1:]],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
    with pytest.raises(CannotDo, match="is there already"):
        new_scenario.write("Coffee break", "breaks", suites)
    with pytest.raises(CannotDo, match="is no category"):
        new_scenario.write("Coffee break", "../breaks", suites)
