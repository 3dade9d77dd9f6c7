"""Sentences by which the server is attacked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Device
from syncproof.kernel.sentence import Sentence
from syncproof.workloads.adversarial.attack import Attack
from syncproof.workloads.adversarial.state import Attacks

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class IsRecorded(Sentence):
    """Let a hostile client record what a device says to the relay from now on.

    ``device``: is led through a program that passes everything on and keeps it, and connects anew. ``a hostile client
    attacks the relay with what it has recorded`` says all of that once more, byte by byte, on connections of its own.

    Acts at once; lasts to the end of the test.

    Example:
    | And a hostile client records what Alice says
    | When Alice sends 20 messages
    | Then Bob should receive all 20 messages within 20 seconds

    Source: plan A-PROTO-02.
    """

    page = "Network"
    template = "a hostile client records what ${device} says"
    device: Device

    def run(self, world: World) -> None:
        world.operations.flush()
        world.of(Attacks).record(self.device.name)


class AttacksServer(Sentence):
    """Let a hostile client attack the relay from now on: three times, one after the other.

    ``attack``: an `Attack`. The client is a program of its own. It is registered, takes no part in the group, and
    speaks to the relay over sockets, past every proxy. Each of the three attacks ends when the relay has refused every
    connection or the client has left it, and 30 seconds after a connection was begun at the latest. The next one begins
    when the relay has as many descriptors and tasks as before, at the latest 20 seconds later; there is none where the
    relay has not reacted on a connection at all. TIME_SCALE and SLACK apply to these times.

    Begins at once; deadlines of later sentences begin when the third attack is over. Inconclusive when the relay has
    answered no connection and ended none, and when nothing was outstanding at any device meanwhile: honest devices
    have to send meanwhile.

    Example:
    | Given Alice and Bob are syncing
    | When a hostile client attacks the relay with malformed messages
    | And Alice sends 30 messages over 3 seconds
    | Then the relay should have refused every attack within 5 seconds

    Source: plan A-PROTO-01 to A-PROTO-05, A-RES-01 to A-RES-05.
    """

    page = "Network"
    template = "a hostile client attacks the relay with ${attack}"
    attack: Attack

    def run(self, world: World) -> None:
        world.operations.flush()
        world.of(Attacks).begin(self.attack.name)
