"""Sentences about such a group itself, and about who listens to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.evidence.in_the_clear import op_ids_in, pieces_of
from syncproof.faults.tap.program import Tap
from syncproof.kernel.cast import Device, Devices
from syncproof.kernel.quantities import Size
from syncproof.kernel.secrecy import Captured
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.server import Search
from syncproof.workloads.encryption.state import EncryptedGroup

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class AreSyncingEncrypted(Sentence):
    """Like `${devices} are syncing`, in a group that is encrypted from end to end.

    ``devices``: two or more of the cast, see `Devices`. All of them are told one passphrase, which is drawn for the
    scenario. Every test that begins so fails in the end where the relay can read what they say: in its log of the
    group, its database and other files, what it writes for its operator, its memory where it runs on this machine, and
    in traffic that was captured. Where one of these cannot be looked through the test ends as unknown.

    Example:
    | Given Alice and Bob are syncing end-to-end encrypted
    | When Alice sends 50 messages

    Source: plan Z-INV-04.
    """

    page = "Devices"
    template = "${devices} are syncing end-to-end encrypted"
    devices_are = "introduced"
    devices: Devices

    def run(self, world: World) -> None:
        world.of(EncryptedGroup).begin()
        world.topology.meet([device.name for device in self.devices])


class HasMemory(Sentence):
    """How much memory a device has, for this scenario alone. What deriving a group's key may cost depends on it.

    ``size``: a `Size`. Devices of the bundled system have 3 GB otherwise.

    Does nothing yet: it comes before the sentence that introduces the devices, and fails at once behind it.

    Example:
    | Given Bob has 16 GB of memory
    | And Alice and Bob are syncing end-to-end encrypted

    Source: plan Z-CORE-05 has the costs; that devices of different memory share a group is beyond it.
    """

    page = "Devices"
    template = "${device} has ${size} of memory"
    needs = ("settings:memory_mb",)
    devices_are = "set"
    device: Device
    size: Size

    def run(self, world: World) -> None:
        world.topology.settings_of.setdefault(self.device.name, {})["memory_mb"] = self.size.bytes / 1e6


class IsCaptured(Sentence):
    """Keep every byte that these devices and the relay exchange from now on.

    ``devices``: see `Devices`. They are led through a program that passes everything on, and connect anew. What it has
    kept is looked through when the test ends: for what devices said, in the clear or encoded as hex, base64, UTF-16 or
    for an address.

    Fails in the end where a message can be read (``the server can read 3 operations in the traffic``), and, as unknown,
    where nothing was captured.

    Example:
    | Given Alice and Bob are syncing end-to-end encrypted
    | And the traffic of Alice and Bob is captured
    | When Alice sends 20 messages

    Source: plan Z-INV-04.
    """

    page = "Network"
    template = "the traffic of ${devices} is captured"
    devices: Devices

    def run(self, world: World) -> None:
        bed = world.test_bed
        tap = Tap(bed.stack, bed.fresh_directory("tap"), bed.server.address)
        world.of(Captured).searches.append(lambda: _searched(tap, str(self.devices), world.topology.group))
        for device in self.devices:
            world.node(device.name).link.redirect(tap.address)


def _searched(tap: Tap, devices: str, group: str) -> Search:
    readable: dict[str, str] = {}
    count = 0
    for path in tap.files():
        count += path.stat().st_size
        for op_id in op_ids_in(group, pieces_of(path)):
            readable.setdefault(op_id, "the traffic")
    return Search(readable, {f"bytes of the traffic of {devices}": count})
