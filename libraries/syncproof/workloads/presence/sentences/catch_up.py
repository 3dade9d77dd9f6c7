"""Sentences about how a device catches up on what it missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.evidence import records
from syncproof.kernel.cast import Device
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


class CaughtUp(Sentence):
    """A device must have run a catch-up that brought something, since it came back.

    It came back when it woke up, came online, or when the last fault on it ended. Lets all that was enqueued
    happen first, then waits at most 5 seconds. What a live connection brought does not count.

    Fails with ``expected Bob to have caught up after it came back``; at once when the device has not been
    away (``Bob has not been away in this scenario``).

    Example:
    | And Alice sends 50 messages
    | When Bob comes online
    | Then Bob should have caught up on reconnection

    Source: plan L-1.1.
    """

    page = "Outcome"
    template = "${device} should have caught up on reconnection"
    device: Device

    def run(self, world: World) -> None:
        name = self.device.name
        node = world.node(name)
        world.let_pass()
        if not node.came_back_ns:
            raise InvalidScenario(
                f"{name} has not been away in this scenario, so it has nothing to catch up on."
            )

        def ran() -> bool:
            steps = [c for c in world.history.of(records.Catchup, name) if c.t_ns >= node.came_back_ns]
            return any(c.state == "page" and c.got > 0 for c in steps) and any(
                c.state == "ended" for c in steps
            )

        world.verdicts.soon("catch_up", f"{name} to have caught up after it came back", ran, name)


class CatchUpInPages(Sentence):
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

    page = "Outcome"
    template = "${device} should catch up page by page within ${duration}"
    device: Device
    duration: Duration

    def run(self, world: World) -> None:
        name, within = self.device.name, self.duration
        node = world.node(name)
        batches: list[float] = []

        def begun() -> bool:
            seen = node.agent.metrics().get("catchupBatches", 0)
            if seen > 0 and world.operations.missing(name):
                batches.append(seen)
                world.note("metric", device=name, name="catchupBatches", value=seen)
            return bool(batches) or not world.operations.missing(name)

        def pages() -> list[records.Catchup]:
            steps = world.history.of(records.Catchup, name)
            return [c for c in steps if c.state == "page" and c.got > 0 and c.t_ns >= node.came_back_ns]

        def delivered_between_pages() -> bool:
            arrived = [d.t_ns for d in world.history.deliveries(name) if d.t_ns >= node.came_back_ns]
            return len(pages()) >= 2 and bool(arrived) and min(arrived) < pages()[-1].t_ns

        checker = "catch_up_in_pages"
        world.verdicts.within(
            checker, f"{name}'s catchupBatches to be seen while messages are missing", begun, within, name
        )
        world.verdicts.within(
            checker,
            f"{name} to take several pages, or everything at once",
            lambda: delivered_between_pages() or not world.operations.missing(name),
            within,
            name,
        )
        counted = batches[-1] if batches else node.agent.metrics().get("catchupBatches", 0)
        if counted < (1 if batches else len(pages())) or not delivered_between_pages():
            raise world.verdicts.failed(
                checker,
                f"expected {name} to catch up page by page: {len(pages())} pages are on record, and catchupBatches "
                f"was {counted:g} {'while messages were missing' if batches else 'in the end'}",
            )


class HeldBack(Sentence):
    """A newer message must reach a device live while its catch-up still runs, so that it has to wait there.

    ``number``: the `Number` of the message among those of its sender. This is no promise of the system; it
    makes sure that the scenario shows what it is there for.

    Waits at most 60 seconds, counted from this sentence, until the device reports the message as held, or its
    catch-up as ended. Inconclusive when the catch-up ended first (``Bob's catch-up had ended before message
    160 arrived live``): make the link slower, or send more before.

    Example:
    | And Bob starts catching up
    | And Alice sends messages 111 to 160
    | Then message 160 should arrive at Bob live while catch-up is still running

    Source: plan L-2.3.
    """

    page = "Outcome"
    template = "message ${number} should arrive at ${device} live while catch-up is still running"
    number: int
    device: Device

    def run(self, world: World) -> None:
        name, number = self.device.name, self.number
        node = world.node(name)

        def ended() -> bool:
            return any(
                c.state == "ended" and c.t_ns >= node.came_back_ns
                for c in world.history.of(records.Catchup, name)
            )

        def held() -> bool:
            return any(
                h.op_id and world.operations.number(h.op_id) == number and h.t_ns >= node.came_back_ns
                for h in world.history.of(records.Held, name)
            )

        world.run_until(f"message {number} to reach {name} live", lambda: held() or ended(), 60.0)
        if not held():
            raise world.verdicts.unknown(
                "held_back",
                (
                    f"{name}'s catch-up had ended before message {number} arrived live, so that nothing "
                    "could have skipped ahead. Slow the link more, or send more before"
                ),
            )


class MemoryGrows(Sentence):
    """A device's memory must not have grown by more than so much since it came online.

    ``size``: a `Size`: the highest resident memory since then, as Linux counts it, less what it was then.
    TIME_SCALE does not apply.

    Does not wait: it goes behind the sentence that waits for the backlog. Fails with ``expected Bob's memory
    to grow by at most 5.5 MB``. Inconclusive when all that the others sent is less than five times the size.
    Fails at once when the device did not come online in the scenario.

    Example:
    | When Bob comes online
    | Then Bob should receive everything within 60 seconds
    | And Bob's memory should have grown by at most 5.5 MB

    Source: plan L-2.2; proc(5), VmHWM.
    """

    page = "Outcome"
    template = "${device}'s memory should have grown by at most ${size}"
    device: Device
    size: Size

    def run(self, world: World) -> None:
        name, at_most = self.device.name, self.size
        node = world.node(name)
        peak = world.test_bed.stack.peak_bytes(node.process)
        if not node.memory_before:
            raise InvalidScenario(
                f"{name}'s memory is measured from when it comes online: it has not been offline."
            )
        grown = peak - node.memory_before
        backlog = sum(invoke.size for invoke in world.history.invokes() if invoke.author != name)
        world.note("memory", device=name, grown=grown, allowed=at_most.bytes, backlog=backlog)
        if backlog < 5 * at_most.bytes:
            raise world.verdicts.unknown(
                "bounded_memory",
                f"the backlog has {Size(backlog).about()}, less than five times the {at_most} that {name} may "
                "grow by: it could all be in memory and nobody would see.",
            )
        if grown > at_most.bytes:
            raise world.verdicts.failed(
                "bounded_memory",
                (
                    f"expected {name}'s memory to grow by at most {at_most} over a backlog of "
                    f"{Size(backlog).about()}; it grew by {Size(grown).about()}"
                ),
            )
