from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, exchange_of, good, told, unknown
from tests.unit.evidence.histories import MS, Story

from syncproof.workloads.recovery.records import CompanionLive, CompanionRetry

#: A pause of 2 s, then of 4 s, and up to 5 s more.
_ASKED: dict[str, Any] = {
    "device": "Bob", "base_ns": 2000 * MS, "max_ns": 4000 * MS, "jitter_ns": 5000 * MS, "asked_ns": 0,
    "within_ns": 120_000 * MS,
}  # fmt: skip
LIMITS: dict[str, Any] = _ASKED | {"members": 200}
EVEN = [place * 25 for place in range(200)]


def _of(members: int) -> dict[str, Any]:
    return _ASKED | {"members": members}


def _crowd(
    added_ms: Iterable[float],
    pause_ms: float = 2000,
    attempt: int = 1,
    device: str = "Bob",
    away: int = 0,
    said_ms: float | None = None,
) -> Any:
    """Each device fails twice, and is live then: it comes again so much after its pause.

    away: so many never are live. said_ms: what all say that they wait, where it is not what they do.
    """

    def tell(story: Story) -> None:
        began, crowd = story.now, list(added_ms)
        lines = [
            (began + round(at * MS), number, n, pause_ms + added)
            for number, added in enumerate(crowd, 1)
            for n, at in ((attempt, 0.0), (attempt + 1, pause_ms + added))
        ]
        for at, member, n, delay_ms in sorted(lines):
            story.now = at
            said = delay_ms if said_ms is None else said_ms
            story.add(
                CompanionRetry, device=device, source=device, member=member, attempt=n, delay_ms=said,
                due_ns=at + round(said * MS),
            )  # fmt: skip
        story.wait(10_000)
        for member in range(1, len(crowd) + 1 - away):
            story.add(CompanionLive, device=device, source=device, member=member)

    return tell


def _anew(story: Story) -> None:
    """All of them lose the server again, long after that."""
    story.wait(60_000)
    _crowd(EVEN)(story)


def _some_try_once(story: Story) -> None:
    """Some of them find out so late that they try once only."""
    for member in range(201, 204):
        story.add(
            CompanionRetry,
            device="Bob",
            source="Bob",
            member=member,
            attempt=1,
            delay_ms=1.0,
            due_ns=story.now,
        )
        story.add(CompanionLive, device="Bob", source="Bob", member=member)


CASES = (
    unknown("empty", empty, "0 attempts are on record, 100 show", **LIMITS),
    unknown("nothing of the kind", exchange_of(2), **LIMITS),
    unknown("too few", told(_crowd(EVEN[:99])), "99 attempts", **LIMITS),
    unknown("another device", told(_crowd(EVEN, device="Alice")), **LIMITS),
    good("spread", told(_crowd(EVEN)), "200 attempts of 200 devices are spread", **LIMITS),
    good("and once more, long after", told(_crowd(EVEN), _anew), "400 attempts", **LIMITS),
    good("just enough", told(_crowd(EVEN[:100])), "100 attempts of 100 devices", **_of(100)),
    good("after the longest pause", told(_crowd(EVEN, 4000, attempt=7)), **LIMITS),
    bad("some never come back", told(_crowd(EVEN, away=38)), "all 200 devices to be back within",
        "38 of them are not", **LIMITS),
    bad("some come back too late", told(_crowd(EVEN)), "of them are not", **LIMITS | {"within_ns": 17_100 * MS}),
    bad("and are lost once more", told(_crowd(EVEN), _crowd(EVEN, away=1)), "1 of them are not", **LIMITS),
    bad("some are silent", told(_crowd(EVEN)), "38 of them are not", "38 devices tried less than twice", **_of(238)),
    bad("some try once", told(_crowd(EVEN), _some_try_once), "3 devices tried less than twice", **_of(203)),
    bad("sooner than the pause", told(_crowd([*EVEN[1:], -50])), "1 attempt came sooner", **LIMITS),
    bad("sooner than they say", told(_crowd(EVEN, said_ms=4500)), "100 attempts came sooner", **LIMITS),
    bad("after a pause that did not double", told(_crowd(EVEN, 2000, attempt=2)), "came sooner", **LIMITS),
    bad("without chance", told(_crowd([2500] * 100)), "over 2000 ms at least, seen 0 ms", **_of(100)),
    bad("within too little", told(_crowd([each / 2.6 for each in EVEN])), "seen 1913 ms", **LIMITS),
    bad("in a wave", told(_crowd([*EVEN, *[1010] * 20])), "more than 21 of 220 attempts (their share is 4.4)",
        "24 came 1000 ms after their pause", **_of(220)),
    good("as chance may have it", told(_crowd([*EVEN, *[1010] * 12])), **_of(212)),
    bad("many in a wave", told(_crowd([place * 5 for place in range(1000)] + [1010] * 50)),
        "no 100 ms with more than 63 of 1050 attempts", "70 came 1000 ms after", **_of(1050)),
    good("nearly in a wave", told(_crowd([place * 5 for place in range(1000)] + [1010] * 40)), **_of(1040)),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ("if len(pairs) < LEAST:", "if False:"),
    ("if len(pairs) < LEAST:", "if len(pairs) <= LEAST:"),
    ("if second.attempt == first.attempt + 1", ""),
    ("if early:", "if False:"),
    ("min(max_ns, base_ns <<", "(base_ns <<"),
    ("said < -_EARLY_NS or ", ""),
    ("or second.t_ns < first.due_ns - _EARLY_NS", ""),
    ("if away:", "if False:"),
    ("if line.t_ns <= by_ns:", "if True:"),
    ("isinstance(line, CompanionLive)", "True"),
    ("if idle:", "if False:"),
    ("len(lines) < 2", "not lines"),
    ("if spread_ns < least_ns:", "if False:"),
    ("if most > limit:", "if False:"),
    ("limit += 1", "break"),
    ("math.floor(_CROWDED * share)", "0"),
)
