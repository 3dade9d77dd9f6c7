"""A red conformance test says of which request and which field it is: somebody has to mend an agent by it."""

from __future__ import annotations

from pathlib import Path

import pytest
from robot.api.parsing import KeywordCall, ModelVisitor, get_model

ROOT = Path(__file__).parents[3]
FILES = sorted([*ROOT.glob("resources/agent*.resource"), *ROOT.glob("suites/agent/*.robot")])


class _Assertions(ModelVisitor):  # type: ignore[misc]
    """The assertions of Robot Framework's own libraries, with their arguments."""

    def __init__(self) -> None:
        self.found: list[tuple[int, str, tuple[str, ...]]] = []

    def visit_KeywordCall(self, node: KeywordCall) -> None:  # noqa: N802
        """One step of a test or a keyword."""
        if " Should " in f" {node.keyword} " and not node.keyword.startswith(("Vector Clock", "The ")):
            self.found.append((node.lineno, node.keyword, node.args))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_assertion_says_what_it_is_about(path: Path) -> None:
    assertions = _Assertions()
    assertions.visit(get_model(path))
    without = [
        f"{path.name}:{line}: {keyword}"
        for line, keyword, args in assertions.found
        if not any(word.startswith("msg=") for word in args)
    ]
    assert without == []


def test_assertions_are_found() -> None:
    assertions = _Assertions()
    for path in FILES:
        assertions.visit(get_model(path))
    assert len(assertions.found) > 30
