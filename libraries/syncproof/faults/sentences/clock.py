"""Sentences about the clock that a device believes in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.faults.clock import WrongClock
from syncproof.kernel.cast import Device
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.state import State
from syncproof.kernel.trouble import Inconclusive, InvalidScenario

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class WrongClocks(State):
    """A clock stays wrong when its device starts again: the new process has to be told."""

    def on_restart(self, name: str) -> None:
        for entry in self._world.faults.on:
            fault = entry.fault
            if isinstance(fault, WrongClock) and name in fault.target and not fault.again():
                raise Inconclusive(
                    f"Inconclusive: {name} started again, and its clock did not become wrong again when it was told."
                )


class IsAhead(Sentence):
    """Set a device's own clock ahead of the true time, as its user or a bad battery does.

    ``duration``: a `Duration`, by how much; TIME_SCALE applies. It is a jump: time goes on from there, also over a
    restart of the device. What is stamped in the evidence never follows this clock. A device of the bundled
    system takes a jump of 30 seconds or more for a sleep.

    Hands over the messages that are due, then acts at once. Ends with `${device}'s clock is right again`, or
    with the test. Fails at once when the clock is wrong already, and when the device is dead or suspended.
    Inconclusive when nothing was outstanding at the device meanwhile.

    Example:
    | And Bob's clock is 1 day ahead
    | And Bob sends 20 messages
    | And Bob's clock is right again

    Source: plan L-2.1 (a clock that jumps).
    """

    page = "Devices"
    template = "${device}'s clock is ${duration} ahead"
    needs = ("clock",)
    device: Device
    duration: Duration

    def run(self, world: World) -> None:
        _set_wrong(world, self.device.name, world.scaled_s(self.duration), f"{self.duration} ahead")


class IsBehind(Sentence):
    """Set a device's own clock behind the true time: what it had planned is due that much later by this clock.

    ``duration``: a `Duration`, by how much; TIME_SCALE applies. Otherwise like `${device}'s clock is
    ${duration} ahead`.

    Example:
    | And Bob goes offline
    | When Bob sends 10 messages
    | And Bob's clock is 1 day behind
    | And Bob sends 10 messages
    | And Bob comes online

    Source: plan L-2.1 (a clock that jumps).
    """

    page = "Devices"
    template = "${device}'s clock is ${duration} behind"
    needs = ("clock",)
    device: Device
    duration: Duration

    def run(self, world: World) -> None:
        _set_wrong(world, self.device.name, -world.scaled_s(self.duration), f"{self.duration} behind")


class IsRightAgain(Sentence):
    """Set a device's wrong clock right: it jumps back by what it was ahead, or on by what it was behind.

    Hands over the messages that are due, then acts at once. Fails at once when the clock is not wrong (``There
    is no wrong clock of Bob that could end here``).

    Example:
    | And Bob's clock is 1 day ahead
    | And Alice sends 20 messages
    | And Bob's clock is right again

    Source: plan L-2.1 (a clock that jumps).
    """

    page = "Devices"
    template = "${device}'s clock is right again"
    needs = ("clock",)
    device: Device

    def run(self, world: World) -> None:
        world.operations.flush()
        _can_be_told(world, self.device.name)
        world.topology.end_fault(world.faults.find([WrongClock], self.device.name))


def _set_wrong(world: World, name: str, ahead_s: float, requested: str) -> None:
    world.operations.flush()
    _can_be_told(world, name)
    if world.faults.is_on(WrongClock, name):
        raise InvalidScenario(f"{name}'s clock is wrong already. Say '{name}'s clock is right again' first.")
    node = world.node(name)
    world.of(WrongClocks)
    world.faults.begin(
        WrongClock(name, lambda seconds: node.agent.advance_clock(seconds), ahead_s, requested)
    )


def _can_be_told(world: World, name: str) -> None:
    stopped = world.topology.stopped(name)
    if stopped is not None:
        raise InvalidScenario(
            f"{name} was {stopped.how}, and its clock cannot be set. Say '{stopped.again}' first."
        )
