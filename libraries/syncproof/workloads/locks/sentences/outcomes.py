"""Sentences about who must have a lock, and what lock files must say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.kernel.cast import Device, Devices
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration
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


class HasLock(HeldByDevice):
    """A device must have the lock of a file that it was asked to have.

    ``path``: a `Text`. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Fails when the deadline passes (``expected Bob to have the lock``, and who has it instead).

    Example:
    | When Alice asks for the lock of "plan.txt"
    | Then Alice should have the lock of "plan.txt" within 10 seconds

    Source: plan P-1.2.2.
    """

    template = '${device} should have the lock of "${path}" within ${duration}'
    device: Device
    path: Text
    duration: Duration


class OneHasLock(HeldByOne):
    """One of several devices that were asked to must have the lock of a file, whichever that is.

    ``devices``: see `Devices`. ``path``: a `Text`. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    That no two of them have it at once is judged at the end of every test.

    Example:
    | When Alice and Bob ask for the lock of "plan.txt" at once
    | Then the lock of "plan.txt" should be with one of Alice and Bob within 10 seconds

    Source: plan P-1.2.1.
    """

    template = 'the lock of "${path}" should be with one of ${devices} within ${duration}'
    path: Text
    devices: Devices
    duration: Duration


class EachHadLock(OfSeveral):
    """Each of several devices must have had the lock of a file once since the test began.

    ``devices``: see `Devices`. ``path``: a `Text`. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Example:
    | When whoever has the lock of "plan.txt" gives it back
    | Then the lock of "plan.txt" should have been with each of Alice and Bob within 10 seconds

    Source: plan P-1.2.1.
    """

    template = 'the lock of "${path}" should have been with each of ${devices} within ${duration}'
    check = "lock_held_by_each"
    path: Text
    devices: Devices
    duration: Duration

    def ready(self, world: World) -> bool:
        had = {term.device for term in terms(world.history, self.lock)}
        return all(device.name in had for device in self.devices)


class NobodyHasLock(OfLock):
    """Nobody may have the lock of a file, which somebody was asked to have, from now on for so long.

    ``path``: a `Text`. ``duration``: a `Duration`; TIME_SCALE applies. It always takes so long.

    Example:
    | When the networks of Alice and Bob are cut
    | And Alice and Bob ask for the lock of "plan.txt" at once
    | Then nobody should have the lock of "plan.txt" for 10 seconds

    Source: plan P-2.3.4.
    """

    template = 'nobody should have the lock of "${path}" for ${duration}'
    check = "lock_held_by_nobody"
    path: Text
    duration: Duration

    def run(self, world: World) -> None:
        limits = self.limits(world)
        asked_ns, within_ns = world.scheduler.now(), world.scaled_ns(self.duration)
        world.wait_for(lambda: world.scheduler.now() > asked_ns + within_ns, self.duration.seconds)
        world.read_evidence()
        world.note("lock_looked")
        world.verdicts.require(self.check, None, asked_ns=asked_ns, within_ns=within_ns, **limits)


class LostLock(LostByDevice):
    """A device must have said that it has lost the lock of a file, which it had.

    ``path``: a `Text`. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    A device that could not ask for more of a lock in time has lost it, and its programs must hear of it.

    Example:
    | And Alice's process is resumed after 60 seconds
    | Then Alice should have lost the lock of "plan.txt" within 10 seconds

    Source: plan P-1.2.3.
    """

    template = '${device} should have lost the lock of "${path}" within ${duration}'
    device: Device
    path: Text
    duration: Duration


class _OfLockFile(OfLock):
    """Base of those that look at lock files."""

    if TYPE_CHECKING:
        device: Device

    def _owner(self, locks: Locks) -> str | None:
        return locks.shown.get(self.device.name, {}).get(self.lock)


class ShowsLock(_OfLockFile):
    """A lock file in a device's folder must say who has the lock of a file.

    ``owner``: the `Device` that has it. ``path``: a `Text`. ``duration``: a `Duration`; for when it begins see
    `Deadlines`.

    Lock files are read again and again. Fails when the deadline passes, with what is there instead.

    Example:
    | Then Alice should have the lock of "plan.txt" within 10 seconds
    | And Bob should show Alice's lock of "plan.txt" within 10 seconds

    Source: plan P-1.2.6.
    """

    template = '${device} should show ${owner}\'s lock of "${path}" within ${duration}'
    check = "lock_shown"
    device: Device
    owner: Device
    path: Text
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        return super().limits(world) | {"owner": self.owner.name}

    def ready(self, world: World) -> bool:
        locks = world.of(Locks)
        return locks.look_again() and self._owner(locks) == self.owner.name


class ShowsNoLock(_OfLockFile):
    """No lock file in a device's folder may say that anybody has the lock of a file.

    ``path``: a `Text`. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Example:
    | When Alice gives back the lock of "plan.txt"
    | Then Bob should show no lock of "plan.txt" within 10 seconds

    Source: plan P-1.2.2.
    """

    template = '${device} should show no lock of "${path}" within ${duration}'
    check = "lock_shown"
    device: Device
    path: Text
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        return super().limits(world) | {"owner": ""}

    def ready(self, world: World) -> bool:
        locks = world.of(Locks)
        return locks.look_again() and self.device.name in locks.shown and self._owner(locks) is None
