"""Sentences about what devices write into entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Device, Devices
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.text import Text
from syncproof.workloads.entries.clock import Clock
from syncproof.workloads.entries.state import Entries

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class HaveEntry(Sentence):
    """Let devices write an entry in turn until it has a vector clock, and wait until all of them show that.

    ``devices``: `Devices`, who must have it. ``entry``: a `Text`, its name. ``clock``: a `Clock`; with
    ``{Alice: 1, Bob: 1}`` first Alice writes, then Bob on top of hers.

    Waits at most 60 seconds for each version. Fails with ``expected Alice and Bob to have "shopping, by
    Alice, 1" in entry "shopping"``, and where a device tells another clock in the end.

    Example:
    | Given Alice and Bob are syncing
    | And Alice and Bob have entry "shopping" with vector clock {Alice: 1, Bob: 1}
    | And Alice and Bob go offline

    Source: plan L-3.1.
    """

    page = "Devices"
    template = '${devices} have entry "${entry}" with vector clock ${clock}'
    needs = ("conflicts:siblings",)
    devices: Devices
    entry: Text
    clock: Clock

    def run(self, world: World) -> None:
        world.of(Entries).establish([device.name for device in self.devices], self.entry.value, self.clock)


class WritesEntry(Sentence):
    """Enqueue a new version of an entry: what it says from now on, as far as the device knows.

    ``text``: a `Text`, what the entry says. ``entry``: a `Text`, its name; a new name begins a new entry.

    Enqueues, like `${device} sends ${count} messages`. The version builds on the one that the device shows
    when the write is handed to it. A device that is offline takes it as well: so two can edit one entry and
    not know of each other.

    Example:
    | And Alice and Bob go offline
    | When Alice writes "milk and eggs" into entry "shopping"
    | And Bob writes "milk and bread" into entry "shopping"
    | And Alice and Bob come online

    Source: plan L-3.1.
    """

    page = "Devices"
    template = '${device} writes "${text}" into entry "${entry}"'
    needs = ("conflicts:lww",)
    roles = ("sends",)
    device: Device
    text: Text
    entry: Text

    def run(self, world: World) -> None:
        world.of(Entries).write(self.device.name, self.entry.value, self.text.value)


class WritesVersions(Sentence):
    """Enqueue versions of an entry in rapid succession, by their numbers; version 2 says ``v2``.

    ``first``, ``last``: each a `Number`; all writes of the scenario into the entry count, from 1. The first
    must be the next one. ``entry``: a `Text`, its name.

    Enqueues, like `${device} sends ${count} messages`. Fails at once for any other first number (``Alice
    cannot write versions 3 to 5 of entry "diary": the next one is number 2``).

    Example:
    | Given Alice and Bob have entry "diary" with vector clock {Alice: 1}
    | When Alice writes versions 2 to 5 of entry "diary"
    | Then Alice and Bob should show "v5" in entry "diary" within 30 seconds

    Source: plan L-3.2.
    """

    page = "Devices"
    template = '${device} writes versions ${first} to ${last} of entry "${entry}"'
    needs = ("conflicts:lww",)
    roles = ("sends",)
    device: Device
    first: int
    last: int
    entry: Text

    def run(self, world: World) -> None:
        world.of(Entries).write_versions(self.device.name, self.entry.value, self.first, self.last)


class DeletesEntry(Sentence):
    """Enqueue the deletion of an entry, as it is on the device by then.

    ``entry``: a `Text`, its name; somebody must have written it before.

    Enqueues, like `${device} sends ${count} messages`. The deletion replaces the version that the device
    shows when it is handed over; an edit that the device does not know of stays.

    Example:
    | And Alice and Bob go offline
    | When Alice deletes entry "shopping"
    | And Bob writes "milk and bread" into entry "shopping"

    Source: plan L-3.1.
    """

    page = "Devices"
    template = '${device} deletes entry "${entry}"'
    needs = ("conflicts:lww",)
    roles = ("sends",)
    device: Device
    entry: Text

    def run(self, world: World) -> None:
        world.of(Entries).delete(self.device.name, self.entry.value)


class ResolvesEntry(Sentence):
    """Enqueue a version that ends a conflict: it replaces all versions that the device holds by then.

    ``entry``: a `Text`, its name. ``text``: a `Text`, what the entry says from now on.

    Enqueues, like `${device} sends ${count} messages`. It ends the conflict only where the device has both
    versions: let it keep both before.

    Example:
    | Given Alice and Bob should keep both "eggs" and "bread" in entry "shopping" within 30 seconds
    | When Alice resolves entry "shopping" to "eggs and bread"
    | Then Alice and Bob should show "eggs and bread" in entry "shopping" within 30 seconds

    Source: plan L-3.1.
    """

    page = "Devices"
    template = '${device} resolves entry "${entry}" to "${text}"'
    needs = ("conflicts:siblings",)
    roles = ("sends",)
    device: Device
    entry: Text
    text: Text

    def run(self, world: World) -> None:
        world.of(Entries).resolve(self.device.name, self.entry.value, self.text.value)
