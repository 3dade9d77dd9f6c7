"""What a keyword breaks is undone with the test, or with the suite, in which it was said."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from syncproof.keywords.pabot_tie import end_with_pabot

Undo = Callable[[], object]


class Undoing:
    """Base of a library that is its own listener. A subclass says what to do where something cannot be undone."""

    def __init__(self) -> None:
        # One list of what to undo for each suite and test that is running; the innermost is the last.
        self._undo: list[list[Undo]] = [[]]

    def start_suite(self, data: Any, result: Any) -> None:  # noqa: ARG002
        """Listener: what the suite's setup breaks is undone with the suite."""
        end_with_pabot()
        self._undo.append([])

    def start_test(self, data: Any, result: Any) -> None:  # noqa: ARG002
        """Listener: what the test breaks is undone with the test."""
        self._undo.append([])

    def end_test(self, data: Any, result: Any) -> None:  # noqa: ARG002
        """Listener: undo what the test did."""
        self._undo_innermost()

    def end_suite(self, data: Any, result: Any) -> None:  # noqa: ARG002
        """Listener: undo what the suite's setup did."""
        self._undo_innermost()

    def undo_later(self, undo: Undo) -> None:
        """For the keywords: what will take back what was just done."""
        self._undo[-1].append(undo)

    def take_back(self, undo: Undo) -> None:
        """Undo one thing, and warn where that cannot be."""
        raise NotImplementedError

    def _undo_innermost(self) -> None:
        with ExitStack() as undoing:  # all of it, also where one thing cannot be taken back
            for undo in self._undo.pop():
                undoing.callback(self.take_back, undo)
