"""Sentences about who may read and who may write which files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.kernel.cast import Device
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.shape import Side
from syncproof.kernel.text import Text
from syncproof.workloads.files.access import Access
from syncproof.workloads.files.hostile import MALLORY, Hostile
from syncproof.workloads.files.records import FileAsked
from syncproof.workloads.files.state import Files

if TYPE_CHECKING:
    from syncproof.kernel.world import World

_NEEDS = ("p2p", "folders:rules")


class KeepsFromMallory(Sentence):
    """Let the owner of the folder say that Mallory, who shares it, may not read a file, nor all that is in a directory.

    ``device``: the `Device` whose user owns the folder; all are told so. ``path``: a `Text`, of a file or a directory.
    All devices of the scenario may read and write it. There need be no such file yet: it is about what is written from
    then on.

    Waits at most 60 seconds until every device knows the rule. Counts as one of the owner's messages. Fails at once
    when Mallory takes no part.

    Example:
    | And Mallory joins as a hostile peer who asks for what it may not read
    | And Alice keeps "secret" from Mallory
    | When Bob writes file "secret/plan.txt"
    | Then Mallory should have learnt nothing of "secret"

    Source: plan P-6.1.3.
    """

    page = "Devices"
    template = '${device} keeps "${path}" from Mallory'
    needs = _NEEDS
    roles = ("sends",)
    device: Device
    path: Text

    def run(self, world: World) -> None:
        world.of(Access).keep_from_mallory(self.device.name, str(self.path))


class LetsOnlyChange(Sentence):
    """Let the owner of the folder say who may change a file, or what is in a directory; all may read it.

    ``device``: the `Device` whose user owns the folder, and may change everything; all are told so. ``side``: who else
    may, one device or more, see `Side`. ``path``: a `Text`.

    Otherwise like `${device} keeps "${path}" from Mallory`.

    Example:
    | And Mallory joins as a hostile peer who changes what it may only read
    | And Alice lets only Bob change "plan.txt"
    | When Mallory shares 1 version of file "plan.txt"
    | And Mallory shares 1 version of file "list.txt"
    | Then of what Mallory shared only "list.txt" should be everywhere within 10 seconds

    Source: plan P-6.3.4.
    """

    page = "Devices"
    template = '${device} lets only ${side} change "${path}"'
    needs = _NEEDS
    roles = ("sends",)
    device: Device
    side: Side
    path: Text

    def run(self, world: World) -> None:
        world.of(Access).let_change(self.device.name, str(self.path), [each.name for each in self.side])


class NothingLearnt(Outcome):
    """Mallory must have neither the name of a file nor what is in it, nor its hash, anywhere on her disk.

    ``path``: a `Text`, of a file or a directory of which no file may be known. What she may read is looked for there as
    well: where it is not found either, nothing is shown.

    Waits at most 60 seconds until she has a file that a device wrote, and then until everything is at rest, see `Rest`.

    Example:
    | And Alice keeps "secret" from Mallory
    | When Bob writes file "secret/plan.txt"
    | Then Mallory should have learnt nothing of "secret"

    Source: plan P-6.1.3.
    """

    template = 'Mallory should have learnt nothing of "${path}"'
    check = "nothing_learnt"
    needs = _NEEDS
    path: Text

    def limits(self, world: World) -> dict[str, Any]:
        world.of(Hostile).require()
        return {"who": MALLORY, "path": str(self.path)}

    def run(self, world: World) -> None:
        world.of(Hostile).require()
        world.of(Access).let_mallory_hear()
        super().run(world)


class NothingElseTaken(Outcome):
    """Every folder must have what Mallory shared under one path, and may never have had anything else that she shared.

    ``path``: a `Text`, of what she shared last. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    What a peer says is taken in its order: whoever has her last file has heard of those before it.

    Example:
    | When Mallory shares 1 version of file "plan.txt"
    | And Mallory shares 1 version of file "list.txt"
    | Then of what Mallory shared only "list.txt" should be everywhere within 10 seconds

    Source: plan P-6.3.4.
    """

    template = 'of what Mallory shared only "${path}" should be everywhere within ${duration}'
    check = "nothing_else_taken"
    needs = _NEEDS
    path: Text
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        world.of(Hostile).require()
        return {"who": MALLORY, "path": str(self.path)}

    def ready(self, world: World) -> bool:
        files = world.of(Files)
        shared = [line.file for line in world.history.of(FileAsked, MALLORY) if line.path == str(self.path)]
        if not files.look_again() or not shared or shared[-1] is None:
            return False
        lies = [found.get(str(self.path)) for found in files.folders.values()]
        return all(each is not None and each.digest == shared[-1].digest for each in lies)
