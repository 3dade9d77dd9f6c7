"""The timers of the data path, on a real loop and the real clock."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterator

import pytest
import uvloop

from syncproof.faults.toxiproxy.alarms import Alarms

MS = 1_000_000


@pytest.fixture(params=["linux", "elsewhere"])
def alarms(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Alarms, Callable[[], None]]]:
    """Alarms, and what lets their loop run for 60 ms."""
    monkeypatch.setattr("sys.platform", request.param)
    loop = uvloop.new_event_loop()
    made = Alarms(loop)
    yield made, lambda: loop.run_until_complete(asyncio.sleep(0.06))
    made.close()
    loop.close()


def test_each_goes_off_once_in_order_and_never_early(alarms: tuple[Alarms, Callable[[], None]]) -> None:
    made, run = alarms
    rng, begin = random.Random(7), time.monotonic_ns()
    wanted = [begin + rng.randrange(-MS, 30 * MS) for _ in range(200)]
    seen: list[tuple[int, int]] = []
    for due in wanted:
        made.set(due, lambda due=due: seen.append((due, time.monotonic_ns())))  # type: ignore[misc]
    run()
    assert [due for due, _ in seen] == sorted(wanted)
    assert all(due <= at for due, at in seen)


def test_one_that_is_cancelled_does_not_go_off_and_many_of_them_are_forgotten(
    alarms: tuple[Alarms, Callable[[], None]],
) -> None:
    made, run = alarms
    begin, seen = time.monotonic_ns(), list[int]()
    far = [made.set(begin + 3_600_000 * MS, lambda: seen.append(0)) for _ in range(1000)]
    for alarm in far:
        alarm.cancel()
        alarm.cancel()
    made.set(begin + 20 * MS, lambda: seen.append(1))
    made.set(begin + 10 * MS, lambda: seen.append(2)).cancel()
    assert len(made._waiting) < 200
    run()
    assert seen == [1]


def test_one_may_set_others_also_earlier_ones(alarms: tuple[Alarms, Callable[[], None]]) -> None:
    made, run = alarms
    seen: list[str] = []
    begin = time.monotonic_ns()

    def first() -> None:
        seen.append("first")
        made.set(0, lambda: seen.append("at once"))
        made.set(begin + 20 * MS, lambda: seen.append("earlier"))

    made.set(begin + 30 * MS, lambda: seen.append("later"))
    made.set(begin + 5 * MS, first)
    run()
    assert seen == ["first", "at once", "earlier", "later"]


def test_one_that_fails_does_not_keep_the_others(alarms: tuple[Alarms, Callable[[], None]]) -> None:
    made, run = alarms
    seen: list[int] = []

    def fail() -> None:
        raise RuntimeError("on purpose")

    begin = time.monotonic_ns()
    made.set(begin, fail)
    made.set(begin + 1, lambda: seen.append(1))
    made.set(begin + 20 * MS, lambda: seen.append(2))
    run()
    assert seen == [1, 2]
