from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.histories import Story, exchange
from tests.unit.evidence.task_stories import Act, requested, together

LIMITS: dict[str, Any] = {"growth_bytes": 1_000_000, "least": 8}


def measured(*megabytes: float) -> Act:
    """The server's memory, one measurement after the other."""

    def act(story: Story) -> None:
        for size in megabytes:
            story.note("Alice", "server_memory", bytes=round(size * 1_000_000))

    return act


FLAT = measured(*[10] * 2, *[20] * 6)

CASES = (
    unknown("empty", empty, "0 requests, less than 8", **LIMITS),
    unknown("nothing of the kind", exchange, "0 requests", **LIMITS),
    unknown("too few requests", told(FLAT, together(7)), "7 requests", **LIMITS),
    unknown("another client", told(FLAT, together(8)), "0 requests", device="Bob", **LIMITS),
    unknown("memory was hardly measured", told(measured(*[20] * 7), together(8)), "measured 7 times", **LIMITS),
    good("flat behind a beginning", told(FLAT, together(8)), "8 requests, none failed", "20.0 MB to 20.0 MB", **LIMITS),
    good("as much as it may", told(measured(1, 1, 20, 20, 21, 21, 21, 21), together(8)), **LIMITS),
    good("it may shrink", told(measured(30, 30, 20, 20, 19, 19, 10, 10), together(8)), **LIMITS),
    good("one peak is no growth", told(measured(*[1] * 3, *[20] * 6, 20, 20, 90), together(12)), **LIMITS),
    bad("it grows", told(measured(18, 19, 20, 20, 21, 21.5, 22, 22), together(8)),
        "went from 20.0 MB to 22.0 MB; it may grow by 1 MB", **LIMITS),
    bad("it is refused", told(FLAT, together(6), requested(status=429), requested(status=201)),
        "1 request of 2 in quarter 4 failed, the first with 429", **LIMITS),
    bad("it is not answered", told(FLAT, requested(status=0), together(7)),
        "1 request of 2 in quarter 1 failed, the first with no answer", **LIMITS),
    bad("the last of an odd number", told(FLAT, together(8), requested(status=500)),
        "1 request of 3 in quarter 4 failed, the first with 500", **LIMITS),
    good("what it needs later is another matter", told(FLAT, together(8), measured(*[90] * 8)), "20.0 MB to 20.0 MB",
        **LIMITS),
    unknown("measured too late", told(measured(*[20] * 7), together(8), measured(20)), "measured 7 times", **LIMITS),
    bad("it conflicts", told(FLAT, together(7), requested(status=409)), "the first with 409", **LIMITS),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ("if len(lines) < least:", "if False:"),
    ("if len(measured) < _FEW:", "if False:"),
    ("range(4)", "range(3)"),
    (
        "place * len(lines) // 4 : (place + 1) * len(lines) // 4",
        "place * (len(lines) // 4) : (place + 1) * (len(lines) // 4)",
    ),
    ("if note.t_ns <= lines[-1].t_ns", "if note"),
    ("if not line.done or line.status >= 400", "if not line.done"),
    ("if not line.done or line.status", "if line.status"),
    ("median(measured[size : 2 * size])", "median(measured[:size])"),
    ("median(measured[-size:])", "max(measured[-size:])"),
    ("after - before > growth_bytes", "after - before > 2 * growth_bytes"),
)
