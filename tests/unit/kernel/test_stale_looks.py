"""No `Then` is over by a look at a history that lacks what the harness has just put on record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from tests.contract.kernel.conftest import histories

from syncproof.evidence.lines import Line
from syncproof.kernel.recorder import Lines
from syncproof.kernel.world import World
from syncproof.systems.simulated.bed import SimulatedBed
from syncproof_products.bundled.driver.simulated import SimulatedBundled


class _Slow:
    """Hands over what another tail has read only when it is asked once more."""

    def __init__(self, tail: Lines) -> None:
        self._tail, self._kept = tail, tuple[Line, ...]()

    def read_new(self) -> Sequence[Line]:
        now, self._kept = self._kept, tuple(self._tail.read_new())
        return now

    def close(self) -> None:
        self._tail.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(SimulatedBed(SimulatedBundled(1), histories(tmp_path), 1), "slow")
    world._tail = _Slow(world._tail)
    yield world
    world.finish(failed=False)


def test_what_was_put_on_record_before_is_seen(world: World) -> None:
    world.note("stranger_known", device="Mallory")
    assert not world.history.notes("stranger_known")
    assert not world.holds(lambda: not world.history.notes("stranger_known"))
    assert world.holds(lambda: bool(world.history.notes("stranger_known")))


def test_what_a_look_puts_on_record_itself_does_not_undo_it(world: World) -> None:
    looks: list[int] = []

    def looked() -> bool:
        looks.append(len(looks))
        if len(looks) == 2:
            return False  # it does not look again at once
        world.note("folders_looked")
        return True

    world.note("told")
    assert [world.wait_for(lambda: world.holds(looked), 10), len(looks)] == [True, 3]


def test_what_nobody_has_told_since_is_asked_once(world: World) -> None:
    world.read_own()
    asked: list[int] = []

    def ask() -> bool:
        asked.append(1)
        return True

    assert world.holds(ask)
    assert asked == [1]
