from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from syncproof_products.bundled.core.settings import Settings
from syncproof_synckit.retry import RetryTracker

EXACT = Settings(retry_jitter=0.0, retry_base_s=0.5, retry_max_s=5.0, retry_ttl_s=100.0, retry_limit=3)


def test_delays_double_up_to_the_maximum() -> None:
    tracker = RetryTracker(EXACT)
    rng = random.Random(1)
    delays = [tracker.failed("push", float(n), rng, by_link=True).delay for n in range(6)]
    assert delays == [0.5, 1.0, 2.0, 4.0, 5.0, 5.0]


def test_a_thousand_failures_overflow_nothing() -> None:
    tracker = RetryTracker(EXACT)
    for n in range(1000):
        retry = tracker.failed("push", n * 0.01, random.Random(1), by_link=True)
    assert (retry.attempt, retry.delay) == (1000, 5.0)


@given(st.integers(0, 2**32), st.integers(1, 12))
def test_jitter_stays_within_its_fraction(seed: int, attempts: int) -> None:
    tracker, rng = RetryTracker(Settings(retry_jitter=0.2)), random.Random(seed)
    for n in range(attempts):
        retry = tracker.failed("push", 0.0, rng, by_link=True)
        plain = min(5.0, 0.5 * 2**n)
        assert 0.8 * plain <= retry.delay <= 1.2 * plain


def test_jitter_spreads_devices_that_failed_together() -> None:
    delays = [
        RetryTracker(Settings()).failed("push", 0.0, random.Random(seed), by_link=True).delay
        for seed in range(50)
    ]
    assert max(delays) - min(delays) > 0.1


def test_ready_when_due_and_at_once_after_success() -> None:
    tracker = RetryTracker(EXACT)
    assert tracker.ready("push", 0.0)
    tracker.failed("push", 10.0, random.Random(1), by_link=True)
    assert not tracker.ready("push", 10.49)
    assert tracker.next_due(10.0) == 10.5
    assert tracker.ready("push", 10.5)
    assert tracker.next_due(10.5) is None
    tracker.succeeded("push")
    assert tracker.failed("push", 11.0, random.Random(1), by_link=True).attempt == 1


def test_what_the_relay_asks_for_is_waited_for() -> None:
    tracker = RetryTracker(EXACT)
    assert tracker.failed("push", 0.0, random.Random(1), by_link=False, at_least=30.0).due == 30.0


def test_a_link_that_works_again_frees_what_failed_by_it() -> None:
    tracker = RetryTracker(EXACT)
    for key, by_link in (("connect", True), ("push", True), ("download:1", False)):
        tracker.failed(key, 0.0, random.Random(1), by_link=by_link)
    tracker.expedite(except_key="connect")
    assert [tracker.ready(key, 0.1) for key in ("connect", "push", "download:1")] == [False, True, False]


@pytest.mark.parametrize(("now", "pruned"), [(99.9, []), (100.0, ["old"]), (150.0, ["old", "new"])])
def test_what_failed_for_longer_than_the_ttl_is_pruned(now: float, pruned: list[str]) -> None:
    tracker = RetryTracker(EXACT)
    tracker.failed("old", 0.0, random.Random(1), by_link=True)
    tracker.failed("new", 50.0, random.Random(1), by_link=True)
    tracker.failed("old", 60.0, random.Random(1), by_link=True)
    assert tracker.prune(now, EXACT) == pruned
    assert tracker.pruned == len(pruned)


class TrackerMachine(RuleBasedStateMachine):
    """Whatever happens, the tracker stays bounded, and a key is never due earlier than its delay."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.rng = random.Random(0)
        self.tracker = RetryTracker(EXACT)
        self.due: dict[str, float] = {}

    @rule(key=st.sampled_from("abcdef"))
    def fail(self, key: str) -> None:
        self.due[key] = self.tracker.failed(key, self.now, self.rng, by_link=True).due

    @rule(key=st.sampled_from("abcdef"))
    def succeed(self, key: str) -> None:
        self.tracker.succeeded(key)
        self.due.pop(key, None)

    @rule(seconds=st.floats(0, 40))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def prune(self) -> None:
        for key in self.tracker.prune(self.now, EXACT):
            del self.due[key]
        assert len(self.tracker) <= EXACT.retry_limit

    @invariant()
    def ready_only_when_due(self) -> None:
        for key in "abcdef":
            assert self.tracker.ready(key, self.now) == (self.due.get(key, 0.0) <= self.now)
        later = [due for due in self.due.values() if due > self.now]
        assert self.tracker.next_due(self.now) == min(later, default=None)


TestTracker = TrackerMachine.TestCase


def test_jitter_in_seconds_comes_on_top_of_the_longest_delay() -> None:
    """Plan Z-5.3: from 2 s, doubled to 30 s, up to 5 s more, so never beyond 35 s."""
    settings = Settings(retry_jitter=0.0, retry_base_s=2.0, retry_max_s=30.0)
    tracker, rng = RetryTracker(settings, 5.0), random.Random(1)
    for attempt in range(12):
        delay = tracker.failed("connect", 0.0, rng, by_link=True).delay
        nominal = min(30.0, 2.0 * 2**attempt)
        assert nominal <= delay <= nominal + 5.0


def test_a_hundred_devices_come_back_over_seconds() -> None:
    """Plan Z-5.3: a hundred third attempts lie at least 2 s apart, and no moment has many of them."""
    settings = Settings(retry_jitter=0.0, retry_base_s=2.0, retry_max_s=30.0)
    delays = []
    for seed in range(100):
        tracker, rng = RetryTracker(settings, 5.0), random.Random(seed)
        for _ in range(3):
            delay = tracker.failed("connect", 0.0, rng, by_link=True).delay
        delays.append(delay)
    assert max(delays) - min(delays) >= 2.0
    bins = [sum(low <= delay < low + 1.0 for delay in delays) for low in range(8, 13)]
    assert max(bins) <= 3 * 100 / 5
