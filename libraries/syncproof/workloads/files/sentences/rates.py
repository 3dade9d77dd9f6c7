"""Sentences about rates, and the many small changes that prove them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.kernel.cast import Devices
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration, Percent
from syncproof.kernel.sentence import Sentence
from syncproof.workloads.files.state import Files
from syncproof.workloads.files.talk import Talk

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class RewriteOwnFiles(Sentence):
    """Let several users write files of their own again and again: many changes, and few files.

    ``devices``: see `Devices`. ``number``: a `Number` of files of each. ``count``: a `Number`, how often each file is
    written, each time something else.

    Waits until everything is at rest, and hands over one version of each file after the other; each counts as one of
    the device's messages.

    Example:
    | When Alice, Bob and Carol each write 5 files 100 times
    | Then at most 0.1% of all changes should have failed to arrive within 30 seconds

    Source: plan P-9.1.5.
    """

    page = "Devices"
    template = "${devices} each write ${number} files ${count} times"
    has_singular = False
    roles = ("sends",)
    devices: Devices
    number: int
    count: int

    def run(self, world: World) -> None:
        world.of(Talk).count_from_now()
        for _ in range(self.count):
            for file in range(1, self.number + 1):
                for device in self.devices:
                    world.of(Files).write(device.name, f"{device.name} {file}.txt")
            world.operations.flush()


class WriteUntil(Sentence):
    """Let several users write small files until so many messages have passed between all devices.

    ``devices``: see `Devices`. ``number``: a `Number` of messages: whatever devices say to each other.

    Waits until everything is at rest, and counts from there, or from where an earlier sentence of this kind began. Each
    user writes a file in turn, one of five; each version counts as one of the device's messages. Writes nothing where
    so many have passed already, and no more than would be enough if a change cost each other device one message.

    Example:
    | When 10 peers write files until 30000 messages have passed between them
    | Then at most 0.01% of all messages should have been lost

    Source: plan P-9.3.5.
    """

    page = "Devices"
    template = "${devices} write files until ${number} messages have passed between them"
    needs = ("folders:transfers",)
    roles = ("sends",)
    devices: Devices
    number: int

    def run(self, world: World) -> None:
        world.of(Talk).write_until([device.name for device in self.devices], self.number)


class UnpackTheSame(Sentence):
    """Let several users unpack the same archives, each for themselves: a program that is installed on all devices.

    ``devices``: see `Devices`. ``number``: a `Number` of archives, each for a directory of its own. ``count``: a
    `Number` of new files in each, which say a few words.

    Enqueues; each archive counts as one of the device's messages. Each file is a version of its own on each device that
    knows nothing of the others, though nobody can tell them apart by what they say.

    Example:
    | When Alice and Bob go offline
    | And Alice and Bob unpack the same 2 archives of 100 files
    | And Alice and Bob come online
    | Then all folders should be equal within 30 seconds

    Source: plan P-9.3.4.
    """

    page = "Devices"
    template = "${devices} unpack the same ${number} archives of ${count} files"
    needs = ("folders:unpack",)
    has_singular = False
    roles = ("sends",)
    devices: Devices
    number: int
    count: int

    def run(self, world: World) -> None:
        names = [device.name for device in self.devices]
        for _ in range(self.number):
            world.of(Files).unpack_alike(names, self.count)


class FewChangesFailed(Outcome):
    """Of all changes at most such a share may have failed to arrive: each counts once for each other device.

    ``percent``: a `Percent`. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    It has failed where it did not come in time, or came twice. Inconclusive where there were too few to prove it:
    without a failure it takes 3,000 for 0.1%, and 30,000 for 0.01%, both to 95%. TIME_SCALE does not change how many
    there are.

    Example:
    | When Alice, Bob, Carol, Dave and Erin each write 5 files 30 times
    | Then at most 0.1% of all changes should have failed to arrive within 30 seconds

    Source: plan P-9.1.5.
    """

    template = "at most ${percent} of all changes should have failed to arrive within ${duration}"
    check = "few_changes_failed"
    percent: Percent
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"most": self.percent.fraction}

    def ready(self, world: World) -> bool:
        history = world.history
        return not world.scheduler.pending and all(
            len(history.delivered(name)) >= len(history.operations) for name in world.topology.nodes
        )


class FewMessagesLost(Outcome):
    """Of all that devices said to each other at most such a share may not have been taken in by whom it was for.

    ``percent``: a `Percent`.

    How much was said devices count themselves, as ``messagesSent`` in GET /metrics; how much was taken in they tell by
    an event each. Counted from where the sentences began that write for a sample. Inconclusive where there were too few
    messages to prove it: without a loss it takes 3,000 for 0.1%, and 30,000 for 0.01%, both to 95%.

    Waits until everything is at rest, see `Rest`.

    Example:
    | When 10 peers write files until 30000 messages have passed between them
    | Then at most 0.01% of all messages should have been lost

    Source: plan P-9.3.5.
    """

    template = "at most ${percent} of all messages should have been lost"
    needs = ("folders:transfers",)
    check = "few_messages_lost"
    percent: Percent

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"most": self.percent.fraction}

    def look(self, world: World) -> None:
        world.of(Talk).count_again()


class FewConflictsLeft(Outcome):
    """Of all conflicts at most such a share may be left to people: of a file that has one version nobody need choose.

    ``percent``: a `Percent`.

    A conflict is a version of a file whose author did not know another one of it. Two users who write something else
    into one file at once have a conflict that is left to them where the product keeps both; one that the product can
    settle by itself, since both say the same, may not be. Inconclusive where there were
    too few conflicts to prove it: 3,000 of which none is left prove 0.1%, to 95%.

    Waits until everything is at rest, see `Rest`.

    Example:
    | And Alice and Bob come online
    | Then all folders should be equal within 30 seconds
    | And at most 0.1% of all conflicts should be left to people

    Source: plan P-9.3.4.
    """

    template = "at most ${percent} of all conflicts should be left to people"
    check = "few_conflicts_left"
    percent: Percent

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"most": self.percent.fraction}
