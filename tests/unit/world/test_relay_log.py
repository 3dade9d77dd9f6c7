"""Holes in the relay's request log."""

from __future__ import annotations

import pytest

from syncproof.systems.server import RequestLine
from syncproof.world.relay_log import has_hole

#: The numbers and moments of what the log has, and whether something since moment 50 may be missing.
CASES: dict[str, tuple[list[tuple[int, int]], bool]] = {
    "nothing asked": ([], False),
    "from the start of the relay": ([(1, 60), (2, 70)], False),
    "the first known was asked before": ([(7, 40), (8, 60)], False),
    "the first known was asked since": ([(7, 60), (8, 70)], True),
    "rolled over while it was read": ([(1, 40), (2, 60), (4, 70)], True),
    "the relay was started anew": ([(8, 60), (1, 70)], True),
}


@pytest.mark.parametrize("case", CASES)
def test_a_hole_is_found(case: str) -> None:
    asked, hole = CASES[case]
    lines = [RequestLine(n, t_ns, "GET", "/health", "Bob", 200) for n, t_ns in asked]
    assert has_hole(lines, since_ns=50) is hole
