"""Sentences about what must have become of entries that several devices wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.kernel.cast import Devices
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration
from syncproof.kernel.text import Text
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.entries.clock import Clock
from syncproof.workloads.entries.state import Entries

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class KeepBoth(Outcome):
    """Devices must hold two versions of an entry beside each other.

    ``devices``: `Devices`. ``one``, ``other``: each a `Text` that a device wrote. ``entry``: a `Text`, its
    name. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits until all that was enqueued is done and each of the devices answers that it holds both. Fails when
    the deadline passes (``expected Alice and Bob to keep both "eggs" and "bread" in entry "shopping"``, with
    what each of them holds), and at once for a text that nobody writes.

    Example:
    | When Alice writes "eggs" into entry "shopping"
    | And Bob writes "bread" into entry "shopping"
    | And Alice and Bob come online
    | Then Alice and Bob should keep both "eggs" and "bread" in entry "shopping" within 30 seconds

    Source: plan L-3.1.
    """

    template = '${devices} should keep both "${one}" and "${other}" in entry "${entry}" within ${duration}'
    check = "kept_versions"
    needs = ("conflicts:siblings",)
    devices: Devices
    one: Text
    other: Text
    entry: Text
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        texts = [_said(world, self.entry, text) for text in (self.one, self.other)]
        return {**_of_all(world, self.entry, self.devices), "texts": texts}

    def ready(self, world: World) -> bool:
        texts = {self.one.value, self.other.value}
        held = (world.of(Entries).held(device.name, self.entry.value) for device in self.devices)
        return not world.scheduler.pending and all(
            texts <= {write.text for write in writes} for writes in held
        )


class Show(Outcome):
    """Devices must show a version of an entry that says this.

    ``devices``: `Devices`. ``text``: a `Text` that a device wrote. ``entry``: a `Text`, its name.
    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits until all that was enqueued is done and each of the devices shows it; others that it holds beside do
    not matter. Fails when the deadline passes, with what each of them holds, and at once for a text that
    nobody writes.

    Example:
    | When Alice resolves entry "shopping" to "eggs and bread"
    | Then Alice and Bob should show "eggs and bread" in entry "shopping" within 30 seconds

    Source: plan L-3.1, L-3.2.
    """

    template = '${devices} should show "${text}" in entry "${entry}" within ${duration}'
    check = "shown_version"
    needs = ("conflicts:lww",)
    devices: Devices
    text: Text
    entry: Text
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        return {**_of_all(world, self.entry, self.devices), "text": _said(world, self.entry, self.text)}

    def ready(self, world: World) -> bool:
        shown = [world.of(Entries).shown(device.name, self.entry.value) for device in self.devices]
        return not world.scheduler.pending and all(write and write.text == self.text.value for write in shown)


class ShowTheSame(Outcome):
    """Devices must show one and the same version of an entry, whichever it is.

    ``devices``: `Devices`. ``entry``: a `Text`, its name.

    Waits until everything is at rest, see `Rest`. Fails with ``expected Alice and Bob to show the same version
    of entry "shopping"`` and what each of them holds, also where they show none.

    Example:
    | Then Alice and Bob should keep both "eggs" and "bread" in entry "shopping" within 30 seconds
    | And Alice and Bob should show the same version of entry "shopping"

    Source: plan L-3.1.
    """

    template = '${devices} should show the same version of entry "${entry}"'
    check = "same_winner"
    needs = ("conflicts:lww",)
    devices: Devices
    entry: Text

    def limits(self, world: World) -> dict[str, Any]:
        return _of_all(world, self.entry, self.devices)


class HaveNoConflict(Outcome):
    """Devices must not hold versions of an entry that say different things.

    ``devices``: `Devices`. ``entry``: a `Text`, its name. Versions that say the same are no conflict, and
    neither is a deletion beside an edit.

    Waits until everything is at rest, see `Rest`. Fails with ``expected Alice and Bob to have no conflict in
    entry "shopping"`` and what each of them holds.

    Example:
    | When Alice resolves entry "shopping" to "eggs and bread"
    | Then Alice and Bob should show "eggs and bread" in entry "shopping" within 30 seconds
    | And Alice and Bob should have no conflict in entry "shopping"

    Source: plan L-3.1.
    """

    template = '${devices} should have no conflict in entry "${entry}"'
    check = "no_conflict"
    needs = ("conflicts:siblings",)
    devices: Devices
    entry: Text

    def limits(self, world: World) -> dict[str, Any]:
        return _of_all(world, self.entry, self.devices)


class ConflictsCreated(Outcome):
    """The figure ``conflictsCreated`` of devices must be this, zero included.

    ``count``: a `Number`, since the device's process started. ``devices``: `Devices`, each for itself.

    Waits until everything is at rest, see `Rest`. Fails with ``expected conflictsCreated to be 1 on Alice and
    Bob; Alice has 1, Bob has 0``. What became of the versions is another question: `${devices} should keep
    both "${one}" and "${other}" in entry "${entry}" within ${duration}`.

    Example:
    | Then Alice and Bob should keep both "eggs" and "bread" in entry "shopping" within 30 seconds
    | And conflictsCreated should be 1 on Alice and Bob

    Source: plan L-3.1.
    """

    template = "conflictsCreated should be ${count} on ${devices}"
    check = "conflicts_created"
    needs = ("conflicts:siblings",)
    count: int
    devices: Devices

    def limits(self, world: World) -> dict[str, Any]:
        return {"count": self.count, "devices": _names(world, self.devices)}

    def look(self, world: World) -> None:
        for name in _names(world, self.devices):
            value = world.node(name).agent.metrics().get("conflictsCreated")
            world.note("conflicts_created", device=name, value=value)


class ClockIs(Outcome):
    """The version of an entry that devices show must have this vector clock.

    ``entry``: a `Text`, its name. ``clock``: a `Clock`. ``devices``: `Devices`.

    Waits until everything is at rest, see `Rest`. Fails with ``expected the vector clock of entry "diary" to
    be {Alice: 5} on Alice and Bob``, and what each of them holds.

    Example:
    | Then Alice and Bob should show "v5" in entry "diary" within 30 seconds
    | And the vector clock of entry "diary" should be {Alice: 5} on Alice and Bob

    Source: plan L-3.2.
    """

    template = 'the vector clock of entry "${entry}" should be ${clock} on ${devices}'
    check = "entry_clock"
    needs = ("conflicts:siblings",)
    entry: Text
    clock: Clock
    devices: Devices

    def limits(self, world: World) -> dict[str, Any]:
        return {**_of_all(world, self.entry, self.devices), "clock": self.clock.clock}


class AreConcurrent(Outcome):
    """By their vector clocks, neither of two versions of an entry may know of the other.

    ``one``, ``other``: each a `Text` that a device wrote. ``entry``: a `Text`, its name. The clocks are those
    with which each device of the scenario delivered the two.

    Waits until everything is at rest, see `Rest`. Fails with ``expected "eggs" and "bread" to be concurrent``
    and both clocks; as unknown where a device tells none.

    Example:
    | Then Alice and Bob should keep both "eggs" and "bread" in entry "shopping" within 30 seconds
    | And "eggs" and "bread" in entry "shopping" should be concurrent

    Source: plan L-3.1.
    """

    template = '"${one}" and "${other}" in entry "${entry}" should be concurrent'
    check = "concurrent"
    needs = ("conflicts:siblings",)
    one: Text
    other: Text
    entry: Text

    def limits(self, world: World) -> dict[str, Any]:
        one, other = (_said(world, self.entry, text) for text in (self.one, self.other))
        return {"entry": self.entry.value, "one": one, "other": other}


class DominatesBoth(Outcome):
    """By its vector clock, a version of an entry must know of two others, and of more than either.

    ``text``, ``one``, ``other``: each a `Text` that a device wrote. ``entry``: a `Text`, its name. The clocks
    are those with which each device of the scenario delivered the three.

    Waits until everything is at rest, see `Rest`. Fails with ``expected "both" to dominate "eggs"`` and both
    clocks; as unknown where a device tells none.

    Example:
    | When Alice resolves entry "shopping" to "eggs and bread"
    | Then "eggs and bread" in entry "shopping" should dominate both "eggs" and "bread"

    Source: plan L-3.1.
    """

    template = '"${text}" in entry "${entry}" should dominate both "${one}" and "${other}"'
    check = "dominates"
    needs = ("conflicts:siblings",)
    text: Text
    entry: Text
    one: Text
    other: Text

    def limits(self, world: World) -> dict[str, Any]:
        text, *others = (_said(world, self.entry, text) for text in (self.text, self.one, self.other))
        return {"entry": self.entry.value, "text": text, "others": others}


class AllVersionsInLogs(Outcome):
    """Every version of an entry must be in the delivery logs of devices, also those that were replaced soon.

    ``devices``: `Devices`. ``count``: a `Number`, all versions and deletions of the scenario. ``entry``: a
    `Text`, its name.

    Waits until everything is at rest, see `Rest`. Fails with the numbers of the versions that are not there
    (``it has not version 2, 3``), and at once when the scenario writes another number.

    Example:
    | When Alice writes versions 2 to 5 of entry "diary"
    | Then Alice and Bob should show "v5" in entry "diary" within 30 seconds
    | And Alice and Bob should have all 5 versions of entry "diary" in their logs

    Source: plan L-3.2.
    """

    template = '${devices} should have all ${count} versions of entry "${entry}" in their logs'
    check = "versions_in_log"
    needs = ("conflicts:lww",)
    devices: Devices
    count: int
    entry: Text

    def limits(self, world: World) -> dict[str, Any]:
        written = len(world.of(Entries).writes(self.entry.value))
        if written != self.count:
            raise InvalidScenario(
                f'Entry "{self.entry}" gets {written} versions in this scenario, but this sentence speaks of all '
                f"{self.count}."
            )
        return _of_all(world, self.entry, self.devices)


def _names(world: World, devices: Devices) -> list[str]:
    """Their names. Raises InvalidScenario for one that the scenario does not have."""
    return [world.node(device.name).name for device in devices]


def _of_all(world: World, entry: Text, devices: Devices) -> dict[str, Any]:
    """Which entry, on which devices. Raises InvalidScenario for one that nobody has written into."""
    world.of(Entries).writes(entry.value)
    return {"entry": entry.value, "devices": _names(world, devices)}


def _said(world: World, entry: Text, text: Text) -> str:
    """What a version of the entry says. Raises InvalidScenario where none does."""
    return world.of(Entries).saying(entry.value, text.value)[0].text
