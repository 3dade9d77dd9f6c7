from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncproof_defects.pairs import Pair
from syncproof_defects.selection import PARTS, Candidates, Selection, select, touched_by

ROOT = Path(__file__).parents[3]


def pair(name: str) -> Pair:
    return Pair(f"suites/{name}.robot::{name}", "bundled", f"bundled:{name}", "delivery")


A, B, C, D, E, F = pairs = [pair(name) for name in "abcdef"]


NOT_1, NOT_5 = "not drawn: part 1 of 5 was", "not drawn: part 5 of 5 was"


@pytest.mark.parametrize(
    ("features", "touched", "draw", "expected"),
    [
        # Nothing to cover and nothing touched: a fifth by place.
        ({}, (), 0, ((), (), (A, F), dict.fromkeys((B, C, D, E), NOT_1))),
        ({}, (), 4, ((), (), (E,), dict.fromkeys((A, B, C, D, F), NOT_5))),
        ({}, (), 9, ((), (), (E,), dict.fromkeys((A, B, C, D, F), NOT_5))),
        # What is touched runs, and is not drawn as well.
        ({}, (E, B), 4, ((B, E), (), (), dict.fromkeys((A, C, D, F), NOT_5))),
        # Who covers most comes first, and of equals the first.
        ({A: "x", B: "xy", C: "z", D: "z"}, (), 4, ((), (B, C), (E,), dict.fromkeys((A, D, F), NOT_5))),
        # What is touched covers too.
        ({A: "x", B: "xy", C: "z", D: "z"}, (D,), 4, ((D,), (B,), (E,), dict.fromkeys((A, C, F), NOT_5))),
        # A pair that covers is not drawn as well.
        ({E: "x"}, (), 4, ((), (E,), (), dict.fromkeys((A, B, C, D, F), NOT_5))),
    ],
)
def test_a_selection_is(
    features: Mapping[Pair, str],
    touched: tuple[Pair, ...],
    draw: int,
    expected: tuple[tuple[Pair, ...], tuple[Pair, ...], tuple[Pair, ...], Mapping[Pair, str]],
) -> None:
    assert select(Candidates(pairs, features, touched), draw) == Selection(*expected)


TOUCHED, COVER, DRAWN = "touched within a day", "covers what no other does", "drawn"


@pytest.mark.parametrize(
    ("touched", "limit", "full", "ran"),
    [
        # All that would run: A and B are touched, C covers, E is drawn.
        ((A, B), 4, {}, (2, 1, 1)),
        ((A, B), 3, {DRAWN: 1}, (2, 1, 0)),
        ((A, B), 2, {COVER: 1, DRAWN: 1}, (2, 0, 0)),
        ((A, B), 1, {TOUCHED: 1, COVER: 1, DRAWN: 1}, (1, 0, 0)),
        ((A, B), 0, {TOUCHED: 2, COVER: 1, DRAWN: 1}, (0, 0, 0)),
        ((A, B, C, D, E, F), 4, {TOUCHED: 2}, (4, 0, 0)),
    ],
)
def test_where_more_would_run_than_have_places_touched_ones_go_first_then_those_that_cover(
    touched: tuple[Pair, ...], limit: int, full: Mapping[str, int], ran: tuple[int, int, int]
) -> None:
    found = select(Candidates(pairs, {C: "x"}, touched), 4, limit)
    assert (len(found.touched), len(found.cover), len(found.drawn)) == ran
    why = Counter(found.left_out.values())
    del why[NOT_5]
    assert why == {f"{group}, but CI's {limit} pairs were full": count for group, count in full.items()}


@pytest.mark.parametrize("draw", range(8))
def test_of_too_many_touched_ones_those_run_that_cover_what_all_of_them_cover(draw: int) -> None:
    found = select(Candidates(pairs, {A: "x", B: "xy", E: "z", F: "q"}, (A, B, C, D, E)), draw, 3)
    assert {B, E} < {*found.touched}
    assert len(found.touched) == 3
    assert found.cover == ()


def test_the_commit_draws_who_has_a_place() -> None:
    chosen = [select(Candidates(pairs, {}, pairs), draw, 2).touched for draw in range(40)]
    assert {len(of_one) for of_one in chosen} == {2}
    assert {one for of_one in chosen for one in of_one} == set(pairs), "every pair has its turn"
    backwards = [select(Candidates(pairs[::-1], {}, pairs), draw, 2).touched for draw in range(40)]
    assert [set(of_one) for of_one in backwards] == [set(of_one) for of_one in chosen]


@st.composite
def situations(draw: st.DrawFn) -> tuple[list[Pair], dict[Pair, frozenset[str]], list[frozenset[Pair]], int]:
    """Pairs, their features, what is touched in each of five commits, and the first of their draws."""
    names = draw(st.lists(st.text("abcxyz", min_size=1, max_size=4), unique=True, max_size=40))
    those = [pair(name) for name in names]
    some = st.frozensets(st.sampled_from("KLMNOPQR"), max_size=4)
    features = {one: draw(some) for one in those if draw(st.booleans())}
    touched = st.frozensets(st.sampled_from(those), max_size=5) if those else st.just(frozenset[Pair]())
    return those, features, [draw(touched) for _ in range(PARTS)], draw(st.integers(0, 2**160))


@given(situations())
def test_with_places_for_all_a_cover_covers_and_every_pair_is_run_within_five_draws(
    situation: tuple[list[Pair], dict[Pair, frozenset[str]], list[frozenset[Pair]], int],
) -> None:
    those, features, touched, draw = situation
    ran: set[Pair] = set()
    for number, lately in enumerate(touched):
        found = select(Candidates(those, features, lately), draw + number)
        every = {feature for of_one in features.values() for feature in of_one}
        assert {it for one in (*found.touched, *found.cover) for it in features.get(one, ())} == every
        groups = (found.touched, found.cover, found.drawn, found.left_out)
        assert sorted(map(str, (one for group in groups for one in group))) == sorted(map(str, those))
        assert set(found.touched) == lately
        # Each pair of the cover adds something.
        assert len(found.cover) <= len(every)
        assert len(found.drawn) <= -(-len(those) // PARTS)
        assert found == select(Candidates(those, features, lately), draw + number)
        ran |= found.chosen
    assert ran == set(those)


@given(situations(), st.integers(0, 40))
def test_no_more_run_than_there_are_places_for(
    situation: tuple[list[Pair], dict[Pair, frozenset[str]], list[frozenset[Pair]], int], limit: int
) -> None:
    those, features, touched, draw = situation
    without = select(Candidates(those, features, touched[0]), draw, len(those))
    found = select(Candidates(those, features, touched[0]), draw, limit)
    assert len(found.chosen) == min(limit, len(without.chosen))
    assert found.chosen <= without.chosen
    assert found.chosen | found.left_out.keys() == set(those)
    assert not found.chosen & found.left_out.keys()


@pytest.mark.parametrize("draw", range(8))
def test_a_new_row_runs_before_whatever_else_was_touched(draw: int) -> None:
    found = select(Candidates(pairs, {A: "x", B: "y"}, (A, B, C, D, E), new=(D,)), draw, 2)
    assert D in found.touched
    assert len({A, B} & {*found.touched}) == 1


@given(situations(), st.integers(0, 3), st.data())
def test_few_run_in_containers_and_they_take_no_places_of_others(
    situation: tuple[list[Pair], dict[Pair, frozenset[str]], list[frozenset[Pair]], int],
    limit: int,
    data: st.DataObject,
) -> None:
    those, features, touched, draw = situation
    apart = data.draw(st.frozensets(st.sampled_from(those)) if those else st.just(frozenset[Pair]()))
    found = select(Candidates(those, features, touched[0], in_containers=apart), draw, 40, limit)
    assert len(found.chosen & apart) <= limit
    assert touched[0] - apart <= found.chosen
    assert found.chosen | found.left_out.keys() == set(those)
    covered = {it for one in found.chosen for it in features.get(one, ())}
    assert covered >= {it for one, of_one in features.items() if one not in apart for it in of_one}


def test_what_only_containers_can_prove_is_covered_there_and_nothing_else() -> None:
    features = {A: "wx", B: "w", C: "x", D: "y", E: "yz"}
    found = select(Candidates(pairs, features, in_containers=(A, D, E)), 3, limit_apart=1)
    assert found.cover == (B, C, E)


REAL = Pair("suites/catchup/x.robot::X", "bundled", "bundled:drops_last_of_page", "no_loss")


@pytest.mark.parametrize(
    ("file", "touched"),
    [
        ("suites/catchup/x.robot", True),
        ("libraries/syncproof_products/bundled/defects/catch_up.py", True),
        ("libraries/syncproof_products/bundled/core/delivery.py", True),  # the defect breaks it
        ("libraries/syncproof/evidence/checkers/no_loss.py", True),
        ("libraries/syncproof/workloads/messages/sentences/delivery.py", True),  # it names the check
        ("suites/catchup/y.robot", False),
        ("libraries/syncproof_products/bundled/defects/marker.py", False),
        ("libraries/syncproof_products/bundled/core/marker.py", False),
        ("libraries/syncproof/evidence/checkers/no_duplicates.py", False),
        ("libraries/syncproof/gone.py", False),
    ],
)
def test_a_pair_is_touched_by_its_suite_its_defect_and_its_check(file: str, touched: bool) -> None:
    assert touched_by({"README.md", file}, [REAL], ROOT) == ({REAL} if touched else set())
