from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.histories import MS, Story

Act = Callable[[Story], None]
BY: dict[str, Any] = {"device": "Bob", "base_ns": 2000 * MS, "max_ns": 8000 * MS, "jitter_ns": 5000 * MS}


def _waits(*delays_ms: float, device: str = "Bob", what: str = "connect") -> Act:
    def act(story: Story) -> None:
        for delay_ms in delays_ms:
            story.retry(device, what, delay_ms=delay_ms)

    return act


def _is(state: str, device: str = "Bob") -> Act:
    return lambda story: story.connection(device, state)


CASES = (
    unknown("empty", empty, "Bob neither waited for its longest delay nor began anew (0 attempts)", **BY),
    good("doubled and capped", told(_waits(2000, 4000, 8000, 8000)), "4 delays, 1 time anew", **BY),
    good("with all of the jitter", told(_waits(7000, 9000, 13000)), **BY),
    bad("more than the jitter", told(_waits(2000, 9002, 8000)),
        "Bob waited 9002 ms before attempt 2 to connect, expected 4000 to 9000 ms", **BY),
    bad("less than the first", told(_waits(1998, 4000, 8000)), "attempt 1 to connect, expected 2000 to 7000", **BY),
    bad("not doubled", told(_waits(2000, 3000, 8000)), **BY),
    bad("not capped", told(_waits(2000, 4000, 8000, 16000)), **BY),
    unknown("not so far", told(_waits(2000, 4000)), "2 attempts", **BY),
    good("anew", told(_waits(2000, 4000), _is("live"), _waits(2000)), "2 times anew", **BY),
    good("anew by catching up", told(_waits(2000, 4000), _is("catching_up"), _waits(2000)), **BY),
    bad("not anew", told(_waits(2000, 4000), _is("live"), _waits(8000)), **BY),
    bad("anew without a connection", told(_waits(2000, 4000, 8000), _is("connecting"), _waits(2000)), **BY),
    good("another device", told(_waits(1, device="Alice"), _waits(2000, 4000, 8000)), **BY),
    bad("another device is connected", told(_waits(2000, 4000, 8000), _is("live", "Alice"), _waits(2000)), **BY),
    good("another retry", told(_waits(1, what="pull"), _waits(2000, 4000, 8000)), **BY),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ("least_ms - _ROUNDING_MS <= line.delay_ms", "True"),
    ("line.delay_ms <= most_ms + _ROUNDING_MS", "line.delay_ms"),
    ("min(max_ns, base_ns * 2**place)", "base_ns * 2**place"),
    ("place = 0\n            continue", "continue"),
    ('if line.what == "connect"', ""),
    ("history.of(Retry, device)", "history.of(Retry)"),
    ("history.of(Connection, device)", "history.of(Connection)"),
    ('in ("catching_up", "live")', 'in ("live",)'),
    ('in ("catching_up", "live")', 'in ("catching_up", "live", "connecting")'),
    ("and series < 2", ""),
    ("and longest < max_ns", ""),
)
