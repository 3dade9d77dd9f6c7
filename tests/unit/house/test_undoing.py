"""What a keyword broke is taken back with its test, all of it."""

from __future__ import annotations

import pytest

from syncproof.keywords.undoing import Undo, Undoing


class Library(Undoing):
    def take_back(self, undo: Undo) -> None:
        undo()


def test_what_cannot_be_taken_back_leaves_nothing_else_broken() -> None:
    library = Library()
    done: list[str] = []

    def fails() -> None:
        raise OSError("it cannot be reached")

    library.start_test(None, None)
    library.undo_later(lambda: done.append("first"))
    library.undo_later(fails)
    library.undo_later(lambda: done.append("last"))
    with pytest.raises(OSError, match="it cannot be reached"):
        library.end_test(None, None)
    assert done == ["last", "first"]
    library.end_test(None, None)
    assert done == ["last", "first"]
