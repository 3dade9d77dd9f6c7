from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from robot import api

from syncproof.report.ordering import COLUMNS, main, read, together


@pytest.mark.parametrize(
    ("seconds", "processes", "groups"),
    [
        ({}, 2, []),
        ({"a": 0, "b": 0}, 2, [["a", "b"]]),
        ({"a": 3, "b": 9, "c": 6}, 1, [["b"], ["c"], ["a"]]),
        ({"a": 1, "b": 1, "c": 1, "d": 30, "e": 2, "f": 1}, 1, [["d"], ["e", "a", "b", "c", "f"]]),
        (
            dict.fromkeys("abcdefghijkl", 1),
            2,
            [["a", "b", "c"], ["d", "e"], ["f"], ["g"], ["h"], ["i"], ["j"], ["k"], ["l"]],
        ),
    ],
)
def test_short_files_share_a_process_and_long_ones_begin(
    seconds: dict[str, float], processes: int, groups: list[list[str]]
) -> None:
    assert together(seconds, processes) == groups


@given(
    st.dictionaries(st.text("abc", min_size=1, max_size=4), st.one_of(st.just(0.0), st.floats(0.1, 90))),
    st.integers(1, 8),
)
def test_every_file_runs_once_and_no_shared_process_takes_longer_than_its_part(
    seconds: dict[str, float], processes: int
) -> None:
    groups = together(seconds, processes)
    assert sorted(file for group in groups for file in group) == sorted(seconds)
    for group in groups:
        took = sum(seconds[file] for file in group)
        assert len(group) == 1 or took <= sum(seconds.values()) / (2 * processes)
    # However many files there are, processes are not: two neighbours together are more than the least of one.
    assert len(groups) <= 12 * processes + 1


@pytest.fixture
def suites(tmp_path: Path) -> Path:
    folder = tmp_path / "suites"
    for name in ("near/short", "near/long_one", "far/off/new"):
        file = folder / f"{name}.robot"
        file.parent.mkdir(parents=True, exist_ok=True)
        tests = 12 if name.endswith("new") else 1
        file.write_text("*** Test Cases ***\n" + "".join(f"X{i}\n    No operation\n" for i in range(tests)))
    (folder / "near" / "__init__.robot").write_text("*** Settings ***\nDocumentation    Near.\n")
    return folder


def test_pabot_is_told_each_group(suites: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (suites / "seconds.csv").write_text(
        "suite,quick,acceptance\nnear/short.robot,2,20\nnear/long_one.robot,40,\ngone.robot,1,1\n"
    )
    assert main(["quick", "--suites", str(suites), "--processes", "1"]) == 0
    *lines, last = capsys.readouterr().out.split("\n")
    assert last == ""
    # The two tests of those that were measured took 42, so that twelve tests that were not take 252.
    long, shared = ["Suites.Far.Off.New"], ["Suites.Near.Long One", "Suites.Near.Short"]
    assert lines == [
        *(f"--suite {name}" for name in long),
        *("{", *(f"--suite {name}" for name in shared), "}"),
    ]
    assert {*long, *shared} <= {
        suite.full_name for suite in below(api.TestSuite.from_file_system(str(suites)))
    }


def test_of_chosen_files_pabot_is_told_only_those(
    suites: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (suites / "seconds.csv").write_text("suite,quick,acceptance\n")
    (tmp_path / "files.txt").write_text(f"{suites}/near/short.robot\n")
    assert main(["quick", "--suites", str(suites), "--only", str(tmp_path / "files.txt")]) == 0
    assert capsys.readouterr().out.split("\n") == ["--suite Suites.Near.Short", ""]


def below(suite: api.TestSuite) -> list[api.TestSuite]:
    return [suite, *(each for one in suite.suites for each in below(one))]


def test_what_a_run_took_is_kept_and_what_is_gone_is_not(suites: Path, tmp_path: Path) -> None:
    table = suites / "seconds.csv"
    table.write_text(
        "suite,quick,acceptance\nnear/short.robot,2,20\nnear/gone.robot,40,400\nnear/long_one.robot,7,\n"
    )
    output = tmp_path / "output.xml"
    api.TestSuite.from_file_system(str(suites / "near" / "short.robot"), str(suites / "far")).run(
        output=str(output), console="none"
    )
    assert main(["quick", "--suites", str(suites), "--measured", str(output)]) == 0
    assert read(table, "quick") == {"far/off/new.robot": 0, "near/long_one.robot": 7, "near/short.robot": 0}
    assert read(table, "acceptance") == {"near/short.robot": 20}
    assert table.read_text().splitlines()[0] == ",".join(("suite", *COLUMNS))
