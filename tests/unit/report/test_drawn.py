from __future__ import annotations

from pathlib import Path

import pytest
from robot import api

from syncproof.report.drawn import PLACES, choose, main

FILES = [f"suites/a/{name}.robot" for name in "abcdef"]
A, B, C, D, E, F = FILES


@pytest.mark.parametrize(
    ("needed", "touched", "places", "surely"),
    [
        ([], [], 6, FILES),
        ([], [], 9, FILES),
        ([F, B], [], 2, [B, F]),
        ([F, B], [A], 1, [B, F]),  # what can run nowhere else runs, whatever there is place for
        ([F], [B, C], 3, [B, C, F]),
        ([F], [F, "libraries/x.py"], 1, [F]),
        (["suites/elsewhere.robot"], ["README.md"], 6, FILES),
        ([], [A, B, C, D, E, F], 0, []),
    ],
)
@pytest.mark.parametrize("draw", [0, 7])
def test_what_can_run_nowhere_else_comes_first_then_what_was_touched(
    needed: list[str], touched: list[str], places: int, surely: list[str], draw: int
) -> None:
    assert choose(FILES, needed, touched, draw, places) == surely


def test_the_commit_draws_the_others_and_each_has_its_turn() -> None:
    drawn = [choose(FILES, [F], [B], draw, 3) for draw in range(40)]
    assert all(len(one) == 3 and {B, F} < {*one} for one in drawn)
    assert {file for one in drawn for file in one} == {*FILES}
    assert drawn == [choose(FILES, [F], [B], draw, 3) for draw in range(40)]


def test_the_files_are_printed_and_what_is_left_out_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "suites" / "a"
    folder.mkdir(parents=True)
    (folder / "__init__.robot").touch()
    for number in range(PLACES + 2):
        skip = "Skip    It needs containers." if number == 25 else "No operation"
        (folder / f"{number:02}.robot").write_text(f"*** Test Cases ***\nX\n    {skip}\n")
    api.TestSuite.from_file_system(str(folder)).run(output=str(tmp_path / "output.xml"), console="none")
    assert main(["suites/a", "--skipped-in", "output.xml"]) == 0
    said, told = capsys.readouterr()
    assert len(said.split()) == PLACES
    assert "suites/a/25.robot" in said.split()
    assert "__init__" not in said
    left_out = {f"suites/a/{number:02}.robot" for number in range(PLACES + 2)} - {*said.split()}
    assert told.startswith(f"2 of {PLACES + 2} suite files were left out: there is time for {PLACES}")
    assert all(file in told for file in left_out)
