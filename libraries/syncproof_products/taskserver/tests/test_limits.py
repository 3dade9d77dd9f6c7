"""The rate limit and the circuit breaker, in a time of their own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from syncproof_products.taskserver.core.limits import Breaker, RateLimit


def test_a_hundred_requests_a_minute() -> None:
    limit = RateLimit(100, 60.0)
    assert [limit.take("Alice", 10.0) for _ in range(100)] == [0.0] * 100
    assert limit.take("Alice", 30.0) == 40.0
    assert limit.take("Bob", 30.0) == 0.0
    assert limit.take("Alice", 69.9) > 0
    assert limit.take("Alice", 70.0) == 0.0


def test_no_limit() -> None:
    assert not any(RateLimit(0, 60.0).take("Alice", 0.0) for _ in range(1_000))


@given(st.lists(st.floats(0, 30), max_size=60))
def test_no_window_has_more_than_its_most(pauses: list[float]) -> None:
    limit, now, admitted = RateLimit(3, 10.0), 0.0, []
    for pause in pauses:
        now += pause
        wait = limit.take("Alice", now)
        if wait == 0:
            admitted.append(now)
        else:
            assert 0 < wait <= 10.0 + 1e-9
            assert limit.take("Alice", now + wait + 1e-9) == 0
            admitted.append(now + wait)
            now += wait
    # A window begins with its first request: in any ten seconds there are at most two windows.
    assert all(sum(begin <= each < begin + 10 for each in admitted) <= 6 for begin in admitted)


def state(breaker: Breaker) -> str:
    return breaker.state


def fail(breaker: Breaker, times: int, now: float) -> None:
    for _ in range(times):
        assert breaker.admits(now)
        breaker.ended(503, now)


def test_closed_open_half_open_closed() -> None:
    breaker = Breaker(4, 10.0)
    fail(breaker, 3, 0.0)
    assert state(breaker) == "closed"
    fail(breaker, 1, 1.0)
    assert state(breaker) == "open"
    assert not breaker.admits(10.9)
    assert breaker.retry_after_s(3.0) == 8.0
    assert breaker.admits(11.0)
    assert state(breaker) == "half_open"
    assert breaker.admits(11.0)
    assert not breaker.admits(11.0), "half of four are on trial"
    breaker.ended(200, 11.1)
    assert state(breaker) == "half_open"
    breaker.ended(404, 11.2)
    assert state(breaker) == "closed"


def test_a_trial_that_fails_opens_it_again() -> None:
    breaker = Breaker(4, 10.0)
    fail(breaker, 4, 0.0)
    fail(breaker, 1, 10.0)
    assert breaker.state == "open"
    assert not breaker.admits(19.9)
    assert breaker.admits(20.0)


def test_only_failures_in_a_row_count() -> None:
    breaker = Breaker(2, 10.0)
    for _ in range(5):
        fail(breaker, 1, 0.0)
        assert breaker.admits(0.0)
        breaker.ended(422, 0.0)
    assert breaker.state == "closed"


def test_one_failure_needs_one_trial() -> None:
    breaker = Breaker(1, 10.0)
    fail(breaker, 1, 0.0)
    assert breaker.admits(10.0)
    assert not breaker.admits(10.0)
    breaker.ended(200, 10.0)
    assert breaker.state == "closed"
