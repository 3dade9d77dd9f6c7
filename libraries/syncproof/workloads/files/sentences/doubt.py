"""Sentences about devices that do not know whom to believe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Device
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.workloads.files.records import ModeChanged
from syncproof.workloads.files.state import Files
from syncproof.workloads.files.surface import GoOn

if TYPE_CHECKING:
    from syncproof.kernel.world import World

_NEEDS = ("p2p", "settings:doubts")


class IsReadOnly(Outcome):
    """A device must have said that it does not know whom to believe: it takes nothing from others any more.

    ``duration``: a `Duration`; for when it begins see `Deadlines`. Which devices do so, and when, is the product's
    affair: of three of whom one was caught nobody knows which of them is right.

    Example:
    | Given Alice and Bob share a folder
    | And Mallory joins as a hostile peer who sends damaged blocks
    | When the network splits into Bob against Alice
    | And Alice writes file "list.txt"
    | Then Bob should be read-only within 30 seconds

    Source: plan P-6.3.6.
    """

    template = "${device} should be read-only within ${duration}"
    check = "read_only_by"
    needs = _NEEDS
    device: Device
    duration: Duration

    def ready(self, world: World) -> bool:
        return any(line.read_only for line in world.history.of(ModeChanged, self.device.name))


class StaysAsItIs(Outcome):
    """A device that is read-only must keep its folder as it is for so long: it can be read, and nothing comes.

    ``time``: a `Duration` from now on; TIME_SCALE applies. Folders are looked at all the time. Inconclusive where the
    device was not read-only.

    Example:
    | Then Bob should be read-only within 30 seconds
    | When the network heals after 5 seconds
    | Then what Bob has should stay as it is for 20 seconds

    Source: plan P-6.3.6.
    """

    template = "what ${device} has should stay as it is for ${time}"
    check = "untouched_in_doubt"
    needs = _NEEDS
    device: Device
    time: Duration

    def run(self, world: World) -> None:
        files = world.of(Files)
        world.operations.flush()
        files.look()
        until = world.scheduler.now() + world.scaled_ns(self.time)
        world.wait_for(lambda: files.look_again() and world.scheduler.now() > until, self.time.seconds)
        world.read_evidence()
        files.look()
        world.verdicts.require(self.check, self.device.name)


class GoesOn(Sentence):
    """Let the user of a device that is read-only say that it shall go on: it believes those who were not caught.

    ``device``: a `Device`. Acts at once.

    Example:
    | When the user of Bob lets it go on
    | Then all folders should be equal within 30 seconds

    Source: plan P-6.3.6.
    """

    page = "Devices"
    template = "the user of ${device} lets it go on"
    needs = _NEEDS
    device: Device

    def run(self, world: World) -> None:
        world.node(self.device.name).agent.ask(GoOn())
