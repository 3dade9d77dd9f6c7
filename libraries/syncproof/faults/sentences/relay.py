"""Sentences about the relay itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.faults.program import Killed, Suspended
from syncproof.faults.swapped_keys import SwappedKeys
from syncproof.kernel.cast import Device
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.trouble import InvalidScenario

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class RelayIsKilledAfter(Sentence):
    """Kill the relay (``kill -9``) exactly behind a message that a device received.

    ``device``: who receives. ``count``: a `Number` of messages of the others, which must be enqueued before;
    0 is good.

    Waits at most 60 seconds until the device has received so many; the next message is sent behind the kill.
    Fails at once when fewer are enqueued or more have arrived. Ends with `the relay is restarted after
    ${duration}`, or with the test. Inconclusive when nothing was outstanding at any device while the relay
    was dead. The relay's request log dies with it, so that sentences that judge by that are inconclusive in this
    test. Fails at once while somebody swaps keys.

    Example:
    | When Alice sends 50 messages
    | And the relay is killed after Bob has received 20 messages
    | And the relay is restarted after 5 seconds

    Source: plan L-1.1.
    """

    page = "Network"
    template = "the relay is killed after ${device} has received ${count} messages"
    device: Device
    count: int

    def run(self, world: World) -> None:
        world.operations.run_until_received(self.device.name, self.count)
        world.faults.begin(_killing(world))


class RelayIsKilledDuringCatchUp(Sentence):
    """Kill the relay (``kill -9``) in the middle of a device's catch-up.

    ``device``: who catches up. ``count``: a `Number`, how many messages of others it must have received, from
    this sentence on, before the relay is killed.

    Waits at most 60 seconds for them, then kills at once. Fails as inconclusive when the device is no longer
    catching up by then: make its link slower, or send more before. Ends with `the relay is restarted after
    ${duration}`, or with the test.

    Example:
    | And Bob's bandwidth is limited to 50 KB/s
    | When Bob starts catching up
    | And the relay is killed after Bob has caught up on 40 messages
    | And the relay is restarted after 5 seconds

    Source: plan L-1.1, L-2.3.
    """

    page = "Network"
    template = "the relay is killed after ${device} has caught up on ${count} messages"
    device: Device
    count: int

    def run(self, world: World) -> None:
        world.topology.run_until_caught_up_on(self.device.name, self.count)
        world.faults.begin(_killing(world))


class RelayStandsStill(Sentence):
    """Let the relay stand still exactly behind a message that a device received: its connections stay open.

    ``device``: who receives. ``count``: a `Number` of messages of the others, which must be enqueued before;
    0 is good.

    Its process is stopped (``SIGSTOP``), its container paused. Waits and fails like `the relay is killed after
    ${device} has received ${count} messages`. Ends with `the relay goes on after ${duration}`, or with the
    test. Inconclusive when nothing was outstanding at any device meanwhile.

    Example:
    | When Alice sends 50 messages
    | And the relay stands still after Bob has received 20 messages
    | And the relay goes on after 10 seconds

    Source: plan L-1.1.
    """

    page = "Network"
    template = "the relay stands still after ${device} has received ${count} messages"
    device: Device
    count: int

    def run(self, world: World) -> None:
        world.operations.run_until_received(self.device.name, self.count)
        world.faults.begin(_suspending(world))


class RelayGoesOn(Sentence):
    """Let the relay go on that stands still, so long after it stopped.

    ``duration``: a `Duration` from when it stopped; TIME_SCALE applies. Real time passes, also for the relay.

    Enqueues; deadlines of later sentences begin when it was seen to run again. Fails at once when it does not
    stand still (``There is no suspended process of relay that could end here``).

    Example:
    | And the relay stands still after Bob has received 20 messages
    | And the relay goes on after 10 seconds
    | Then nothing should be lost

    Source: plan L-1.1.
    """

    page = "Network"
    template = "the relay goes on after ${duration}"
    duration: Duration

    def run(self, world: World) -> None:
        world.end_fault_after([Suspended], [world.topology.server.name], self.duration)


class RelayStartsAgain(Sentence):
    """Start the killed relay again on what it had on disk, so long after it was killed.

    ``duration``: a `Duration` from when the relay was killed; TIME_SCALE applies.

    Enqueues; deadlines of later sentences begin when the relay is ready. It listens on another port then, and
    every device's link leads there: no device has to know. Fails at once when the relay was not killed
    (``There is no killed process of relay that could end here``).

    Example:
    | And the relay is killed after Bob has received 20 messages
    | And the relay is restarted after 5 seconds
    | Then nothing should be lost

    Source: plan L-1.1.
    """

    page = "Network"
    template = "the relay is restarted after ${duration}"
    duration: Duration

    def run(self, world: World) -> None:
        world.end_fault_after([Killed], [world.topology.server.name], self.duration)


def _killing(world: World) -> Killed:
    """The fault `kill -9` of the relay; its end starts it again and leads every link to where it is now."""
    node = world.topology.server
    deceived = [entry.fault for entry in world.faults.on if isinstance(entry.fault, SwappedKeys)]
    if deceived:
        raise InvalidScenario(
            f"The relay cannot be killed while somebody between {' and '.join(deceived[0].target)} swaps their "
            "keys: it comes back at another address, which leads past that somebody. Make it two tests."
        )
    return Killed(
        node.name, (), lambda: node.server.process, lambda: world.topology.start_server_again(node.name)
    )


def _suspending(world: World) -> Suspended:
    """The fault that the relay stands still."""
    node, engine = world.topology.server, world.test_bed.stack.suspends_by
    return Suspended(node.name, (), lambda: node.server.process, engine)
