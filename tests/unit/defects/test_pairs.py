from __future__ import annotations

from pathlib import Path

import pytest

import syncproof_defects as defects
from syncproof.systems.products import known
from syncproof_defects.pairs import TABLES, Pair, checks, declared, scenarios, undeclared

SUITES = Path(__file__).parents[3] / "suites"
TESTS = {"suites/catchup/a.robot::A": "bundled", "suites/catchup/a.robot::B": "bundled"}
A, B = TESTS
CHECKS = ("no_loss", "delivery")
GOOD = f"{A},bundled,bundled:no_deduplication,no_loss\n"


def table(folder: Path, rows: str) -> Path:
    path = folder / "pairs.csv"
    path.write_text(f"test,product,defect,check\n{rows}")
    return path


def test_the_pairs_of_several_tables_are_read(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = table(tmp_path / "other", GOOD.replace("::A", "::B"))
    pairs = declared([table(tmp_path, GOOD), other], TESTS, CHECKS)
    assert pairs == [
        Pair(A, "bundled", "bundled:no_deduplication", "no_loss"),
        Pair(B, "bundled", "bundled:no_deduplication", "no_loss"),
    ]
    assert (pairs[0].suite, pairs[0].defect_name) == ("suites/catchup/a.robot", "no_deduplication")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (GOOD.replace("::A", "::C"), "no suite has this test"),
        (
            GOOD.replace("no_deduplication", "no_duplication"),
            "no defect has this name; one is called 'no_dedup",
        ),
        (GOOD.replace("no_deduplication", "imaginary"), "no defect has this name$"),
        (GOOD.replace(",bundled,", ",matrix,"), "'matrix' cannot have a defect of 'bundled'"),
        (
            GOOD.replace("bundled:no_dedup", "no_dedup"),
            "'no_deduplication' has no defects; these have: bundled",
        ),
        (GOOD.replace("no_loss", "imaginary"), r"no check is called 'imaginary' \(checks.md has them all\)"),
        (GOOD.replace("no_loss", ""), r"no check is called ''"),
        (GOOD + GOOD, "it stands there twice"),
    ],
)
def test_a_row_that_names_what_is_not_there_is_refused(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(ValueError, match=rf"pairs\.csv: suites/catchup/a\.robot::.* <- .*: {said}"):
        declared([table(tmp_path, row)], TESTS, CHECKS)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"(?s)no suite has this test.*no check is called"):
        declared([table(tmp_path, GOOD.replace("::A", "::C") + GOOD.replace("no_loss", "x"))], TESTS, CHECKS)


def test_a_pair_on_another_product_is_none_on_the_default_one(tmp_path: Path) -> None:
    pairs = declared([table(tmp_path, GOOD)], TESTS, CHECKS)
    assert undeclared(pairs, TESTS) == [B]
    elsewhere = Pair(B, "matrix", "matrix:trusts_sync_alone", "no_loss")
    assert undeclared([*pairs, elsewhere], TESTS) == [B]


def test_this_projects_tables_are_whole() -> None:
    tests = scenarios(SUITES)
    pairs = declared(TABLES, tests, checks())
    assert undeclared(pairs, tests) == []
    assert {pair.product for pair in pairs} <= set(known())
    assert {pair.defect.partition(":")[0] for pair in pairs} == set(defects.PRODUCTS)


def test_a_test_needs_its_pair_on_its_own_default_product(tmp_path: Path) -> None:
    pairs = declared([table(tmp_path, GOOD)], TESTS, CHECKS)
    assert undeclared(pairs, {A: "nats"}) == [A]


def test_scenarios_are_found_whatever_folder_they_are_in(tmp_path: Path) -> None:
    for category in ("away", "home", "agent"):
        (tmp_path / "suites" / category).mkdir(parents=True)
        (tmp_path / "suites" / category / f"{category}_file.robot").write_text(
            f"*** Test Cases ***\nTakes 1.5 s in {category}\n    No Operation\n"
        )
    assert scenarios(tmp_path / "suites") == {
        f"suites/{category}/{category}_file.robot::Takes 1.5 s in {category}": "bundled"
        for category in ("away", "home")
    }
