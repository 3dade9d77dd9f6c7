from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.histories import MS, Story

from syncproof.evidence.records import Attempt, Request

#: Three in a row open it for a second.
LIMITS: dict[str, Any] = {"threshold": 3, "cooldown_ns": 1000 * MS, "device": "Bob"}


def _fails(story: Story, times: int = 3, device: str = "Bob") -> None:
    for _ in range(times):
        story.add(Attempt, device=device, source=device, what="connect", outcome="failed", reason="refused")


def _asks(story: Story, after_ms: float = 0, device: str = "Bob") -> None:
    """A request in the server's log."""
    story.wait(after_ms - 1)
    story.add(Request, device=device, source="relay", n=1, method="LIVE", path="/live", status=101)


def _story(*, end_ms: float = 100, asks_ms: float = 1001, fails: int = 3) -> Story:
    """Bob's network is cut; he fails; it is back after end_ms; he asks after asks_ms, both from the last failure."""
    story = Story()
    _asks(story)
    story.fault("start")
    _fails(story, fails)
    opened = story.now
    story.now = opened + round((end_ms - 1) * MS)
    story.fault("end")
    story.now = opened + round((asks_ms - 1) * MS)
    _asks(story, 1)
    return story


def _failed_probe(story: Story) -> None:
    """A probe fails after the first cooldown; the network is back 200 ms later; Bob asks after the second one."""
    story.fault("start")
    _fails(story)
    story.wait(1000)
    _fails(story, 1)
    story.wait(200)
    story.fault("end")
    _asks(story, 850)


def _early_after_failed_probe(story: Story) -> None:
    story.fault("start")
    _fails(story)
    story.wait(1000)
    _fails(story, 1)
    story.wait(200)
    story.fault("end")
    _asks(story, 300)
    _asks(story, 800)


def _another_fault(story: Story) -> None:
    """Alice's network is cut all the time, Bob's is not."""
    story.fault("start", on=("Alice",), fault_id="2")
    _fails(story)
    _asks(story, 1001)


def _fault_after(story: Story) -> None:
    """Bob's network breaks again 20 ms into the pause."""
    _fails(story)
    story.wait(20)
    story.fault("start")
    story.wait(1100)
    story.fault("end")
    _asks(story, 1)


def _fault_for_good(story: Story) -> None:
    """Bob's network breaks 20 ms into the pause, and is never seen to work again."""
    _fails(story)
    story.wait(20)
    story.fault("start")
    _asks(story, 1101)


CASES = (
    unknown("it broke again for good", told(_fault_for_good), "worked for only 2", **LIMITS),
    unknown("empty", empty, "never failed 3 times in a row", **LIMITS),
    unknown("never opened", lambda: _story(fails=2), "never failed 3 times", **LIMITS),
    good("left alone", _story, "1 opening", **LIMITS),
    bad("not left alone", lambda: _story(asks_ms=500), "LIVE /live", "500 ms after Bob's breaker", **LIMITS),
    bad("just too early", lambda: _story(asks_ms=899), **LIMITS),
    good("in the tenth that is not judged", lambda: _story(asks_ms=950), **LIMITS),
    bad(
        "never back",
        told(_asks, lambda s: s.fault("start"), _fails, lambda s: s.fault("end")),
        "heard nothing",
        **LIMITS,
    ),
    unknown(
        "broken for all of the pause", lambda: _story(end_ms=1100, asks_ms=1200), "inconclusive", **LIMITS
    ),
    unknown("worked for a moment", lambda: _story(end_ms=870), "worked for only 30 ms", **LIMITS),
    good("worked for long enough", lambda: _story(end_ms=840), **LIMITS),
    good("a probe failed", told(_failed_probe), "2 openings", **LIMITS),
    bad("early after a probe failed", told(_early_after_failed_probe), **LIMITS),
    good(
        "what others ask does not count",
        told(
            lambda s: s.fault("start"),
            _fails,
            lambda s: s.fault("end"),
            lambda s: _asks(s, 300, "Alice"),
            lambda s: _asks(s, 800),
        ),
        **LIMITS,
    ),
    bad(
        "nor is it a return",
        told(lambda s: s.fault("start"), _fails, lambda s: s.fault("end"), lambda s: _asks(s, 1100, "Alice")),
        **LIMITS,
    ),
    unknown(
        "nor do their failures", told(lambda s: _fails(s, device="Alice"), lambda s: _asks(s, 10)), **LIMITS
    ),
    good("another's fault", told(_another_fault), **LIMITS),
    unknown("broken again soon", told(_fault_after), "worked for only 2", **LIMITS),
)

MUTANTS: tuple[Mutant, ...] = (
    ("if not opened:", "if False:"),
    ("history.of(Attempt, device)", "history.of(Attempt)"),
    ("history.of(Request, device)", "history.of(Request)"),
    ("at < r.t_ns < at + cooldown_ns * JUDGED", "r.t_ns < at + cooldown_ns * JUDGED"),
    ("at < r.t_ns < at + cooldown_ns * JUDGED", "at < r.t_ns < at + cooldown_ns * 0.5"),
    ("at < r.t_ns < at + cooldown_ns * JUDGED", "at < r.t_ns < at + cooldown_ns"),
    ("if early is not None:", "if False:"),
    ("if best < cooldown_ns * WORKED:", "if False:"),
    ("if device in edges[0].relevant_to:", "if True:"),
    ("if start <= since < end:", "if False:"),
    ("elif since < start < until:", "elif False:"),
    ("request.t_ns > opened[-1] + cooldown_ns * JUDGED", "True"),
    ("for at in opened:\n        early", "for at in opened[:1]:\n        early"),
)
