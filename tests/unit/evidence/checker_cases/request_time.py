from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.histories import exchange
from tests.unit.evidence.task_stories import requested

BOUNDS: dict[str, Any] = {"least_ms": 400, "most_ms": 900}

CASES = (
    unknown("empty", empty, "no request", **BOUNDS),
    unknown("nothing of the kind", exchange, "no request", **BOUNDS),
    unknown("never answered", told(requested(status=0), requested(status=503, attempt=2)), "no request", **BOUNDS),
    good("long enough", told(requested(ms=450)), "it took 450 ms", **BOUNDS),
    good("just so", told(requested(ms=400)), **BOUNDS),
    good("just not too long", told(requested(ms=900)), **BOUNDS),
    bad("too short", told(requested(ms=350)), "took 350 ms, and should have taken at least 400 ms", witness=("k",),
        **BOUNDS),
    bad("too long", told(requested(ms=950)), "at most 900 ms", **BOUNDS),
    bad("the last one counts", told(requested(key="a", ms=450), requested(key="b", ms=50)), "took 50 ms", **BOUNDS),
    good("from its first attempt", told(requested(status=0, ms=100), requested(attempt=2, ms=20, after_ms=300)),
         **BOUNDS),
    good("another device", told(requested(ms=450), requested("Bob", ms=5)), device="Alice", **BOUNDS),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ("last = done[-1]", "last = done[0]"),
    ("if took < least_ms:", "if took <= least_ms:"),
    ("if took > most_ms:", "if took >= most_ms:"),
    ("(last.began_ns - first.began_ns) / 1e6 + last", "last"),
    ("if line.done and device in", "if device in"),
)
