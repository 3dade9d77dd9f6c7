"""Sentences about a link on which nobody answers any more, or whose connections are reset or break off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.faults import network
from syncproof.faults.silent_link import SilentLink
from syncproof.kernel.cast import Device
from syncproof.kernel.interrupt import Means
from syncproof.kernel.quantities import Duration, Size
from syncproof.kernel.sentence import Sentence

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class GoesSilent(Means):
    """Let all traffic of a device vanish, now, and close nothing.

    A black hole: connections stand, new ones are accepted, and no byte passes. Hands over the messages that are due,
    then begins; for an exact place see InterruptLibrary. Ends with `${device}'s network is restored after ${duration}`,
    or with the test. Inconclusive when an answer came back to the harness itself, or when nothing was outstanding at
    the device.

    Example:
    | When Bob's network goes silent
    | And Alice sends 20 messages
    | And Bob's network is restored after 30 seconds

    Source: plan L-1.1.
    """

    page = "Network"
    template = "${device}'s network goes silent"
    on_link = "${link} goes silent"
    device: Device

    def begin(self, world: World) -> None:
        world.faults.begin(SilentLink(world.links(self.device), "both"))


class AreReset(Means):
    """Reset all connections of a device as soon as a byte passes on them, now: nobody says goodbye.

    New connections are accepted, and reset (RST) by what is said first; one that stands is closed by its next
    byte. Hands over the messages that are due, then begins; for an exact place see InterruptLibrary. Ends with
    `${device}'s network is restored after ${duration}`, or with the test. Inconclusive when no connection of the
    harness itself was reset, or when nothing was outstanding at the device.

    Example:
    | When Bob's connections are reset
    | And Alice sends 20 messages
    | And Bob's network is restored after 10 seconds

    Source: plan Z-8.4 (T-CONN-02); RFC 9293, 3.5.2 (a reset).
    """

    page = "Network"
    template = "${device}'s connections are reset"
    on_link = "the connections over ${link} are reset"
    device: Device

    def begin(self, world: World) -> None:
        world.faults.begin(network.ResetLink(world.links(self.device)))


class RepliesAreLost(Means):
    """Let what a device sends arrive, and every answer vanish, from now on.

    Hands over the messages that are due, then begins; for an exact place see InterruptLibrary: ``the replies to Alice
    are lost after she has sent 20 messages``. Where more messages of the device are enqueued behind that, waits at most
    60 seconds until the relay has stored one that the device knows nothing of (``expected the relay to have stored a
    message of Alice without Alice knowing``). The device must send it again, and it must be there once.

    Ends with `replies reach ${device} again after ${duration}`, or with the test. Inconclusive when an answer came
    back to the harness itself.

    Example:
    | When Alice sends 50 messages
    | And the replies to Alice are lost
    | And replies reach Alice again after 20 seconds

    Source: plan L-1.1; RFC 9110, 9.2.2 (what may be sent again when the answer was lost).
    """

    page = "Network"
    template = "the replies to ${device} are lost"
    needs = ("outbox:memory", "server_log")
    device: Device

    def begin(self, world: World) -> None:
        name = self.device.name
        world.faults.begin(SilentLink(world.links(self.device), "downstream"))
        author = world.operations.author(name)
        if author.enqueued > author.released:
            world.operations.run_until_stored_unacknowledged(name)


class RepliesComeBack(Sentence):
    """Let answers reach a device again, so long after they began to be lost.

    ``duration``: a `Duration` from when the first answer was lost; TIME_SCALE applies.

    Enqueues; deadlines of later sentences begin when a request through the link was answered. Fails at once
    when no answers are lost (``There is no silent network of Alice that could end here``).

    Example:
    | And the replies to Alice are lost after she has sent 20 messages
    | And replies reach Alice again after 20 seconds
    | Then Bob should have no duplicates

    Source: plan L-1.1.
    """

    page = "Network"
    template = "replies reach ${device} again after ${duration}"
    device: Device
    duration: Duration

    def run(self, world: World) -> None:
        world.end_fault_after([SilentLink], [self.device.name], self.duration)


class BreaksOff(Sentence):
    """Close every connection of a device when so many bytes have come to it, wherever in a message that is.

    ``size``: a `Size` below 1 MB, counted on each connection from when this begins; TIME_SCALE does not
    apply. The device may connect again at once, and gets as much once more.

    Hands over the messages that are due, then begins. Ends with `${device}'s network is restored after
    ${duration}`, or with the test. Inconclusive when a longer reply to the harness itself did not break off
    after just so many bytes, or when nothing was outstanding at the device.

    Example:
    | When Bob's connections break off after 4 KB
    | And Alice sends 50 messages
    | And Bob's network is restored after 10 seconds

    Source: plan L-1.1, L-1.4; RFC 9110, 14 (ranges, by which a transfer is taken up again).
    """

    page = "Network"
    template = "${device}'s connections break off after ${size}"
    on_link = "the connections over ${link} break off after ${size}"
    roles = ("breaks_off",)
    device: Device
    size: Size

    def run(self, world: World) -> None:
        world.operations.flush()
        world.faults.begin(network.BreakingLink(world.links(self.device), self.size.bytes, "downstream"))


class RequestsBreakOff(Sentence):
    """Close every connection of a device when it has sent so many bytes, wherever in a request that is.

    ``size``: a `Size` below 1 MB, counted on each connection from when this begins; TIME_SCALE does not
    apply. The device may connect again at once, and may send as much once more.

    Hands over the messages that are due, then begins. Ends with `${device}'s network is restored after
    ${duration}`, or with the test. Inconclusive when a longer request of the harness itself did not break off
    without its answer, or when nothing was outstanding at the device.

    Example:
    | When Alice's requests break off after 20 KB
    | And Alice sends 50 messages of 2 KB
    | And Alice's network is restored after 5 seconds

    Source: plan Z-7.3.1 (S-SM-01).
    """

    page = "Network"
    template = "${device}'s requests break off after ${size}"
    device: Device
    size: Size

    def run(self, world: World) -> None:
        world.operations.flush()
        world.faults.begin(network.BreakingLink(world.links(self.device), self.size.bytes, "upstream"))
