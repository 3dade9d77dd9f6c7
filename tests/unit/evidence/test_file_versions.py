"""What is there again when a change of a file is taken back, by what devices were asked for."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tests.unit.evidence.checker_cases.case import told
from tests.unit.evidence.file_stories import BOTH, GONE, ONE, PLAN, TWO, Act, everybody, writes

from syncproof.workloads.files.versions import Versions

SPLIT = (*ONE, writes("Alice", "two"), writes("Bob", "three"), everybody())


@pytest.mark.parametrize(
    ("acts", "undone", "again"),
    [
        (ONE, "a1", ("", True)),
        (TWO, "b1", ("one", True)),
        (GONE, "b1", ("one", True)),
        (BOTH, "b1", ("", False)),
        (SPLIT, "b1", ("", False)),
    ],
)
def test_what_is_there_again(acts: Sequence[Act], undone: str, again: tuple[str, bool]) -> None:
    file, alone = Versions(told(*acts)().history).before(PLAN, undone)
    assert (file.digest if file else "", alone) == again
