"""Ends a run of which nothing can work, with one message: what is left of it is not run.

Under pabot each suite file is a run of its own, which says it once.
"""

from __future__ import annotations

from typing import Any


def refuse(suite: Any, message: str) -> None:
    """Let the first test of a suite that begins tell why nothing can run, and be the only one of the run."""
    first = suite.tests[0]
    suite.setup = suite.teardown = first.setup = first.teardown = None
    first.error = message
    end_with(first)


def end_with(test: Any) -> None:
    """Let no test begin behind this one: each would only say that the run was stopped."""
    suite = test.parent
    del suite.tests[list(suite.tests).index(test) + 1 :]
    while (parent := suite.parent) is not None:
        del parent.suites[list(parent.suites).index(suite) + 1 :]
        suite = parent
