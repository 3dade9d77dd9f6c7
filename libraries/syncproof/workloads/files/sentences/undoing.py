"""Sentences about changes that are taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.evidence.records import NEVER
from syncproof.kernel.cast import Device
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.files.state import Files

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class TakesBack(Sentence):
    """Let a user undo each change that another one was asked for while the network was split.

    ``author``: the `Device` whose user wrote; the device has these changes. A file is again what it was before,
    or is no more where it was new; where others have changed it as well, their version stays. Nobody may have built on
    what is undone, and no file got another name. Of several partitions the latest one counts.

    Enqueues; each counts as one of the device's messages. Fails at once when the network was not split, or nobody
    changed anything meanwhile.

    Example:
    | And the network heals after 5 seconds
    | Then all folders should be equal within 30 seconds
    | When Bob takes back what Carol wrote during the split

    Source: plan P-4.3.6.
    """

    page = "Devices"
    template = "${device} takes back what ${author} wrote during the split"
    needs = ("folders:undo",)
    roles = ("sends",)
    device: Device
    author: Device

    def run(self, world: World) -> None:
        splits = [edges for edges in world.history.faults.values() if edges[0].kind == "partition"]
        if not splits:
            raise InvalidScenario("The network was not split. Say first that it splits, and heals.")
        ends = [edge.t_ns for edge in splits[-1] if edge.edge == "end"]
        during = splits[-1][0].t_ns, ends[0] if ends else NEVER
        world.of(Files).take_back(self.device.name, self.author.name, during)
