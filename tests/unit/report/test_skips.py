from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import robot
from tests.unit.stories import by_identity

from syncproof.kernel.demands import left_out, needs_of
from syncproof.keywords.skips import steps_of
from syncproof.report import skips
from syncproof.report.skips import Skip, main, may_skip, rows, skipped
from syncproof.systems.manifest import Manifest
from syncproof.systems.products import find, known

HEAD = "variant,stack,test,why\n"


@pytest.fixture
def output(tmp_path: Path) -> Path:
    suite = tmp_path / "suites" / "away" / "away_days.robot"
    suite.parent.mkdir(parents=True)
    suite.write_text("*** Test Cases ***\nRuns\n    No Operation\nAway\n    Skip    It needs containers.\n")
    robot.run(str(suite), outputdir=str(tmp_path), console="none", log=None, report=None)
    return tmp_path / "output.xml"


def product(folder: Path, *lines: str, variant: str = "") -> Manifest:
    (folder / skips.FILE).write_text(HEAD + "".join(f"{line}\n" for line in lines))
    return msgspec.structs.replace(find("bundled"), folder=folder, variant=variant)


AWAY = "suites/away/away_days.robot::Away"


def test_what_was_skipped_is_found_with_its_reason(output: Path) -> None:
    assert skipped(output) == [Skip(AWAY, "It needs containers.")]


def test_a_skip_is_held_against_the_list_of_what_its_file_ran_on(
    output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists = {"nats": product(tmp_path, f",embedded,{AWAY},x")}
    monkeypatch.setattr(skips, "find", lists.__getitem__)
    with pytest.raises(KeyError, match="bundled"):
        main([str(output)])
    suite = tmp_path / "suites" / "away" / "away_days.robot"
    suite.write_text(f"*** Settings ***\nMetadata    Product    nats\n{suite.read_text()}")
    robot.run(str(suite), outputdir=str(tmp_path), console="none", log=None, report=None)
    assert skipped(output) == [Skip(AWAY, "It needs containers.", "nats")]
    assert main([str(output)]) == 0


@pytest.mark.parametrize(
    ("line", "variant", "stack", "may"),
    [
        (f",embedded,{AWAY},x", "", "embedded", True),
        (f",embedded,{AWAY},x", "", "compose", False),
        (f",,{AWAY},x", "", "compose", True),
        (f",,{AWAY},x", "encrypted", "embedded", True),
        (f"encrypted,,{AWAY},x", "encrypted", "embedded", True),
        (f"encrypted,,{AWAY},x", "", "embedded", False),
        (f"-,,{AWAY},x", "", "embedded", True),
        (f"-,,{AWAY},x", "encrypted", "embedded", False),
        (",,suites/away/*,no such thing", "", "embedded", True),
        (",,suites/home/*,no such thing", "", "embedded", False),
    ],
)
def test_a_row_speaks_of_a_variant_a_stack_and_tests(
    tmp_path: Path, line: str, variant: str, stack: str, may: bool
) -> None:
    assert may_skip(product(tmp_path, line, variant=variant), stack, AWAY, ()) is may


def test_a_product_without_a_list_may_skip_what_it_cannot_do(tmp_path: Path) -> None:
    assert may_skip(msgspec.structs.replace(find("bundled"), folder=tmp_path), "embedded", AWAY, ())


def test_a_skip_more_than_listed_fails(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(skips, "find", lambda _: product(tmp_path, f",embedded,{AWAY},x"))
    assert main([str(output)]) == 0
    assert main(["--stack", "compose", str(output)]) == 1
    assert capsys.readouterr().out.startswith(
        f"{AWAY} was skipped: It needs containers. (bundled/skipped.csv"
    )


def test_no_list_names_what_follows_from_the_workloads(tmp_path: Path) -> None:
    mine = msgspec.structs.replace(product(tmp_path), workloads=("messages",))
    assert may_skip(mine, "embedded", AWAY, ["clock", "workloads:channels"])
    assert not may_skip(mine, "embedded", AWAY, ["clock", "workloads:messages"])
    assert not may_skip(product(tmp_path), "embedded", AWAY, ["workloads:messages"])
    silent = msgspec.structs.replace(product(tmp_path), workloads=None)
    assert not may_skip(silent, "embedded", AWAY, ["workloads:channels"])


@pytest.mark.parametrize("name", sorted({find(system).name for system in known()}))
def test_no_row_is_left_of_what_follows_from_the_workloads(name: str) -> None:
    there = {test: list(needs_of(steps_of(its))) for test, its in by_identity().items()}
    systems = [each for system in known() if (each := find(system)).name == name]
    for row in rows(find(name)) or []:
        assert any(
            not left_out(system.workloads, needs)
            for system in systems
            for test, needs in there.items()
            if row.variant in ("", system.variant or "-") and row.speaks_of(test)
        ), f"{row.test} of {name}/skipped.csv follows from its manifest"


@pytest.mark.parametrize("system", known())
def test_the_list_names_tests_that_there_are(system: str) -> None:
    there = {test: set(its.tags) for test, its in by_identity().items()}
    for row in rows(find(system)) or []:
        assert "*" in row.test or row.test in there, row
    for row in rows(find("bundled")) or []:
        an_image_lacks_it = row.stack == "compose" and row.why.startswith("needs clients:")
        assert "*" in row.test or an_image_lacks_it or there[row.test] & {"docker", "kernel", "disk"}, row
