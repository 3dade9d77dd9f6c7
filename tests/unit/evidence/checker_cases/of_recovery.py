from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import (
    Case,
    Mutant,
    bad,
    empty,
    exchange_of,
    good,
    told,
    unknown,
    wait,
)
from tests.unit.evidence.histories import MS, Story

from syncproof.evidence.records import Attempt, Breaker, Note
from syncproof.workloads.recovery.records import Quality

BY: dict[str, Any] = {"device": "Bob", "asked_ns": 1000 * MS, "within_ns": 100 * MS}


def _is(state: str, device: str = "Bob") -> Any:
    return lambda story: story.connection(device, state)


def _retry(device: str = "Bob") -> Any:
    return lambda story: story.retry(device)


def _fault(edge: str, kind: str = "cut", on: tuple[str, ...] = ("Bob",), fault_id: str = "f1") -> Any:
    return lambda story: story.fault(edge, kind=kind, on=on, fault_id=fault_id)


def _back(story: Story) -> None:
    story.add(Note, device="Bob", what="came_back")


RETRIES = (
    unknown("empty", empty, "the history is empty", **BY),
    good("one", told(_fault("start"), _retry()), "Bob scheduled 1", **BY),
    good("without a fault", told(_retry()), **BY),
    bad("none", told(_fault("start")), "a retry since the first fault began, within 0.1 seconds", **BY),
    bad("before the fault", told(_retry(), _fault("start")), **BY),
    good("before the second fault", told(_fault("start"), _retry(), _fault("start", fault_id="f2")), **BY),
    bad("of another", told(_fault("start"), _retry("Alice")), **BY),
    bad("too late", told(_fault("start"), wait(101), _retry()), **BY),
)


def _link(state: str, device: str = "Bob") -> Any:
    return lambda story: story.add(Quality, device=device, source=device, state=state)


def _shows(state: str, device: str = "Bob") -> Any:
    return lambda story: story.add(Note, device=device, what="quality_shown", fields={"state": state})


BAD: dict[str, Any] = {**BY, "asked_ns": 1000 * MS, "state": "degraded"}
QUALITY = (
    unknown("empty", empty, "Bob never told how good its link is", **BAD),
    unknown("another one", told(_link("degraded", "Alice"), _shows("degraded")), **BAD),
    good("told and shown", told(_link("good"), _link("degraded"), _shows("degraded")), "showed a degraded", **BAD),
    good("for a while", told(_link("degraded"), _shows("degraded"), _link("good")), **BAD),
    good("since before a fault ended", told(_link("degraded"), _shows("degraded"), wait(500), _fault("start"),
                                            _fault("end")), **BAD),
    bad("never", told(_link("good"), _shows("good")), "is degraded within 0.1 seconds", "; it told good", **BAD),
    bad("too late", told(_link("good"), wait(101), _link("degraded"), _shows("degraded")), **BAD),
    bad("told too late, and shown", told(_link("good"), _shows("degraded"), wait(101), _link("degraded")), **BAD),
    bad("told before it was asked, and shown", told(_link("degraded"), _link("good"), wait(50), _shows("degraded")),
        **{**BAD, "asked_ns": 1040 * MS}),
    bad("shown too late", told(_link("degraded"), wait(101), _shows("degraded")), "its status did not say so", **BAD),
    bad("not shown", told(_link("degraded"), _shows("good")), **BAD),
    bad("shown by another", told(_link("degraded"), _shows("degraded", "Alice")), **BAD),
    bad("only before it was asked", told(_link("degraded"), _shows("degraded"), _link("good"), wait(50)),
        **{**BAD, "asked_ns": 1040 * MS}),
    bad("shown only before it was asked", told(_link("degraded"), _shows("degraded"), wait(50)),
        **{**BAD, "asked_ns": 1040 * MS}),
)  # fmt: skip
SILENCE = (_is("live"), _fault("start", "silence"), _fault("proved", "silence"))
OVER = (_back, wait(20), _fault("end", "silence"))
WHO: dict[str, Any] = {"device": "Bob"}
NOTICED = (
    unknown("empty", empty, "no silence of Bob has begun and ended", **WHO),
    unknown("still on", told(*SILENCE, _is("connecting")), **WHO),
    unknown(
        "of another",
        told(_fault("start", "silence", ("Alice",)), _fault("end", "silence", ("Alice",))),
        **WHO,
    ),
    unknown("another fault", told(_fault("start"), _fault("end")), **WHO),
    good("noticed", told(*SILENCE, _is("connecting"), *OVER), "Bob noticed", **WHO),
    good(
        "one way", told(_fault("start", "one_way_link"), _is("offline"), _fault("end", "one_way_link")), **WHO
    ),
    bad("believed in it", told(*SILENCE, *OVER), "for all of the 0.0 s of silence", **WHO),
    bad("noticed before", told(_is("connecting"), *SILENCE, *OVER), **WHO),
    bad("noticed behind the end", told(*SILENCE, *OVER, _is("connecting")), **WHO),
    bad(
        "noticed when it was over", told(*SILENCE, _back, _is("connecting"), _fault("end", "silence")), **WHO
    ),
    bad("still catching up", told(*SILENCE, _is("catching_up"), *OVER), **WHO),
    bad("another one noticed", told(*SILENCE, _is("connecting", "Alice"), *OVER), **WHO),
    good("back once more later", told(*SILENCE, wait(10), _is("connecting"), *OVER, _back), **WHO),
    good("back once before", told(_back, *SILENCE, _is("connecting"), *OVER), **WHO),
)
LATER: dict[str, Any] = {**BY, "asked_ns": 1100 * MS}
LIVE = (
    unknown("empty", empty, "Bob never told how it is connected", **BY),
    good("live", told(_is("connecting"), _is("live")), "Bob is live", **BY),
    good("live before", told(_is("live"), wait(300), _fault("start"), _fault("end")), **BY),
    good("live for a while", told(_is("live"), _is("offline")), **BY),
    bad("live no more", told(_is("live"), _is("offline")), "expected Bob to be syncing again within 0.1", **LATER),
    bad("catching up", told(_is("catching_up")), **BY),
    bad("too late", told(_is("connecting"), wait(101), _is("live")), **BY),
    bad("another one", told(_is("live", "Alice"), _is("connecting")), **BY),
    good("late, after the fault ended late", told(_fault("start"), wait(500), _fault("end"), wait(90), _is("live")),
         **BY),
    bad("before it was killed", told(_is("live"), _fault("start", "kill"), _fault("end", "kill")), **BY),
    good("after it was killed", told(_is("live"), _fault("start", "kill"), _fault("end", "kill"), _is("live")), **BY),
    good("another one was killed", told(_is("live"), _fault("start", "kill", ("Alice",))), **BY),
)  # fmt: skip


def _attempts(*outcomes: str, device: str = "Bob") -> Any:
    def act(story: Story) -> None:
        for outcome in outcomes:
            story.wait(200)
            story.add(Attempt, device=device, source=device, what="pull", outcome=outcome)

    return act


def _opens(value: int, device: str = "Bob") -> Any:
    return lambda story: story.add(Note, device=device, what="circuit_opens", fields={"value": value})


def _reports(state: str = "open", device: str = "Bob") -> Any:
    return lambda story: story.add(Breaker, device=device, source=device, state=state)


TWO: dict[str, Any] = {"device": "Bob", "threshold": 2, "cooldown_ns": 300 * MS}
BREAKER = (
    unknown("empty", empty, "not one of Bob's 0 exchanges failed", **TWO),
    unknown("all went well", told(_attempts("ok", "ok"), _opens(0)), "not one of Bob's 2", **TWO),
    unknown("not read", told(_attempts("failed")), "circuitOpens was not read", **TWO),
    unknown("of another", told(_attempts("failed", device="Alice"), _opens(0)), **TWO),
    good("once", told(_attempts("failed", "failed"), _opens(1)), "it opened 1 time", **TWO),
    good("not yet", told(_attempts("failed", "ok", "failed"), _opens(0)), "it opened 0 times", **TWO),
    bad(
        "too early", told(_attempts("failed"), _opens(1)), "have opened 0 times (1 failures on record", **TWO
    ),
    bad("never", told(_attempts("failed", "failed"), _opens(0)), "2 in a row); circuitOpens is 0", **TWO),
    bad("again at the probe", told(_attempts("failed", "failed", "failed"), _opens(1)), **TWO),
    bad("the last figure counts", told(_attempts("failed", "failed"), _opens(1), _opens(2)), **TWO),
)
TWICE: dict[str, Any] = {**TWO, "at_least": 2}
OPENED = (
    unknown("empty", empty, "ask for 0 openings", **TWICE),
    unknown("too few", told(_attempts("failed", "failed"), _reports(), _reports()), "1 opening of", **TWICE),
    good("twice", told(_attempts("failed", "failed", "failed"), _reports(), _reports()), "2 times", **TWICE),
    bad("reported once", told(_attempts("failed", "failed", "failed"), _reports()), "it reported 1", **TWICE),
    bad("reported another state",
        told(_attempts("failed", "failed", "failed"), _reports(), _reports("half_open")), **TWICE),
    bad("reported by another",
        told(_attempts("failed", "failed", "failed"), _reports(), _reports(device="Alice")), **TWICE),
    unknown("nothing of the kind", exchange_of(2), **TWICE),
)  # fmt: skip


def _tries(device: str, *delays_ms: float, what: str = "connect", early_ms: float = 0) -> Any:
    """Attempts in a row, each of which fails when it is due, or earlier."""

    def act(story: Story) -> None:
        for attempt, delay_ms in enumerate(delays_ms, 1):
            story.retry(device, what, attempt, delay_ms)
            story.wait(delay_ms - early_ms)

    return act


BACKOFF: dict[str, Any] = {"base_ns": 100 * MS, "max_ns": 400 * MS, "jitter_percent": 20}
SPREAD = (
    unknown("empty", empty, "0 devices tried 3 times", **BACKOFF),
    unknown("one device", told(_tries("Bob", 100, 200, 400)), "1 devices", **BACKOFF),
    unknown("too seldom", told(_tries("Bob", 100, 200, 400), _tries("Alice", 101, 201)), **BACKOFF),
    unknown(
        "of something else",
        told(_tries("Bob", 100, 200, 400), _tries("Alice", 100, 200, 400, what="pull")),
        **BACKOFF,
    ),
    good(
        "each in its own way",
        told(_tries("Bob", 80, 161, 480), _tries("Alice", 119, 201, 320, 321)),
        **BACKOFF,
    ),
    good(
        "longer than it had to", told(_tries("Bob", 100, 900, 901), _tries("Alice", 101, 201, 401)), **BACKOFF
    ),
    good(
        "a new row begins at once",
        told(
            _tries("Bob", 101, 201),
            lambda story: story.retry("Bob", "connect", 3, 401),
            _tries("Bob", 100),
            _tries("Alice", 102, 202, 402),
        ),
        **BACKOFF,
    ),
    bad(
        "too soon",
        told(_tries("Bob", 100, 159, 400), _tries("Alice", 101, 201, 401)),
        "expected Bob to wait 160 ms or more after failure 2",
        **BACKOFF,
    ),
    bad(
        "beyond the longest",
        told(_tries("Bob", 100, 200, 400, 319), _tries("Alice", 101, 201, 401)),
        **BACKOFF,
    ),
    bad(
        "did not keep to it",
        told(_tries("Bob", 100, 200, 400, early_ms=30), _tries("Alice", 101, 201, 401)),
        "it failed again 28 ms before",
        **BACKOFF,
    ),
    good(
        "the same pause twice, in two rows of one device",
        told(_tries("Bob", 100, 200, 400), _tries("Bob", 100, 201), _tries("Alice", 101, 202, 401)),
        **BACKOFF,
    ),
    bad(
        "together",
        told(_tries("Bob", 100, 200, 400), _tries("Alice", 101, 200, 401)),
        "2 waited for the same 200 ms after failure 2",
        **BACKOFF,
    ),
)


def _failed(reason: str, outcome: str = "failed", device: str = "Bob") -> Any:
    return lambda story: story.add(Attempt, device=device, what="push", outcome=outcome, reason=reason)


TIMED_OUT = (
    unknown("empty", empty, "no fault of Bob has begun", **WHO),
    unknown("fault of another", told(_fault("start", on=("Alice",)), _failed("timeout")), **WHO),
    good("said so", told(_fault("start"), _failed("timeout: no byte moved"), _fault("end")), **WHO),
    good("in other words", told(_fault("start"), _failed("not answered within 2 s")), **WHO),
    good("during a fault that lasts", told(_fault("start"), _failed("timeout")), **WHO),
    good("as Python says it", told(_fault("start"), _failed("ReadTimeout")), **WHO),
    bad("within something else", told(_fault("start"), _failed("refused: within the limit")), **WHO),
    bad("another reason", told(_fault("start"), _failed("refused")), "(refused)", **WHO),
    bad("nothing failed", told(_fault("start"), _failed("timeout", "ok")), "(none failed)", **WHO),
    bad("of another", told(_fault("start"), _failed("timeout", device="Alice")), **WHO),
    bad("before", told(_failed("timeout"), _fault("start")), **WHO),
    bad("after", told(_fault("start"), _fault("end"), wait(1), _failed("timeout")), **WHO),
)
CASES: dict[str, tuple[Case, ...]] = {
    "timed_out": TIMED_OUT,
    "spread_out": SPREAD,
    "retries": RETRIES,
    "noticed": NOTICED,
    "live": LIVE,
    "shown_quality": QUALITY,
    "breaker": BREAKER,
    "breaker_opened": OPENED,
}
MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "shown_quality": (
        ("if not told:", "if False:"),
        ("history.of(Quality, device)", "history.of(Quality)"),
        ('history.notes("quality_shown", device)', 'history.notes("quality_shown")'),
        ("if since <= line.t_ns <= deadline]", "if since <= line.t_ns]"),
        ("if since <= line.t_ns <= deadline]", "if line.t_ns <= deadline]"),
        ("if asked_ns <= note.t_ns <= deadline", "if asked_ns <= note.t_ns"),
        ("if asked_ns <= note.t_ns <= deadline", "if note.t_ns <= deadline"),
        ("if line.t_ns <= deadline - within_ns), default=0)", "if False), default=1 << 62)"),
        ("if state not in changes:", "if False:"),
        ("elif state not in answers:", "elif False:"),
    ),
    "timed_out": (
        ("if device in edges[0].relevant_to", ""),
        ("history.of(Attempt, device)", "history.of(Attempt)"),
        ('attempt.outcome == "failed" and', ""),
        ("begun <= attempt.t_ns <= ended", "begun <= attempt.t_ns"),
        ("begun <= attempt.t_ns <= ended", "attempt.t_ns <= ended"),
        ("words in attempt.reason", "True"),
        (".casefold()", ""),
        ('"not answered within")', '"within")'),
        ('("timeout", "timed out", "not answered within")', '("timeout",)'),
        ('("timeout", "timed out", "not answered within")', '("not answered within", "timed out")'),
        ("else NEVER", "else edges[0].t_ns"),
    ),
    "spread_out": (
        ('if line.what == "connect":', "if True:"),
        ("if len(tried) < 2:", "if not tried:"),
        ("min(max_ns, base_ns <<", "(base_ns <<"),
        ("retry.attempt - 1, 40", "retry.attempt - 2 if retry.attempt > 1 else 0, 40"),
        ("if retry.delay_ms < least_ms * 0.999:", "if False:"),
        ("(100 - jitter_percent)", "100"),
        ("and second.t_ns < first.due_ns - _EARLY_NS", "and False"),
        ("if second.attempt == first.attempt + 1 and", "if"),
        ("if len(devices) > 1", "if len(devices) > 2"),
        ("if len(devices) > 1", "if devices"),
        ("((retry.attempt, retry.delay_ms), set", "((1, retry.attempt), set"),
    ),
    "retries": (
        ("min((edges[0].t_ns for", "max((edges[0].t_ns for"),
        ("if since <= retry.t_ns <= deadline]", "if since <= retry.t_ns]"),
        ("if since <= retry.t_ns <= deadline]", "if retry.t_ns <= deadline]"),
        ("history.of(Retry, device)", "history.of(Retry)"),
        ("[] if found else [expected]", "[]"),
    ),
    "noticed": (
        ("edges[0].silences and", ""),
        ('edges[-1].edge == "end" and', ""),
        ("and device in edges[0].relevant_to", ""),
        ("if began < n.t_ns < ended), default=ended)", "), default=ended)"),
        ("if began < line.t_ns < ended]", "if began < line.t_ns]"),
        ("if began < line.t_ns < ended]", "if line.t_ns < ended]"),
        ('("live", "catching_up")', '("live",)'),
        ("history.of(Connection, device) if began", "history.of(Connection) if began"),
    ),
    "live": (
        ("if line.t_ns > deadline:", "if False:"),
        ('if line.t_ns >= again_ns and state == "live":', "if False:"),
        ('if line.t_ns > killed_ns else ""', ""),
        (
            "told = history.of(Connection, device)\n    if not told",
            "told = history.of(Connection)\n    if not told",
        ),
    ),
    "breaker": (
        ("if not failed:", "if False:"),
        ("if told != demanded:", "if told > demanded:"),
        ("if told != demanded:", "if told < demanded:"),
        ("figures[-1]", "figures[0]"),
        ("if not figures:", "if False:"),
    ),
    "breaker_opened": (
        ("if demanded < at_least:", "if False:"),
        ('history.of(Breaker, device) if line.state == "open")', "history.of(Breaker, device))"),
        ("history.of(Breaker, device)", "history.of(Breaker)"),
        ("if told < at_least else []", "if False else []"),
    ),
}
