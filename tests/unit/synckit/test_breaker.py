from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from syncproof_synckit.breaker import Breaker


def failed(breaker: Breaker, times: int, now: float = 0.0) -> list[bool]:
    return [breaker.failed(now) for _ in range(times)]


def test_opens_at_the_threshold_and_not_before() -> None:
    breaker = Breaker(50, 10.0)
    assert failed(breaker, 49) == [False] * 49
    assert breaker.passes()
    assert failed(breaker, 1) == [True]
    assert (breaker.state, breaker.opens, breaker.failures) == ("open", 1, 50)
    assert not breaker.passes()


def test_a_success_begins_the_count_anew() -> None:
    breaker = Breaker(3, 10.0)
    failed(breaker, 2)
    breaker.succeeded()
    assert failed(breaker, 2) == [False, False]
    assert breaker.state == "closed"


def test_after_the_cooldown_one_trial_passes() -> None:
    breaker = Breaker(1, 10.0)
    breaker.failed(5.0)
    assert breaker.cooled_at == 15.0
    assert not breaker.look(14.9)
    assert breaker.look(15.0)
    assert breaker.state == "half_open"
    assert breaker.passes()
    breaker.began()
    assert not breaker.passes()


def test_a_trial_that_fails_opens_again_and_counts() -> None:
    breaker = Breaker(2, 10.0)
    failed(breaker, 2)
    breaker.look(10.0)
    breaker.began()
    assert breaker.failed(11.0)
    assert (breaker.opens, breaker.failures, breaker.cooled_at) == (2, 3, 21.0)


def test_a_trial_that_succeeds_closes() -> None:
    breaker = Breaker(2, 10.0)
    failed(breaker, 2)
    breaker.look(10.0)
    breaker.began()
    assert breaker.succeeded()
    assert (breaker.state, breaker.failures, breaker.opens) == ("closed", 0, 1)
    assert breaker.passes()


def test_a_trial_that_is_given_up_leaves_room_for_another() -> None:
    breaker = Breaker(1, 10.0)
    breaker.failed(0.0)
    breaker.look(10.0)
    breaker.began()
    breaker.cancelled()
    assert breaker.passes()


class BreakerMachine(RuleBasedStateMachine):
    """Only what passes is tried; then openings are what the sequence of outcomes demands."""

    def __init__(self) -> None:
        super().__init__()
        self.breaker = Breaker(3, 10.0)
        self.now = 0.0
        self.in_a_row = 0
        self.demanded = 0

    @precondition(lambda self: self.breaker.passes())
    @rule(good=st.booleans())
    def attempt(self, good: bool) -> None:
        self.breaker.began()
        if good:
            self.breaker.succeeded()
            self.in_a_row = 0
        else:
            self.in_a_row += 1
            self.demanded += self.in_a_row >= 3
            self.breaker.failed(self.now)

    @rule(seconds=st.floats(0.1, 12))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.breaker.look(self.now)

    @invariant()
    def openings_are_those_demanded(self) -> None:
        assert self.breaker.opens == self.demanded
        assert self.breaker.failures == self.in_a_row
        assert (self.breaker.state == "closed") == (self.in_a_row < 3)
        cooled_at = self.breaker.cooled_at
        assert cooled_at is None or not self.breaker.passes()


TestBreaker = BreakerMachine.TestCase
