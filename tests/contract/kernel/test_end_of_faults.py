"""When a fault ends that a scenario gives so and so long, in virtual time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.kernel.conftest import histories

from syncproof.kernel.fault import Fault
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import parse
from syncproof.kernel.world import World
from syncproof.systems.simulated.bed import SimulatedBed
from syncproof_products.bundled.driver.simulated import SimulatedBundled

S = 1_000_000_000


class Odd(Fault):
    """It is seen to take effect so many seconds after it began, as on a machine that answers probes late."""

    kind, engine = "odd", "test"

    def __init__(self, world: World, seen_after_s: float) -> None:
        super().__init__(("Bob",), ("Bob",))
        self._world, self._after_ns = world, round(seen_after_s * S)
        self.began_ns = self.ended_ns = 0

    def begin(self) -> None:
        self.began_ns = self._world.scheduler.now()

    def proof(self) -> str | None:
        return "odd" if self._world.scheduler.now() >= self.began_ns + self._after_ns else None

    def end(self) -> None:
        self.ended_ns = self._world.scheduler.now()

    def healed(self) -> str | None:
        return "even"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(SimulatedBed(SimulatedBundled(1), histories(tmp_path), 1), "A fault")
    world.perform(parse("Alice and Bob are syncing"))
    yield world
    world.finish(failed=True)


@pytest.mark.parametrize(
    ("seen_after_s", "lasts_s"),
    [(0, 1), (0.9, 1), (1, 1), (3, 3), (5.9, 5.9), (60, 6)],
    ids=["at once", "in time", "at the end", "late", "in the last moment", "never"],
)
def test_a_fault_waits_some_seconds_to_be_seen(world: World, seen_after_s: float, lasts_s: float) -> None:
    odd = Odd(world, seen_after_s)
    world.faults.begin(odd)
    world.end_fault_after([Odd], ["Bob"], Duration(1))
    world.wait_for(lambda: bool(odd.ended_ns), 30)
    assert (odd.ended_ns - odd.began_ns) / S == pytest.approx(lasts_s, abs=0.1)


def test_one_that_ends_at_an_instant_of_a_device_waits_for_nobody(world: World) -> None:
    odd = Odd(world, 3)
    world.faults.begin(odd)
    world.end_fault_after([Odd], ["Bob"], Duration(1), punctual=True)
    world.wait_for(lambda: bool(odd.ended_ns), 30)
    assert (odd.ended_ns - odd.began_ns) / S == pytest.approx(1, abs=0.1)
