from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.histories import Story, exchange
from tests.unit.evidence.task_stories import Act, requested

from syncproof.workloads.tasks.records import TaskRequest

LIMITS: dict[str, Any] = {"failures": 4, "reset_ms": 100, "slack_ms": 20}


def fails(times: int, status: int = 507, device: str = "Alice") -> Act:
    """So many requests fail in a row."""

    def act(story: Story) -> None:
        for _ in range(times):
            requested(device, status=status)(story)

    return act


def succeeds_slowly(story: Story) -> None:
    """A request succeeds that began before any other."""
    story.add(
        TaskRequest, device="Bob", source="Bob", key="slow", method="POST", status=200, attempt=1,
        began_ns=story.now - 900_000_000, elapsed_ms=900,
    )  # fmt: skip


def _slow(status: int) -> Act:
    def act(story: Story) -> None:
        story.wait(130)
        story.add(
            TaskRequest, device="Bob", source="Bob", key="trial", method="POST", status=status, attempt=1,
            began_ns=story.now - 200_000_000, elapsed_ms=200 if status else 250,
        )  # fmt: skip

    return act


REFUSED = requested(status=503, retry_after_ms=50)
TRIAL = requested(after_ms=110)
CYCLE = (fails(4), REFUSED, TRIAL, requested())

CASES = (
    unknown("empty", empty, "no request was answered", **LIMITS),
    unknown("nothing of the kind", exchange, "no request was answered", **LIMITS),
    unknown("no failure", told(requested()), "no request failed", **LIMITS),
    unknown("no answer is no failure", told(requested(), fails(5, status=0)), "no request failed", **LIMITS),
    unknown("another device", told(*CYCLE), "no request was answered", device="Bob", **LIMITS),
    good("opened, tried and closed", told(*CYCLE), "it opened 1 time and closed 1 time", **LIMITS),
    good("a trial fails", told(fails(4), requested(status=507, after_ms=110), REFUSED, TRIAL, requested()),
        "it opened 2 times and closed 1 time", **LIMITS),
    good("only failures in a row count", told(fails(3), requested(status=422), *CYCLE), "it opened 1 time", **LIMITS),
    good("nobody came meanwhile", told(fails(4), TRIAL, requested()), "it opened 1 time", **LIMITS),
    good("as many trials as there may be are under way", told(fails(4), TRIAL, REFUSED, requested()), **LIMITS),
    good("one failure needs one trial", told(fails(1), REFUSED, TRIAL), **LIMITS | {"failures": 1}),
    good("closed, it counts from none", told(*CYCLE, fails(3), requested()), "it opened 1 time", **LIMITS),
    good("in the order of the answers", told(fails(3), succeeds_slowly, *CYCLE), "it opened 1 time", **LIMITS),
    good("no answer says nothing", told(fails(2), fails(1, status=0), fails(2), REFUSED, TRIAL, requested()), **LIMITS),
    bad("a refusal is no trial", told(fails(4), requested(status=503, after_ms=110), TRIAL, requested()),
        "not told when", **LIMITS),
    good("only the server knows whether its pause was over", told(fails(4),
        requested(status=503, retry_after_ms=1, after_ms=95, ms=10), requested(), requested()), **LIMITS),
    bad("not open", told(fails(5), TRIAL, requested()), "answered 507 while the breaker had to be open", **LIMITS),
    bad("let through too early", told(fails(4), requested(after_ms=60), TRIAL, requested()),
        "answered 200 while", **LIMITS),
    bad("not told when", told(fails(4), requested(status=503), TRIAL, requested()), "not told when", **LIMITS),
    bad("open too early", told(fails(3), REFUSED, TRIAL, requested()), "refused behind 3 failures in a row", **LIMITS),
    bad("a failed trial does not open it", told(fails(4), requested(status=507, after_ms=110), fails(1), TRIAL,
        requested()), "answered 507 while", **LIMITS),
    bad("one good trial does not close it", told(fails(4), TRIAL, requested(status=507), fails(1), TRIAL, requested()),
        "answered 507 while", **LIMITS),
    bad("too few failures", told(fails(3), requested()), "never 4 failures in a row", **LIMITS),
    bad("refused as half-open and not told when", told(fails(4), TRIAL, requested(status=503), requested()),
        "not told when", **LIMITS),
    bad("open for too long", told(fails(4), requested(status=503, retry_after_ms=50, after_ms=130), TRIAL, requested()),
        "was refused 31 ms after the breaker's pause was over", **LIMITS),
    good("open a little longer", told(fails(4), requested(status=503, retry_after_ms=1, after_ms=119), TRIAL,
        requested()), **LIMITS),
    good("a trial was under way", told(fails(4), requested(status=503, retry_after_ms=50, after_ms=200),
        _slow(200), requested()), **LIMITS),
    good("a trial had no answer", told(fails(4), _slow(0), requested(status=503, retry_after_ms=50),
        TRIAL, requested()), **LIMITS),
    bad("another refusal is no trial", told(fails(4), requested(status=503, retry_after_ms=50, after_ms=100, ms=50),
        requested(status=503, retry_after_ms=50), TRIAL, requested()), "was refused", **LIMITS),
    bad("open at the end", told(fails(4), REFUSED), "did not close again", **LIMITS),
    bad("half-open at the end", told(fails(4), REFUSED, TRIAL), "did not close again", **LIMITS),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ("and ended >= self.since + self.reset_ns", ""),
    ("and line.status != _REFUSED and ended", "and ended"),
    ("and not line.retry_after_ms:", "and False:"),
    ("self.until + self.most_ns and", "self.until + self.reset_ns and"),
    ("and not self._tried_meanwhile(line):", ":"),
    ("elif line.began_ns > self.until + self.most_ns and not self._tried_meanwhile(line):", "elif False:"),
    ("line.status != _REFUSED and line.began_ns < _ended", "line.began_ns < _ended"),
    ("and _ended(line) > refused.began_ns", ""),
    ("line.began_ns < _ended(refused) and", ""),
    (
        "_Breaker(failures, reset_ms * 1_000_000, (reset_ms + slack_ms) * 1_000_000, requests)",
        "_Breaker(failures, reset_ms * 1_000_000, (reset_ms + slack_ms) * 1_000_000, lines)",
    ),
    ('if self.state == "closed":  #', "if False:  #"),
    ('self.state == "half_open" or self.failed', "self.failed"),
    ("self.failed >= self.failures", "self.failed > self.failures"),
    ("self.failed = 0\n        if", "if"),
    ("max(1, self.failures // 2)", "1"),
    ("if line.status and device", "if device"),
    ("elif not breaker.closed:", "elif False:"),
    ("key=_ended)", "key=lambda line: line.began_ns)"),
)
