"""Sentences about the relay itself, and about every other node that is no device."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.faults.program import Killed, Suspended
from syncproof.faults.swapped_keys import SwappedKeys
from syncproof.kernel.cast import ServerName
from syncproof.kernel.interrupt import Means
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.trouble import InvalidScenario

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class ServerIsPaused(Means):
    """Pause the relay, or another node that is no device, now: it stands still, its connections open.

    ``server``: which node, see `ServerName`.

    Its process is stopped (``SIGSTOP``), its container paused. Hands over the messages that are due, then begins; for
    an exact place see InterruptLibrary: ``the relay is paused after Bob has received 20 messages``. Ends with `the
    ${server} is resumed after ${duration}`, or with the test. Inconclusive when nothing was outstanding at any device
    meanwhile.

    Example:
    | When the relay is paused
    | And Alice sends 20 messages
    | And the relay is resumed after 10 seconds

    Source: plan L-1.1.
    """

    page = "Network"
    template = "the ${server} is paused"
    formerly = ("the ${server} stands still",)
    server: ServerName

    def begin(self, world: World) -> None:
        node, engine = world.topology.server_named(self.server.name), world.test_bed.stack.suspends_by
        world.faults.begin(Suspended(node.name, (), lambda: node.server.process, engine))


class ServerIsResumed(Sentence):
    """Let the paused relay, or another paused node, go on, so long after it was paused.

    ``server``: which node, see `ServerName`. ``duration``: a `Duration` from when it was paused; TIME_SCALE applies.
    Real time passes, also for the node.

    Enqueues; deadlines of later sentences begin when it was seen to run again. Fails at once when it is not
    paused (``There is no suspended process of relay that could end here``).

    Example:
    | And the relay is paused after Bob has received 20 messages
    | And the relay is resumed after 10 seconds
    | Then nothing should be lost

    Source: plan L-1.1.
    """

    page = "Network"
    template = "the ${server} is resumed after ${duration}"
    formerly = ("the ${server} goes on after ${duration}",)
    server: ServerName
    duration: Duration

    def run(self, world: World) -> None:
        world.end_fault_after(
            [Suspended], [world.topology.server_named(self.server.name).name], self.duration
        )


class ServerIsRestarted(Sentence):
    """Kill the relay, or another node (``kill -9``), and start it again at once on what it had on disk.

    ``server``: which node, see `ServerName`.

    Hands over the messages that are due, then kills it. Deadlines of later sentences begin when it is ready.
    To leave it dead for a while see `the ${server} is restarted after ${duration}`. Inconclusive when nothing was
    outstanding at any device meanwhile.

    Example:
    | When Alice sends 20 messages
    | And the relay is restarted
    | Then Bob should receive all 20 messages within 30 seconds

    Source: plan L-1.1, L-2.2.
    """

    page = "Network"
    template = "the ${server} is restarted"
    server: ServerName

    def run(self, world: World) -> None:
        world.operations.flush()
        world.topology.end_fault(world.faults.begin(killing(world, self.server.name)))


class ServerStartsAgain(Sentence):
    """Start the killed relay, or another killed node, again on what it had on disk, so long after it was killed.

    ``server``: which node, see `ServerName`. ``duration``: a `Duration` from when it was killed; TIME_SCALE applies.

    Enqueues; deadlines of later sentences begin when it is ready. Where it listens on another port then, every link to
    it leads there: nobody has to know. Fails at once when it was not killed (``There is no killed process of relay that
    could end here``).

    Example:
    | And the relay is killed after Bob has received 20 messages
    | And the relay is restarted after 5 seconds
    | Then nothing should be lost

    Source: plan L-1.1.
    """

    page = "Network"
    template = "the ${server} is restarted after ${duration}"
    server: ServerName
    duration: Duration

    def run(self, world: World) -> None:
        world.end_fault_after([Killed], [world.topology.server_named(self.server.name).name], self.duration)


def killing(world: World, name: str) -> Killed:
    """The fault `kill -9` of a node that is no device; its end starts it again and leads every link to it there."""
    node = world.topology.server_named(name)
    deceived = [entry.fault for entry in world.faults.on if isinstance(entry.fault, SwappedKeys)]
    if deceived and node is world.topology.server:
        raise InvalidScenario(
            f"The relay cannot be killed while a man in the middle swaps the keys of "
            f"{' and '.join(deceived[0].target)}: it comes back at another address, which leads past him. "
            "Make it two tests."
        )
    return Killed(
        node.name, (), lambda: node.server.process, lambda: world.topology.start_server_again(node.name)
    )
