"""Bases of the sentences about who has a lock: of a file's, or of the lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.kernel.cast import Device, Devices
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.text import Text
from syncproof.workloads.locks.state import Locks
from syncproof.workloads.locks.times import LEADERSHIP, holders, terms

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class OfLock(Outcome):
    """About one lock: that of the file in the slot `path`, where a sentence has one, or the lead."""

    if TYPE_CHECKING:  # slots, each in the place that its sentence gives it
        path: Text
        device: Device
        devices: Devices

    @property
    def lock(self) -> str:
        """What it is a lock of."""
        return str(self.path) if "path" in self.slots else LEADERSHIP

    def limits(self, world: World) -> dict[str, Any]:
        world.of(Locks).require(self.lock)
        return {"path": self.lock}

    def holders(self, world: World) -> list[str]:
        """The devices that have it now."""
        return holders(world.history, self.lock, world.scheduler.now())


class HeldByDevice(OfLock):
    """A device has it."""

    check = "lock_held"

    def ready(self, world: World) -> bool:
        return self.device.name in self.holders(world)


class OfSeveral(OfLock):
    """About several devices together."""

    @property
    def judged(self) -> tuple[str | None, ...]:
        return (None,)

    def limits(self, world: World) -> dict[str, Any]:
        return super().limits(world) | {"names": [device.name for device in self.devices]}


class HeldByOne(OfSeveral):
    """One of them has it."""

    check = "lock_held_by_one"

    def ready(self, world: World) -> bool:
        return any(device.name in self.holders(world) for device in self.devices)


class LostByDevice(OfLock):
    """A device has said that it has it no more."""

    check = "lock_lost"

    def ready(self, world: World) -> bool:
        own = [term for term in terms(world.history, self.lock) if term.device == self.device.name]
        return bool(own) and own[-1].lost is not None
