"""Devices that are cut off one after the other: each for as long as was said, however late that begins."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from syncproof.faults.sentences.partition import MovesOn
from syncproof.kernel.cast import Device, Devices
from syncproof.kernel.quantities import Duration
from syncproof.kernel.scheduler import Scheduler

SECOND = 1_000_000_000


class Clock:
    def __init__(self) -> None:
        self.time = 0

    def now(self) -> int:
        return self.time

    def wait(self, until: int) -> None:
        self.time = max(self.time, until)


def test_a_cut_that_begins_late_lasts_as_long_as_the_others() -> None:
    clock = Clock()
    scheduler = Scheduler(clock, lambda: None)
    cuts: list[tuple[int, int]] = []

    def begin(fault: Any) -> Any:
        if not cuts:
            clock.time += 5 * SECOND  # the machine was busy
        return SimpleNamespace(fault=fault, started_ns=clock.time, ends_by_itself=False)

    world = SimpleNamespace(
        scheduler=scheduler,
        faults=SimpleNamespace(begin=begin),
        topology=SimpleNamespace(end_fault=lambda entry: cuts.append((entry.started_ns, clock.time))),
        links=lambda device: (SimpleNamespace(devices=(), targets=(device.name,), engine="", leads_to=""),),
        scaled_ns=lambda duration: round(duration.seconds * SECOND),
    )
    devices = Devices((Device("Alice"), Device("Bob"), Device("Carol")))
    MovesOn(devices=devices, duration=Duration(3)).run(cast("Any", world))
    scheduler.run_until(lambda: len(cuts) == 3, lambda: 60 * SECOND)
    assert [ended - began for began, ended in cuts] == [3 * SECOND] * 3
    assert [began for began, _ in cuts] == [5 * SECOND, 8 * SECOND, 11 * SECOND]
