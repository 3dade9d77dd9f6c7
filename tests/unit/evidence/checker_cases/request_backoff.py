from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.histories import MS, Story, exchange
from tests.unit.evidence.task_stories import put_off, requested

from syncproof.evidence.records import Retry

BACKOFF: dict[str, Any] = {"base_ms": 100, "max_ms": 400, "jitter_percent": 20}
GROWS = (put_off(1, 110), put_off(2, 170), put_off(3, 400), put_off(4, 470))


def _beside(story: Story) -> None:
    """Attempt 4 fails and is put off; before it is due, another request comes to its attempt 5."""
    requested(status=0, attempt=4)(story)
    due = story.now + 400 * MS
    story.add(Retry, device="Alice", source="Alice", what="push", attempt=4, delay_ms=400, due_ns=due)
    requested(key="b", status=0, attempt=5)(story)
    requested(status=0, attempt=5, after_ms=400)(story)


CASES = (
    unknown("empty", empty, "no request", **BACKOFF),
    unknown("nothing of the kind", exchange, "no request", **BACKOFF),
    unknown("too few", told(*GROWS[:3]), "4 times", **BACKOFF),
    good("pauses double up to their limit", told(*GROWS), "4 pauses", **BACKOFF),
    bad("a pause that does not grow", told(put_off(1, 110), put_off(2, 110), *GROWS[2:]),
        "Alice put attempt 3 off by 110 ms, and it should have been 159 to 241 ms", **BACKOFF),
    bad("a pause beyond the limit", told(*GROWS[:3], put_off(4, 800)), "800 ms", **BACKOFF),
    good("as long as the server asked", told(*GROWS[:3], put_off(4, 800, retry_after_ms=800)), **BACKOFF),
    bad("as long as the server had asked before",
        told(put_off(1, 800, retry_after_ms=800), *GROWS[1:3], put_off(4, 800)), "attempt 5 off by 800 ms", **BACKOFF),
    bad("as long as the server asked of another request",
        told(*GROWS[:3], requested(key="b", status=429, retry_after_ms=800), put_off(4, 800)), **BACKOFF),
    good("another request at that attempt", told(*GROWS[:3], _beside), **BACKOFF),
    bad("an attempt before its time", told(*GROWS[:3], put_off(4, 400, early_ms=50)), "before it was due", **BACKOFF),
    unknown("another device", told(*GROWS), device="Bob", **BACKOFF),
    unknown("what is no request", told(*(put_off(n, 110, what="connect") for n in range(1, 6))), **BACKOFF),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ('line.what == "push" and', ""),
    ("line.delay_ms < least or", ""),
    ("or (line.delay_ms > most and not asked_for)", ""),
    (" and not asked_for", ""),
    ("(line.device, line.key), []", "(line.device, ''), []"),
    ("latest.get((line.device, line.attempt))", "latest.get((line.device, 1))"),
    ("2.0 ** min(line.attempt - 1, 40)", "2.0 ** min(line.attempt, 40)"),
    ("following.began_ns < line.due_ns - EARLY_NS", "following.began_ns < line.t_ns"),
)
