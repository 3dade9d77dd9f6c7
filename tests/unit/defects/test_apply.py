from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import syncproof_defects as defects


class Shelf:
    def take(self) -> list[int]:
        return [1, 2, 3]


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(defects, "_known", dict(defects._known))
    monkeypatch.setattr(Shelf, "take", Shelf.take)


def loses_last(ran: defects.Ran) -> None:
    """A shelf loses its last book."""

    def broken(original: Callable[[Shelf], list[int]]) -> Callable[[Shelf], list[int]]:
        def take(self: Shelf) -> list[int]:
            ran()
            return original(self)[:-1]

        return take

    defects.replace(Shelf, "take", broken)


def test_an_applied_defect_breaks_and_says_once_that_it_ran(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    defects.defect(loses_last)
    assert defects.known()["loses_last"] == "A shelf loses its last book."
    defects.apply(["loses_last"])
    log = tmp_path / "x.log"
    log.write_text("starting\n" + capfd.readouterr().err)
    assert defects.ran_in(log) == []
    assert Shelf().take() == [1, 2]
    assert Shelf().take() == [1, 2]
    said = capfd.readouterr().err
    assert said == "defect loses_last ran\n"
    log.write_text("starting\n" + said)
    assert defects.ran_in(log) == ["loses_last"]


def test_nothing_breaks_unasked() -> None:
    defects.defect(loses_last)
    defects.apply([])
    assert Shelf().take() == [1, 2, 3]


def test_an_unknown_defect_is_refused_with_the_known_ones() -> None:
    defects.defect(loses_last)
    with pytest.raises(ValueError, match=r"There is no defect 'imaginary'\. Defects: .*loses_last"):
        defects.apply(["imaginary"])


def test_a_place_that_the_product_no_longer_has_is_an_error() -> None:
    with pytest.raises(AttributeError, match="Shelf no longer defines 'put'"):
        defects.replace(Shelf, "put", lambda original: original)


def test_a_defect_must_say_what_it_breaks() -> None:
    def silent(ran: defects.Ran) -> None:
        ran()

    with pytest.raises(ValueError, match="'silent' does not say"):
        defects.defect(silent)


def test_two_defects_of_one_name_are_refused() -> None:
    defects.defect(loses_last)

    def other(ran: defects.Ran) -> None:
        """Another."""
        ran()

    other.__name__, other.__module__ = "loses_last", "elsewhere"
    with pytest.raises(ValueError, match="two defects are called 'loses_last'"):
        defects.defect(other)
