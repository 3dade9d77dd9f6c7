"""What `robot --dryrun` finds beyond keywords and values: what a file alone shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from robot.api import logger
from robot.libraries.BuiltIn import BuiltIn

from syncproof.kernel.demands import needs_of
from syncproof.kernel.sentence import Sentence, bare, outdated, parse
from syncproof.kernel.story import first_impossible
from syncproof.report.skips import may_skip, rows
from syncproof.systems.manifest import Manifest

#: Items of a result that have the name of a keyword.
_KEYWORDS = ("KEYWORD", "SETUP", "TEARDOWN")
#: Which of their sentences are said a dry run does not know.
_BRANCHES = ("IF/ELSE ROOT", "TRY/EXCEPT ROOT", "WHILE")


class Unreadable(Exception):
    """The order of a test's sentences cannot be told without running it."""


def is_on() -> bool:
    """Whether this run is a dry run."""
    return bool(BuiltIn().dry_run_active)


def judge(result: Any, product: Callable[[], Manifest], stack: str, test: str) -> None:
    """Lets a test fail whose sentences cannot happen, with what its run would say; one that failed is left alone.

    product: answers on what it would run. test: its id; what may be skipped there may speak of nodes that the
    product does not have.
    """
    if result.failed:
        return
    try:
        story = list(_sentences(result))
    except Unreadable:
        return
    tested = product()
    lacks_nodes = any(map(tested.layout.lacks, story)) and rows(tested) is not None
    if lacks_nodes and may_skip(tested, stack, test, needs_of(story)):
        return
    if wrong := first_impossible(story, tested.layout):
        result.status, result.message = "FAIL", wrong


def _sentences(item: Any) -> Iterator[Sentence]:
    """The sentences of a result in their order, with those inside its keywords."""
    if item.type in _BRANCHES:
        raise Unreadable
    # Asking for a set-up that is not there would make one.
    setup = [item.setup] if getattr(item, "has_setup", False) else []
    teardown = [item.teardown] if getattr(item, "has_teardown", False) else []
    for child in (*setup, *getattr(item, "body", ()), *teardown):
        name = str(child.name or "") if child.type in _KEYWORDS else ""
        try:
            yield parse(name)
            if today := outdated(name):
                logger.warn(f"'{bare(name)}' is how it was said before. Write '{today}'.")
        except ValueError:
            if "{" in name:  # a variable, which has no value yet
                raise Unreadable from None
            yield from _sentences(child)
