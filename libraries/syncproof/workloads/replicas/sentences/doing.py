"""Sentences that put devices under pressure: many messages at once, many changes of the connection."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from syncproof.evidence.checkers.verdict import count as counted
from syncproof.kernel.cast import Device
from syncproof.kernel.operations import PATIENCE_S
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.trouble import Inconclusive, InvalidScenario

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class PushesWithin(Sentence):
    """Connect a device again, and let it push what has waited in its outbox, all of it within a time.

    ``count``: a `Number`, how many of its messages wait. ``duration``: a `Duration`, the most that may lie between the
    first and the last acknowledgement. TIME_SCALE does not apply: it is a pace and not a wait.

    Like `${device} comes online`, and then waits at most 60 seconds until the relay has acknowledged so many, or the
    device has nothing more to push; not until anybody received them. Inconclusive when it took longer than that
    (``Inconclusive: Alice pushed 100 messages in 1.4 s``): nothing was rapid then. Fails at once when another number
    waits.

    Example:
    | And Alice goes offline
    | And Alice sends 100 messages
    | When Alice comes online and pushes 100 messages within 1 second
    | Then Bob should receive all 100 messages within 30 seconds

    Source: plan Z-7.3.1 (S-CONC-03).
    """

    page = "Devices"
    template = "${device} comes online and pushes ${count} messages within ${duration}"
    roles = ("returns",)
    device: Device
    count: int
    duration: Duration

    def run(self, world: World) -> None:
        name, history = self.device.name, world.history
        world.operations.settle()
        done = history.acknowledged_by(name)
        waiting = world.operations.author(name).released - done
        if waiting != self.count:
            raise InvalidScenario(f"{name} has {counted(waiting, 'message')} to push, not {self.count}.")
        world.topology.come_online(name)
        agent = world.node(name).agent
        world.run_until(
            f"{name} to have pushed what waited",
            lambda: history.acknowledged_by(name) >= done + self.count or agent.status().pending.outbox == 0,
            PATIENCE_S,
        )
        stamps = sorted(line.t_ns for line in history.acks.values() if line.device == name)[done:]
        if stamps:  # what was never pushed is for the outcomes to say
            _require_pace(
                stamps[-1] - stamps[0], self.duration, f"{name} pushed {counted(len(stamps), 'message')}"
            )


class Cycles(Sentence):
    """Disconnect a device and connect it again, over and over, without waiting until it is live.

    ``count``: a `Number`. ``duration``: a `Duration` for all of it; TIME_SCALE applies to the pace, not to the most
    that it may take. Each cycle is offline for one half and may connect in the other.

    Messages that are enqueued go meanwhile. Each time the device must have said that it is offline: waits at most 60
    seconds for that. Inconclusive when all of it took longer than the duration: the machine is too busy.

    Example:
    | When Alice sends 50 messages over 5 seconds
    | And Bob disconnects and connects again 10 times within 5 seconds
    | Then Bob should receive all 50 messages within 30 seconds

    Source: plan Z-7.3.1 (S-SM-03).
    """

    page = "Devices"
    template = "${device} disconnects and connects again ${count} times within ${duration}"
    roles = ("leaves", "returns")
    device: Device
    count: int
    duration: Duration

    def run(self, world: World) -> None:
        name, began = self.device.name, world.scheduler.now()
        period = world.scaled_ns(self.duration) // max(1, self.count)
        for turn in range(self.count):
            world.topology.go_offline(name)
            # Its last word may be from the cycle before.
            world.run_until(f"{name} to be offline", partial(_is_offline, world, name), PATIENCE_S)
            _pass(world, began + turn * period + period // 2)
            world.topology.come_online(name)
            if turn < self.count - 1:
                _pass(world, began + (turn + 1) * period)
        took_ns = world.scheduler.now() - began
        _require_pace(took_ns, self.duration, f"{name} went through {counted(self.count, 'cycle')}")


def _is_offline(world: World, name: str) -> bool:
    return world.node(name).agent.status().connection == "offline"


def _pass(world: World, until_ns: int) -> None:
    """Let the world move until then."""
    world.run_until("time to pass", lambda: world.scheduler.now() >= until_ns, PATIENCE_S)


def _require_pace(took_ns: int, most: Duration, what: str) -> None:
    """Raises Inconclusive when it took longer than the sentence says."""
    if took_ns > most.seconds * 1e9:
        raise Inconclusive(
            f"Inconclusive: {what} in {took_ns / 1e9:.1f} s, expected at most {most}: the machine is too busy."
        )
