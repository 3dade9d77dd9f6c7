"""Sentences about rates, and the many small changes that prove them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.kernel.cast import Devices
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration, Percent
from syncproof.kernel.sentence import Sentence
from syncproof.workloads.files.state import Files

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class RewriteOwnFiles(Sentence):
    """Let several users write files of their own again and again: many changes, and few files.

    ``devices``: see `Devices`. ``number``: a `Number` of files of each. ``count``: a `Number`, how often each file is
    written, each time something else.

    Hands over one version of each file after the other; each counts as one of the device's messages.

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
        for _ in range(self.count):
            for file in range(1, self.number + 1):
                for device in self.devices:
                    world.of(Files).write(device.name, f"{device.name} {file}.txt")
            world.operations.flush()


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
