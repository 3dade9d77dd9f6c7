"""Sentences about how a device catches up on what it missed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.evidence import records
from syncproof.kernel.cast import Device
from syncproof.kernel.outcome import SOON, Outcome
from syncproof.kernel.quantities import Duration, Size
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.trouble import InvalidScenario

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class StartsCatchingUp(Sentence):
    """Tell a device that went offline to connect again, and wait until it says that it is catching up.

    Like `${device} comes online`, and then waits at most 60 seconds. Fails with ``expected Bob to be catching
    up``, also when the catch-up was over before anybody saw it: make the link slower, or send more before.

    Example:
    | When Bob's bandwidth is limited to 10 KB/s
    | And Bob starts catching up
    | And Alice sends messages 111 to 160

    Source: plan L-2.3.
    """

    page = "Devices"
    template = "${device} starts catching up"
    device: Device

    def run(self, world: World) -> None:
        world.topology.start_catching_up(self.device.name)


class CaughtUp(Outcome):
    """A device must have run a catch-up that brought something, since it came back.

    It came back when it woke up, came online, or when the last fault on it ended. Lets all that was enqueued
    happen first, then waits at most 5 seconds. What a live connection brought does not count.

    Fails with ``expected Bob to have caught up after it came back``, also when it said before that it is
    live; at once when the device has not been away (``Bob has not been away in this scenario``).

    Example:
    | And Alice sends 50 messages
    | When Bob comes online
    | Then Bob should have caught up on reconnection

    Source: plan L-1.1.
    """

    template = "${device} should have caught up on reconnection"
    check = "catch_up"
    wait = SOON
    device: Device

    def limits(self, world: World) -> dict[str, Any]:
        world.let_pass()
        if not world.node(self.device.name).came_back_ns:
            raise InvalidScenario(
                f"{self.device} has not been away in this scenario, so it has nothing to catch up on."
            )
        return {}

    def ready(self, world: World) -> bool:
        since = world.node(self.device.name).came_back_ns
        steps = [step for step in world.history.of(records.Catchup, self.device.name) if step.t_ns >= since]
        brought = any(step.state == "page" and step.got > 0 for step in steps)
        return brought and any(step.state == "ended" for step in steps)


class CatchUpInPages(Outcome):
    """A device must take a backlog in more than one page, visibly.

    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits until the device's figure ``catchupBatches`` tells of progress while messages are missing, and until
    two pages are on record with something delivered before the later one. So it must come before the
    sentences that wait for the messages. Fails when everything has arrived without that (``expected Bob to
    catch up page by page``), or when the deadline passes.

    Example:
    | When Bob comes online
    | Then Bob should catch up page by page within 60 seconds
    | And Bob should receive everything within 60 seconds

    Source: plan L-2.2.
    """

    template = "${device} should catch up page by page within ${duration}"
    check = "catch_up_in_pages"
    device: Device
    duration: Duration

    def ready(self, world: World) -> bool:
        name = self.device.name
        if not world.operations.missing(name):
            return True
        told = [note for note in world.history.notes("catchup_batches", name) if note.t_ns >= world.asked_ns]
        if not any(note.fields["value"] for note in told) and not self._tell(world):
            return False
        since = world.node(name).came_back_ns
        pages = [step.t_ns for step in world.history.of(records.Catchup, name) if step.got > 0]
        arrived = next((entry.t_ns for entry in world.history.deliveries(name) if entry.t_ns >= since), None)
        return arrived is not None and sum(at >= since for at in pages) > 1 and arrived < pages[-1]

    def look(self, world: World) -> None:
        self._tell(world)

    def _tell(self, world: World) -> bool:
        """Put the device's figure on record, and how many messages it lacks meanwhile; whether it tells of a page."""
        name = self.device.name
        value = world.node(name).agent.metrics().get("catchupBatches", 0)
        if value:
            world.note(
                "catchup_batches", device=name, value=value, missing=len(world.operations.missing(name))
            )
        return value > 0


class HeldBack(Outcome):
    """A newer message must reach a device live while its catch-up still runs, so that it has to wait there.

    ``number``: the `Number` of the message among those of its sender. This is no promise of the system; it
    makes sure that the scenario shows what it is there for.

    Waits at most 60 seconds (TIME_SCALE applies) until the device reports the message as held, or its
    catch-up as ended. Inconclusive when the catch-up ended first (``Bob's catch-up had ended before message
    160 arrived live``): make the link slower, or send more before.

    Example:
    | And Bob starts catching up
    | And Alice sends messages 111 to 160
    | Then message 160 should arrive at Bob live while catch-up is still running

    Source: plan L-2.3.
    """

    template = "message ${number} should arrive at ${device} live while catch-up is still running"
    check = "held_back"
    number: int
    device: Device

    wait = Duration(60)

    def limits(self, world: World) -> dict[str, Any]:
        world.node(self.device.name)
        return {"number": self.number}

    def ready(self, world: World) -> bool:
        name, history = self.device.name, world.history
        since = world.node(name).came_back_ns
        ended = any(
            step.state == "ended" and step.t_ns >= since for step in history.of(records.Catchup, name)
        )
        numbers = (
            world.operations.number(line.op_id) for line in history.of(records.Held, name) if line.op_id
        )
        return ended or self.number in numbers


class MemoryGrows(Outcome):
    """A device's memory must not have grown by more than so much since it came online.

    ``size``: a `Size`: the highest resident memory since then, as Linux counts it, less what it was then.
    TIME_SCALE does not apply.

    Waits until everything is at rest, see `Rest`. Fails with ``expected memory to grow by at most 5.5 MB``.
    Inconclusive when all that the others sent is less than five times the size.
    Fails at once when the device did not come online in the scenario.

    Example:
    | When Bob comes online
    | Then Bob should receive everything within 60 seconds
    | And Bob's memory should have grown by at most 5.5 MB

    Source: plan L-2.2; proc(5), VmHWM.
    """

    template = "${device}'s memory should have grown by at most ${size}"
    check = "bounded_memory"
    device: Device
    size: Size

    def limits(self, world: World) -> dict[str, Any]:
        if not world.node(self.device.name).memory_before:
            raise InvalidScenario(
                f"{self.device}'s memory is measured from when it comes online: it has not been offline."
            )
        return {"at_most": self.size.bytes, "times": 5}

    def look(self, world: World) -> None:
        node = world.node(self.device.name)
        grown = world.test_bed.stack.peak_bytes(node.process) - node.memory_before
        moved = sum(invoke.size for invoke in world.history.invokes() if invoke.author != node.name)
        world.note("memory", device=node.name, grown={node.name: grown}, moved=moved)
