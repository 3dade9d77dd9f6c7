from __future__ import annotations

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.histories import exchange
from tests.unit.evidence.task_stories import requested

REFUSED = requested(status=429, retry_after_ms=100)

CASES = (
    unknown("empty", empty, "no request"),
    unknown("nothing of the kind", exchange, "no request"),
    bad("never too often", told(requested(), requested(key="b")), "no request was answered 429"),
    good("in time", told(REFUSED, requested(attempt=2, after_ms=120)), "1 request came again in time"),
    bad("too soon", told(REFUSED, requested(attempt=2, after_ms=20)), "before its time"),
    bad("not told when", told(requested(status=429), requested(attempt=2, after_ms=120)), "not told when"),
    bad("never again", told(REFUSED), "did not come again"),
    bad("another request is not the same one", told(REFUSED, requested(key="b", attempt=2, after_ms=120)),
        "did not come again"),
    bad("the same attempt once more", told(REFUSED, requested(after_ms=120)), "did not come again"),
    good("another one in between", told(REFUSED, requested(key="b"), requested(attempt=2, after_ms=120))),
    bad("refused again", told(REFUSED, requested(attempt=2, after_ms=120, status=429, retry_after_ms=50),
                              requested(attempt=3, after_ms=70)), "429 again"),
    unknown("another device", told(REFUSED), device="Bob"),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ("if not line.retry_after_ms:", "if False:"),
    ("elif following is None:", "elif not following and line.attempt > 1:"),
    ("< until - 1e6", "< line.began_ns"),
    ("elif following.status == 429:", "elif following.status == 500:"),
    ("(line.device, line.key), []", "(line.device, ''), []"),
    ("after.attempt == line.attempt + 1", "True"),
)
