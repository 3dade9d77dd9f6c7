from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import syncproof_defects as defects

Books = list[int]
_Original = Callable[..., Books]


class Shelf:
    kinds = "novels, maps"

    def take(self) -> Books:
        return [1, 2, 3]

    @property
    def size(self) -> int:
        return len(self.take())


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(defects, "_known", dict(defects._known))


def loses_last(original: _Original, self: Shelf) -> Books:
    """A shelf loses its last book."""
    defects._known["loses_last"].ran()
    return original(self)[:-1]


def test_an_applied_defect_breaks_and_says_once_that_it_ran(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    defects.breaks(Shelf, "take")(loses_last)
    assert defects.known()["loses_last"] == "A shelf loses its last book."
    assert defects.file_of("loses_last") == Path(__file__)
    log = tmp_path / "x.log"
    with defects.apply(["loses_last"]):
        log.write_text("starting\n" + capfd.readouterr().err)
        assert defects.ran_in(log) == []
        assert Shelf().take() == [1, 2]
        assert Shelf().take() == [1, 2]
        assert Shelf().size == 2
    said = capfd.readouterr().err
    assert said == "defect loses_last ran\n"
    log.write_text("starting\n" + said)
    assert defects.ran_in(log) == ["loses_last"]


def test_it_is_undone_and_begins_anew(capfd: pytest.CaptureFixture[str]) -> None:
    before = dict(vars(Shelf))

    @defects.breaks(Shelf, "take")
    def counts(original: _Original, self: Shelf) -> Books:
        """A shelf hands out how often it was asked as well."""
        counts.ran()
        counts.state["asked"] = counts.state.get("asked", 0) + 1
        return [*original(self), counts.state["asked"]]

    for _ in range(2):
        with defects.apply(["counts"]):
            assert [Shelf().take()[-1], Shelf().take()[-1]] == [1, 2]
        assert dict(vars(Shelf)) == before
    assert capfd.readouterr().err == "defect counts ran\n" * 2


def test_a_defect_has_as_many_places_as_it_needs() -> None:
    before = dict(vars(Shelf))

    @defects.breaks(Shelf, "size")
    def forgets(original: Callable[[Shelf], int], self: Shelf) -> int:
        """A shelf forgets much."""
        return original(self) - 1

    @forgets.breaks(Shelf, "take")
    def _take(original: _Original, self: Shelf) -> Books:
        return original(self)[1:]

    @forgets.alters(Shelf, "kinds")
    def _kinds(kinds: str) -> str:
        return kinds.partition(",")[0]

    with defects.apply(["forgets"]):
        shelf = Shelf()
        assert (shelf.take(), shelf.size, shelf.kinds) == ([2, 3], 1, "novels")
    assert dict(vars(Shelf)) == before


def test_a_part_of_another_reports_for_it(capfd: pytest.CaptureFixture[str]) -> None:
    part = defects.breaks(Shelf, "take")(loses_last)

    @defects.breaks(Shelf, "size")
    def whole(original: Callable[[Shelf], int], self: Shelf) -> int:
        """A shelf is wrong about its size, too."""
        return original(self) + 5

    whole.includes(part)
    with defects.apply(["whole"]):
        assert Shelf().size == 7
    assert capfd.readouterr().err == "defect whole ran\n"
    assert Shelf().size == 3


def test_nothing_breaks_unasked() -> None:
    defects.breaks(Shelf, "take")(loses_last)
    defects.apply([])
    assert Shelf().take() == [1, 2, 3]


def test_an_unknown_defect_is_refused_with_the_known_ones_and_breaks_nothing() -> None:
    defects.breaks(Shelf, "take")(loses_last)
    with pytest.raises(ValueError, match=r"There is no defect 'imaginary'\. Defects: .*loses_last"):
        defects.apply(["loses_last", "imaginary"])
    assert Shelf().take() == [1, 2, 3]


def test_a_place_that_the_product_no_longer_has_is_an_error() -> None:
    defects.breaks(Shelf, "put")(loses_last)
    with pytest.raises(AttributeError, match="Shelf no longer defines 'put'"):
        defects.apply(["loses_last"])


def test_a_defect_must_say_what_it_breaks() -> None:
    def silent(original: Callable[..., Books], self: Shelf) -> Books:
        return original(self)

    with pytest.raises(ValueError, match="'silent' does not say"):
        defects.breaks(Shelf, "take")(silent)


def test_two_defects_of_one_name_are_refused() -> None:
    defects.breaks(Shelf, "take")(loses_last)

    def other(original: Callable[..., Books], self: Shelf) -> Books:
        """Another."""
        return original(self)

    other.__name__, other.__module__ = "loses_last", "elsewhere"
    with pytest.raises(ValueError, match="two defects are called 'loses_last'"):
        defects.breaks(Shelf, "take")(other)


def test_one_that_no_longer_takes_what_it_replaces_takes_is_not_applied() -> None:
    @defects.breaks(Shelf, "take")
    def takes_more(original: _Original, self: Shelf, most: int) -> Books:
        """A shelf hands out a few books only."""
        return original(self)[:most]

    with pytest.raises(TypeError, match="'takes_more' takes other arguments"):
        defects.apply(["takes_more"])
