from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, exchange_of, good, told, unknown
from tests.unit.evidence.histories import MS, Story

from syncproof.workloads.recovery.records import CompanionRetry

#: A pause of 2 s, then of 4 s, and up to 5 s more.
LIMITS: dict[str, Any] = {"device": "Bob", "base_ns": 2000 * MS, "max_ns": 4000 * MS, "jitter_ns": 5000 * MS}
EVEN = [place * 25 for place in range(200)]


def _crowd(added_ms: Iterable[float], pause_ms: float = 2000, attempt: int = 1, device: str = "Bob") -> Any:
    """Each device fails twice: it comes again so much after its pause."""

    def tell(story: Story) -> None:
        began = story.now
        lines = [
            (began + round(at * MS), number, n)
            for number, added in enumerate(added_ms, 1)
            for n, at in ((attempt, 0.0), (attempt + 1, pause_ms + added))
        ]
        for at, member, n in sorted(lines):
            story.now = at
            story.add(CompanionRetry, device=device, source=device, member=member, attempt=n, delay_ms=1.0)

    return tell


def _anew(story: Story) -> None:
    """All of them lose the server again, long after that."""
    story.wait(60_000)
    _crowd(EVEN)(story)


CASES = (
    unknown("empty", empty, "0 attempts are on record, 100 show", **LIMITS),
    unknown("nothing of the kind", exchange_of(2), **LIMITS),
    unknown("too few", told(_crowd(EVEN[:99])), "99 attempts", **LIMITS),
    unknown("another device", told(_crowd(EVEN, device="Alice")), **LIMITS),
    good("spread", told(_crowd(EVEN)), "200 attempts of 200 devices are spread", **LIMITS),
    good("and once more, long after", told(_crowd(EVEN), _anew), "400 attempts", **LIMITS),
    good("just enough", told(_crowd(EVEN[:100])), "100 attempts", **LIMITS),
    good("after the longest pause", told(_crowd(EVEN, 4000, attempt=7)), **LIMITS),
    bad("sooner than the pause", told(_crowd([*EVEN[1:], -50])), "1 attempt came sooner", **LIMITS),
    bad("after a pause that did not double", told(_crowd(EVEN, 2000, attempt=2)), "came sooner", **LIMITS),
    bad("without chance", told(_crowd([2500] * 100)), "over 2000 ms at least, seen 0 ms", **LIMITS),
    bad("within too little", told(_crowd([each / 2.6 for each in EVEN])), "seen 1913 ms", **LIMITS),
    bad("in a wave", told(_crowd([*EVEN, *[1010] * 20])), "no 100 ms with more than 3 times their share of 220",
        "24 came 1000 ms after their pause", **LIMITS),
    good("nearly in a wave", told(_crowd([*EVEN, *[1010] * 8])), **LIMITS),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ("if len(added) < LEAST:", "if False:"),
    ("if len(added) < LEAST:", "if len(added) <= LEAST:"),
    ("if second.attempt == first.attempt + 1", ""),
    ("if early:", "if False:"),
    ("min(max_ns, base_ns <<", "(base_ns <<"),
    ("if spread_ns < least_ns:", "if False:"),
    ("if most > _CROWDED * len(added) / _SLOTS:", "if False:"),
)
