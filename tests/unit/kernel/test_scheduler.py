"""The scheduler does what is due, in order, and looks between any two actions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncproof.kernel.scheduler import Scheduler


class VirtualClock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.time = 0

    def now(self) -> int:
        return self.time

    def wait(self, until: int) -> None:
        self.time = max(self.time, until)


def scheduler() -> tuple[Scheduler, VirtualClock]:
    clock = VirtualClock()
    return Scheduler(clock, lambda: None), clock


@given(st.lists(st.integers(0, 10**9), max_size=40))
def test_actions_are_done_at_their_time_in_order(dues: list[int]) -> None:
    world, clock = scheduler()
    done: list[tuple[int, int]] = []

    def action(number: int) -> Callable[[], None]:
        return lambda: done.append((clock.now(), number))

    for number, due in enumerate(dues):
        world.at(due, action(number), "")
    world.run_until(lambda: not world.pending, lambda: 2 * 10**9)
    assert [number for _, number in done] == [n for _, n in sorted((due, n) for n, due in enumerate(dues))]
    assert all(time >= dues[number] for time, number in done)
    assert all(time <= dues[number] + 100_000 * (len(dues) + 1) for time, number in done)


def test_the_predicate_is_asked_between_any_two_actions() -> None:
    world, _ = scheduler()
    done: list[int] = []
    for number in range(50):
        world.at(world.now(), lambda number=number: done.append(number), "")  # type: ignore[misc]
    assert world.run_until(lambda: len(done) == 20, lambda: 10**9)
    assert len(done) == 20
    assert world.pending == 30


@pytest.mark.parametrize(
    ("due", "others", "done_at"), [(40, 1, 150), (40, 0, 100), (120, 1, 120), (120, 0, 120)]
)
def test_a_time_that_has_passed_while_others_waited_begins_anew(due: int, others: int, done_at: int) -> None:
    world, clock = scheduler()
    done: list[int] = []
    for _ in range(others):
        world.at(30, lambda: None, "a send")
    clock.time = 100
    action = world.at(due, lambda: done.append(clock.now()), "the end of a fault", again_ns=50)
    assert action.due == done_at
    world.run_until(lambda: bool(done), lambda: 10**9)
    assert done[0] >= done_at


def test_a_held_action_waits_and_lets_others_pass() -> None:
    world, _ = scheduler()
    done: list[str] = []
    closed = True
    world.at(world.now(), lambda: done.append("held"), "", held=lambda: closed)
    world.at(world.now(), lambda: done.append("free"), "")
    assert not world.run_until(lambda: "held" in done, lambda: 10**8)
    assert done == ["free"]
    closed = False
    assert world.run_until(lambda: "held" in done, lambda: 10**9)


def test_the_deadline_is_asked_again_every_turn() -> None:
    world, clock = scheduler()
    limit: list[int | None] = [None]

    def set_limit() -> None:
        limit[0] = clock.now() + 10**9

    world.at(5 * 10**9, set_limit, "the end of a fault")
    assert not world.run_until(lambda: False, lambda: limit[0])
    assert clock.now() == 6 * 10**9


def test_what_is_due_exactly_at_the_deadline_is_still_done() -> None:
    world, _ = scheduler()
    done: list[int] = []
    world.at(10**9, lambda: done.append(1), "")
    assert world.run_until(lambda: bool(done), lambda: 10**9)


def test_what_is_late_already_does_not_overtake_what_was_enqueued_before() -> None:
    world, clock = scheduler()
    done: list[str] = []
    clock.time = 10**9  # the machine was slow: the end of the fault, said last, was due long ago
    world.at(world.now(), lambda: done.append("send"), "")
    world.at(5 * 10**8, lambda: done.append("end of the fault"), "")
    world.run_until(lambda: not world.pending, lambda: 2 * 10**9)
    assert done == ["send", "end of the fault"]


@given(st.integers(1, 60), st.integers(0, 3_000), st.integers(1, 60))
def test_a_backlog_does_not_put_off_what_is_punctual(sends: int, due_ms: int, send_ms: int) -> None:
    world, clock = scheduler()
    ended: list[int] = []

    def send() -> None:
        clock.time += send_ms * 10**6

    for _ in range(sends):
        world.at(0, send, "send")
    due = due_ms * 10**6
    world.at(due, lambda: ended.append(clock.time), "end of the fault", punctual=True)
    assert world.next_due == 0
    assert world.pending == sends + 1
    assert world.run_until(lambda: not world.pending, lambda: 10**10)
    assert due <= ended[0] <= due + send_ms * 10**6 + 100_000
