from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, told, unknown, wait
from tests.unit.evidence.histories import MS, Story

from syncproof.evidence.records import Attempt, Connection, Retry

#: 100 ms, doubled up to 400 ms, give or take a fifth.
LIMITS: dict[str, Any] = {
    "device": "Bob",
    "base_ns": 100 * MS,
    "max_ns": 400 * MS,
    "jitter_percent": 20,
}
Act = Callable[[Story], None]


def _retries(*delays: float, what: str = "connect", device: str = "Bob") -> Act:
    def act(story: Story) -> None:
        for delay in delays:
            story.add(Retry, device=device, source=device, what=what, attempt=1, delay_ms=delay, due_ns=0)

    return act


def _is(state: str) -> Act:
    return lambda story: _state(story, state)


def _attempt(outcome: Literal["ok", "failed"], what: str = "connect") -> Act:
    def act(story: Story) -> None:
        story.add(Attempt, device="Bob", source="Bob", what=what, outcome=outcome)

    return act


def _state(story: Story, state: str) -> None:
    story.add(Connection, device="Bob", source="Bob", state=state)


def _killed(story: Story) -> None:
    story.fault("start", kind="kill")


BROKEN = (_retries(100, 200, 400),)
KILLED = (*BROKEN, _killed)

CASES = (
    unknown("empty", empty, "Bob could not connect 0 times in a row, 3 are needed", **LIMITS),
    unknown("too few", told(_retries(100, 200)), "2 times", **LIMITS),
    unknown(
        "too few in a row", told(_retries(100, 200), _is("live"), wait(500), _retries(100, 200)), **LIMITS
    ),
    unknown("too few since a kill", told(*KILLED, _retries(100, 200)), **LIMITS),
    unknown("of something else", told(_retries(100, 200, 400, what="pull")), **LIMITS),
    unknown("of somebody else", told(_retries(100, 200, 400, device="Alice")), **LIMITS),
    good("doubled", told(_retries(100, 200, 400)), "over 3 attempts", **LIMITS),
    good("up to the maximum", told(_retries(100, 200, 400, 400, 400)), **LIMITS),
    good("less by chance", told(_retries(80, 160, 320)), **LIMITS),
    good("more by chance", told(_retries(120, 240, 480)), **LIMITS),
    bad(
        "more than that",
        told(_retries(100, 200, 900)),
        "Bob waited 900 ms before attempt 3 to connect, expected at most 480 ms",
        **LIMITS,
    ),
    good(
        "goes on after a short connection",
        told(_retries(100, 200, 400), _is("catching_up"), _is("live"), wait(470), _retries(400, 400)),
        **LIMITS,
    ),
    bad(
        "goes on after a long connection",
        told(
            _retries(100, 200, 400), _is("catching_up"), wait(300), _is("live"), wait(200), _retries(400, 400)
        ),
        "Bob waited 400 ms before attempt 1 to connect, expected at most 120 ms",
        **LIMITS,
    ),
    bad(
        "goes on after a short and a long connection",
        told(_retries(100, 200, 400), _is("live"), _retries(400), _is("live"), wait(490), _retries(400)),
        **LIMITS,
    ),
    good("anew when connected for long", told(*BROKEN, _is("live"), wait(500), _retries(100)), **LIMITS),
    good(
        "anew when catching up for long",
        told(*BROKEN, _is("catching_up"), wait(500), _retries(100)),
        **LIMITS,
    ),
    good(
        "anew or not, when connected for about the longest pause",
        told(*BROKEN, _is("live"), wait(400), _retries(100, 200, 400), _is("live"), wait(400), _retries(400)),
        **LIMITS,
    ),
    bad(
        "anew after a short connection",
        told(*BROKEN, _is("live"), wait(300), _retries(100)),
        "Bob waited 100 ms before attempt 4 to connect, expected at least 320 ms",
        **LIMITS,
    ),
    bad(
        "anew after a connection that broke off before it said so",
        told(*BROKEN, _attempt("ok"), wait(300), _retries(100)),
        "attempt 4",
        **LIMITS,
    ),
    good(
        "anew after a long one, of which the first half went by before it said so",
        told(*BROKEN, _attempt("ok"), wait(300), _is("live"), wait(200), _retries(100)),
        **LIMITS,
    ),
    bad(
        "another exchange was good", told(*BROKEN, _attempt("ok", "push"), wait(500), _retries(100)), **LIMITS
    ),
    bad("the attempt failed", told(*BROKEN, _attempt("failed"), wait(500), _retries(100)), **LIMITS),
    good(
        "anew when somebody took it offline",
        told(*BROKEN, _is("live"), _is("offline"), _is("live"), wait(10), _retries(100)),
        **LIMITS,
    ),
    good("anew after a kill", told(*KILLED, _retries(100, 200, 400)), **LIMITS),
    bad("not anew while connecting", told(*BROKEN, _is("connecting"), wait(500), _retries(100)), **LIMITS),
    bad(
        "constant",
        told(_retries(100, 100, 100)),
        "Bob waited 100 ms before attempt 2 to connect, expected at least 160 ms",
        **LIMITS,
    ),
    bad("starts over", told(_retries(100, 200, 400, 100)), **LIMITS),
    bad("at once", told(_retries(0, 200, 400)), **LIMITS),
)

MUTANTS: tuple[Mutant, ...] = (
    ('line.what == "connect"\n\n', "True\n\n"),
    ('line.what == "connect" and line.outcome == "ok"', 'line.outcome == "ok"'),
    ('line.what == "connect" and line.outcome == "ok"', 'line.what == "connect"'),
    ('line.what == "connect" and line.outcome == "ok"', "False"),
    ('("catching_up", "live")', '("live",)'),
    ('and line.state in ("catching_up", "live")', ""),
    ('line.state == "offline"', "False"),
    ("line.t_ns > killed_ns and", ""),
    ("line.t_ns if since is None else since", "line.t_ns"),
    ("stood_ns, since = line.t_ns - since, None", "stood_ns = line.t_ns - since"),
    ("series, since = 0, None", "since = None"),
    ("if stood_ns > max_ns * (1 - jitter_percent / 100):", "if True:"),
    ("if stood_ns > max_ns * (1 - jitter_percent / 100):", "if begins_anew:"),
    ("if stood_ns > max_ns * (1 - jitter_percent / 100):", "if False:"),
    ("begins_anew = stood_ns > max_ns * (1 + jitter_percent / 100)", "begins_anew = True"),
    ("elif begins_anew and", "elif"),
    ("line.delay_ms > most * (1 + _ROUNDING)", "False"),
    ("nominal * (1 + jitter_percent / 100)\n", "nominal\n"),
    ("begins_anew = True", "begins_anew = False"),
    ("2**series", "1"),
    ("min(max_ns, base_ns", "max(0, base_ns"),
    ("nominal * (1 - jitter_percent / 100)", "nominal"),
    ("max(longest, series)", "series + longest"),
    ("if longest < _ENOUGH:", "if False:"),
)
