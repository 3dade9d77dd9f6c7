"""Sentences about the relay itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.faults.program import Killed, Suspended
from syncproof.faults.swapped_keys import SwappedKeys
from syncproof.kernel.interrupt import Means
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.trouble import InvalidScenario

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class RelayIsPaused(Means):
    """Pause the relay, now: it stands still, its connections open.

    Its process is stopped (``SIGSTOP``), its container paused. Hands over the messages that are due, then begins; for
    an exact place see InterruptLibrary: ``the relay is paused after Bob has received 20 messages``. Ends with `the
    relay is resumed after ${duration}`, or with the test. Inconclusive when nothing was outstanding at any device
    meanwhile.

    Example:
    | When the relay is paused
    | And Alice sends 20 messages
    | And the relay is resumed after 10 seconds

    Source: plan L-1.1.
    """

    page = "Network"
    template = "the relay is paused"
    formerly = ("the relay stands still",)

    def begin(self, world: World) -> None:
        node, engine = world.topology.server, world.test_bed.stack.suspends_by
        world.faults.begin(Suspended(node.name, (), lambda: node.server.process, engine))


class RelayIsResumed(Sentence):
    """Let the paused relay go on, so long after it was paused.

    ``duration``: a `Duration` from when it was paused; TIME_SCALE applies. Real time passes, also for the relay.

    Enqueues; deadlines of later sentences begin when it was seen to run again. Fails at once when it is not
    paused (``There is no suspended process of relay that could end here``).

    Example:
    | And the relay is paused after Bob has received 20 messages
    | And the relay is resumed after 10 seconds
    | Then nothing should be lost

    Source: plan L-1.1.
    """

    page = "Network"
    template = "the relay is resumed after ${duration}"
    formerly = ("the relay goes on after ${duration}",)
    duration: Duration

    def run(self, world: World) -> None:
        world.end_fault_after([Suspended], [world.topology.server.name], self.duration)


class RelayIsRestarted(Sentence):
    """Kill the relay (``kill -9``), and start it again at once on what it had on disk.

    Hands over the messages that are due, then kills it. Deadlines of later sentences begin when it is ready.
    To leave it dead for a while see `the relay is restarted after ${duration}`. Inconclusive when nothing was
    outstanding at any device meanwhile.

    Example:
    | When Alice sends 20 messages
    | And the relay is restarted
    | Then Bob should receive all 20 messages within 30 seconds

    Source: plan L-1.1, L-2.2.
    """

    page = "Network"
    template = "the relay is restarted"

    def run(self, world: World) -> None:
        world.operations.flush()
        world.topology.end_fault(world.faults.begin(killing_relay(world)))


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


def killing_relay(world: World) -> Killed:
    """The fault `kill -9` of the relay; its end starts it again and leads every link to where it is now."""
    node = world.topology.server
    deceived = [entry.fault for entry in world.faults.on if isinstance(entry.fault, SwappedKeys)]
    if deceived:
        raise InvalidScenario(
            f"The relay cannot be killed while a man in the middle swaps the keys of "
            f"{' and '.join(deceived[0].target)}: it comes back at another address, which leads past him. "
            "Make it two tests."
        )
    return Killed(
        node.name, (), lambda: node.server.process, lambda: world.topology.start_server_again(node.name)
    )
