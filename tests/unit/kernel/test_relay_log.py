"""Holes in the relay's request log."""

from __future__ import annotations

import pytest

from syncproof.kernel.relay_log import asked_since, has_hole
from syncproof.kernel.server import RequestLine

#: What was read before, the numbers and moments of what the log has, whether something since moment 50 may be missing.
CASES: dict[str, tuple[int, list[tuple[int, int]], bool]] = {
    "nothing asked": (0, [], False),
    "nothing more asked": (8, [], False),
    "from the start of the relay": (0, [(1, 60), (2, 70)], False),
    "the first known was asked before": (0, [(7, 40), (8, 60)], False),
    "the first known was asked since": (0, [(7, 60), (8, 70)], True),
    "read on": (7, [(8, 60), (9, 70)], False),
    "rolled over between two readings": (7, [(9, 60), (10, 70)], True),
    "rolled over while it was read": (0, [(1, 40), (2, 60), (4, 70)], True),
    "the relay was started anew": (7, [(1, 70)], True),
}


@pytest.mark.parametrize("case", CASES)
def test_a_hole_is_found(case: str) -> None:
    last, asked, hole = CASES[case]
    lines = [RequestLine(n, t_ns, "GET", "/health", "Bob", 200) for n, t_ns in asked]
    assert has_hole(lines, last, since_ns=50) is hole


def _line(n: int, t_ns: int) -> RequestLine:
    return RequestLine(n, t_ns, "GET", "/health", "Bob", 200)


@pytest.mark.parametrize(
    ("known", "new"), [([], [60, 70]), ([(9, 40)], [60, 70]), ([(9, 40), (1, 60)], [70])]
)
def test_a_log_that_began_anew_is_read_on_by_its_moments(
    known: list[tuple[int, int]], new: list[int]
) -> None:
    lines = [_line(1, 60), _line(2, 70)]
    assert [line.t_ns for line in asked_since(lines, [_line(*each) for each in known])] == new
