"""`make` passes on the settings of a run, and refuses any other name before it starts anything."""

from __future__ import annotations

import re
import subprocess

import pytest
from tests.contract.ci.test_ci_run import BARE, ROOT

from syncproof.systems.gathered import DECLARED


def make(*words: str) -> subprocess.CompletedProcess[str]:
    """A dry run of make."""
    return subprocess.run(
        ["make", "--dry-run", *words], cwd=ROOT, env=BARE, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("TIMESCALE=0.1", "There is no setting TIMESCALE. Did you mean TIME_SCALE? `make help` lists all."),
        ("PROCESES=2", "There is no setting PROCESES. Did you mean PROCESSES? `make help` lists all."),
        ("system=matrix", "There is no setting system."),
        ("SYSTEM=nonsense", "SYSTEM is 'nonsense'. Known here: bundled, "),
        (
            "SYSTEM=docs",
            "SYSTEM is 'docs', and there is no file docs/product.toml. Name a product.toml or its folder.",
        ),
    ],
)
def test_an_unknown_name_is_refused_in_one_line(given: str, said: str) -> None:
    done = make("catchup", "SEED=1", given)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert said in line


def test_every_setting_is_passed_on_as_it_stands() -> None:
    given = {setting.name: f"{setting.name.lower()}'s value" for setting in DECLARED}
    given["SYSTEM"] = "bundled"
    done = make("catchup", *(f"{name}={value}" for name, value in given.items()))
    assert done.returncode == 0, done.stderr
    passed = dict(re.findall(r"--variable '(\w+):(.*?)'(?= )", done.stdout))
    assert {name: value.replace("'\\''", "'") for name, value in passed.items()} == given


def test_what_is_make_s_own_is_no_variable_of_the_run() -> None:
    done = make("catchup", "PROCESSES=2", "ROBOT_OPTIONS=--include L-1.1", "RESULTS=elsewhere")
    assert done.returncode == 0, done.stderr
    assert "--processes 2" in done.stdout
    assert re.search(r"--outputdir elsewhere/\d{8}-\d{6}-catchup ", done.stdout)
    assert re.search(r"ln -sfn \d{8}-\d{6}-catchup elsewhere/latest", done.stdout)
    assert "--variable" not in done.stdout


def test_what_is_run_again_is_the_latest_run_or_one_that_is_named() -> None:
    assert make("rerun").stdout.endswith(".rerun   results/latest\n")
    assert make("rerun", "RUN=results/x", "SEED=1").stdout.endswith(".rerun --variable 'SEED:1'  results/x\n")


def test_steps_of_the_nightly_pass_are_passed_on() -> None:
    done = make("nightly", "STEPS=kills suites", "SLICE_MINUTES=7")
    assert done.returncode == 0, done.stderr
    assert "--minutes 7 --step kills --step suites" in done.stdout


def test_help_names_every_setting() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, env=BARE, capture_output=True, text=True, check=True)
    assert re.findall(r"^  ([A-Z_0-9]+) ", done.stdout, re.MULTILINE) == [each.name for each in DECLARED]
