"""A wrong clock is proved by how far the device's clock moved, and by nothing that it showed before."""

from __future__ import annotations

from collections.abc import Callable

from syncproof.faults.clock import WrongClock


class Clock:
    """An agent's clock. moves: by how much it moves when it is told to move by so much."""

    def __init__(
        self, moves: Callable[[float], float] = lambda seconds: seconds, ahead_s: float = 0.0
    ) -> None:
        self._moves, self.ahead_s = moves, ahead_s

    def advance(self, seconds: float) -> float:
        self.ahead_s += self._moves(seconds)
        return round(self.ahead_s, 6)


def begun(clock: Clock, ahead_s: float = 3600.0) -> WrongClock:
    fault = WrongClock("Bob", clock.advance, ahead_s, "1 hour ahead")
    assert fault.proof() is None
    fault.begin()
    return fault


def test_a_clock_that_jumps_is_proved_and_heals() -> None:
    for ahead_s in (3600.0, -3600.0, 0.0104):
        clock = Clock(lambda seconds: round(seconds, 3), ahead_s=17.0)
        fault = begun(clock, ahead_s)
        assert fault.proof() is not None
        assert fault.healed() is None
        fault.end()
        assert fault.healed() is not None


def test_an_agent_that_ignores_the_request_is_not_believed() -> None:
    fault = WrongClock("Bob", lambda _seconds: 0.0, 3600.0, "1 hour ahead")
    fault.begin()
    assert fault.proof() is None
    assert not fault.again()


def test_an_offset_from_before_proves_nothing() -> None:
    assert begun(Clock(lambda _seconds: 0.0, ahead_s=3600.0)).proof() is None


def test_half_the_jump_is_not_the_jump() -> None:
    assert begun(Clock(lambda seconds: seconds / 2)).proof() is None


def test_a_clock_that_stays_wrong_has_not_healed() -> None:
    fault = begun(Clock(lambda seconds: max(0.0, seconds)))
    assert fault.proof() is not None
    fault.end()
    assert fault.healed() is None


def test_who_wakes_up_later_meanwhile_moves_the_same_clock() -> None:
    clock = Clock()
    fault = begun(clock)
    clock.advance(60.0)
    fault.end()
    assert fault.healed() is not None
    assert clock.ahead_s == 60.0


def test_a_process_that_started_again_is_told_anew() -> None:
    clock = Clock()
    fault = begun(clock)
    clock.ahead_s = 0.0
    assert fault.again()
    fault.end()
    assert fault.healed() is not None
    assert clock.ahead_s == 0.0
