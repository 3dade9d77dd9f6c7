"""Sentences about what must have come of attachments."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from syncproof.kernel.cast import Device, Possessive
from syncproof.kernel.host import Program
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration, Size
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.attachments.state import Attachments

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class HasAttachments(Outcome):
    """A device must have every attachment that was sent, whole.

    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits until the device reports each as complete, and reads it back from the device and hashes it. Fails
    when the deadline passes (``expected Bob to have all 10 attachments whole``), and at once for wrong
    content (``Bob hands out attachment alice-3.bin with 15000 bytes and hash ...``) or when the scenario
    sends no attachment.

    Example:
    | When Bob's bandwidth is limited to 10 KB/s
    | And Alice sends 10 messages with attachments of 20 KB
    | Then Bob should have all attachments within 90 seconds

    Source: plan L-1.4.
    """

    template = "${device} should have all attachments within ${duration}"
    check = "attachments"
    needs = ("blobs",)
    roles = ("fetches",)
    device: Device
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        world.node(self.device.name)
        return {"wanted": world.of(Attachments).any_sent()}

    def ready(self, world: World) -> bool:
        return world.of(Attachments).all_read(self.device.name)


class NobodySeesAPart(Outcome):
    """No device may ever have handed out a part of an attachment, and there must have been looks that would tell.

    Waits until everything is at rest, see `Rest`. Every device was asked for what was on its way to it, all the time:
    each answer must have been nothing, or the whole. Fails with ``Bob handed out something else than the whole
    attachment: Alice #1``; as unknown when nobody looked while an attachment was on its way.

    Example:
    | Then Bob should have all attachments within 60 seconds
    | And nobody should ever have seen a part of an attachment

    Source: plan L-4.2.
    """

    template = "nobody should ever have seen a part of an attachment"
    check = "no_part_seen"

    def look(self, world: World) -> None:
        world.of(Attachments).on_end()


class KnowsNames(Outcome):
    """A device must know each attachment by the name that its author gave it.

    Waits until everything is at rest, see `Rest`. Fails with ``expected Bob to know attachments by their names;
    'two words.txt' came as 'two'``.

    Example:
    | When Alice sends a message with an attachment named "two words.txt"
    | Then Bob should know all attachments by their names

    Source: plan L-4.1.
    """

    template = "${device} should know all attachments by their names"
    check = "attachment_names"
    device: Device


class StaysInside(Outcome):
    """A device must not have written any file outside its own folder that is called like an attachment.

    ``possessive``: see `Possessive`.

    Waits until everything is at rest, see `Rest`; then the machine is searched: the folder of all devices, or the
    container that the device has for itself. Fails with ``expected Bob to write in its own folder only``.

    Example:
    | When Alice sends a message with an attachment named "../../escaped.txt"
    | Then Bob should have all attachments within 10 seconds
    | And Bob should have written in his own folder only

    Source: plan L-4.1; CWE-22 (path traversal).
    """

    template = "${device} should have written in ${possessive} own folder only"
    check = "stays_in_its_folder"
    device: Device
    possessive: Possessive

    def look(self, world: World) -> None:
        name = self.device.name
        storage = world.of(Attachments).storage(world.node(name))
        names = {name for invoke in world.history.invokes() for name in invoke.names}
        found = [stray for name in sorted(names) for stray in storage.strays(posixpath.basename(name))]
        world.note("strays", device=name, found=found)


class NobodysMemoryGrows(Outcome):
    """No device's memory, and not the relay's, may have grown by more than this since it was measured.

    ``size``: a `Size`. It is compared with the highest that each has ever had resident since ``everybody's memory is
    measured``.

    Fails with ``expected memory to grow by at most 10 MB``; as unknown when the attachments have less
    than three times as much: they could all be in memory, and nobody would see.

    Example:
    | And everybody's memory is measured
    | When Alice sends a message with an attachment of 50 MB
    | Then nobody's memory should have grown by more than 10 MB

    Source: plan L-4.2.
    """

    template = "nobody's memory should have grown by more than ${size}"
    check = "bounded_memory"
    size: Size

    def limits(self, world: World) -> dict[str, Any]:
        if not world.of(Attachments).memory_before:
            raise InvalidScenario("Nobody's memory was measured: say first from when on it is.")
        return {"at_most": self.size.bytes, "times": 3}

    def look(self, world: World) -> None:
        before, peak = world.of(Attachments).memory_before, world.test_bed.stack.peak_bytes
        grown = {name: peak(program) - before[name] for name, program in _programs(world)}
        world.note(
            "memory", grown=grown, moved=sum(size for op in world.history.invokes() for size in op.sizes)
        )


class MemoryIsMeasured(Sentence):
    """Measure the memory of all devices and of the relay from here on.

    Hands over the messages that are due, then remembers what each has resident, and lets the kernel's account of
    its peak begin again.

    Example:
    | And everybody's memory is measured
    | When Alice sends a message with an attachment of 50 MB
    | Then nobody's memory should have grown by more than 10 MB

    Source: plan L-4.2; proc(5), VmHWM.
    """

    page = "Devices"
    template = "everybody's memory is measured"
    needs = ("operator",)

    def run(self, world: World) -> None:
        world.operations.flush()
        stack = world.test_bed.stack
        world.of(Attachments).memory_before = {
            name: stack.reset_peak(program) for name, program in _programs(world)
        }


def _programs(world: World) -> list[tuple[str, Program]]:
    return [
        *((node.name, node.process) for node in world.topology.nodes.values()),
        ("the relay", world.test_bed.server.process),
    ]
