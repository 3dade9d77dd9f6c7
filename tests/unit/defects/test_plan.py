from __future__ import annotations

from pathlib import Path

import pytest

from syncproof_defects import pages, plan
from syncproof_defects.pairs import Pair

PLAIN = plan.Scenario("suites/catchup/a.robot::A plain test", frozenset({"L-1", "L-2"}), ())
OTHER = plan.Scenario(
    "suites/catchup/a.robot::Another", frozenset({"L-2"}), ("embedded",), ("workloads:messages",)
)
CAUGHT = Pair(PLAIN.test, "bundled", "bundled:loses_one", "no_loss")
IDS = [
    plan.Demand("L-1", "catchup", "One"),
    plan.Demand("L-2", "catchup", "Two"),
    plan.Demand("M-1", "tasks", "3"),
]


def rows(found: list[plan.Scenario], pairs: list[Pair]) -> list[list[str]]:
    table = plan.tables(IDS, found, pairs)
    cells = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row[:5]] for row in cells]


def test_an_id_stands_when_each_of_its_tests_catches_a_defect() -> None:
    link, other = "[A plain test](../suites/catchup/a.robot)", "[Another](../suites/catchup/a.robot)"
    assert rows([PLAIN, OTHER], [CAUGHT])[2:] == [
        ["L-1", "One", "stands", link, "`loses_one` by `no_loss`"],
        ["L-2", "Two", "unproved", link, "`loses_one` by `no_loss`"],
        ["", "", "", other, ""],
        ["id", "demands", "state", "test", "catches"],
        ["---"] * 5,
        ["M-1", "3", "missing", "", ""],
    ]


def test_a_product_that_must_skip_a_test_does_not_stand_beside_it() -> None:
    """Matrix has no other client, NATS no containers; a category may be for one stack only."""
    both = plan.Scenario(
        "suites/component/swapped_keys.robot::Somebody swaps the identity keys",
        frozenset({"L-1"}),
        (),
        ("workloads:messages",),
    )
    (*_, last) = plan.tables(IDS[:1], [both], []).splitlines()[-1:]
    assert last.endswith("|  | bundled | bundled |")
    (*_, last) = plan.tables(IDS[1:2], [OTHER], []).splitlines()[-1:]
    assert last.endswith("|  | bundled, atuin, matrix, matrix-encrypted, nats |  |")


def test_a_defect_of_another_product_is_told_with_it() -> None:
    assert (
        plan.caught(Pair("t", "matrix-encrypted", "matrix:x", "no_loss"))
        == "`matrix-encrypted:x` by `no_loss`"
    )


def test_each_defect_stands_there_with_what_it_breaks_and_who_catches_it() -> None:
    pair = Pair(PLAIN.test, "bundled", "bundled:drops_last_of_page", "delivery")
    (row,) = [line for line in pages.tables([pair]).splitlines() if "`drops_last_of_page`" in line]
    assert "A page of catch-up loses its last event" in row
    assert row.endswith("| [A plain test](../suites/catchup/a.robot): `delivery` |")


def test_the_pages_are_up_to_date() -> None:
    stale = [page.name for page, text in pages.pages().items() if page.read_text() != text]
    assert stale == [], "`make docs` writes them"


def test_a_page_without_marks_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Nothing\n")
    with pytest.raises(ValueError, match="no place for its tables"):
        pages.with_tables(page, "text")
    page.write_text("Before\n<!-- made by make docs -->\nold\n<!-- end -->\nbehind\n")
    assert (
        pages.with_tables(page, "new\n") == "Before\n<!-- made by make docs -->\nnew\n<!-- end -->\nbehind\n"
    )
