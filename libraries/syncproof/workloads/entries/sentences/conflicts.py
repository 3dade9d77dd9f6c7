"""Sentences about what must have become of entries that several devices wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Devices
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.text import Text
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.entries.clock import Clock
from syncproof.workloads.entries.outcomes import require_on_each, require_relation, seen
from syncproof.workloads.entries.state import Entries

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class KeepBoth(Sentence):
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

    page = "Outcome"
    template = '${devices} should keep both "${one}" and "${other}" in entry "${entry}" within ${duration}'
    needs = ("conflicts:siblings",)
    devices: Devices
    one: Text
    other: Text
    entry: Text
    duration: Duration

    def run(self, world: World) -> None:
        entries, entry, texts = world.of(Entries), self.entry.value, (self.one.value, self.other.value)
        wanted = [entries.saying(entry, text) for text in texts]

        def holds(name: str) -> bool:
            held = entries.held(name, entry)
            return all(any(write in held for write in writes) for writes in wanted)

        both = " and ".join(f'"{text}"' for text in texts)
        expected = f'to keep both {both} in entry "{entry}"'
        require_on_each(world, "kept_versions", self.devices, entry, holds, expected, self.duration)


class Show(Sentence):
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

    page = "Outcome"
    template = '${devices} should show "${text}" in entry "${entry}" within ${duration}'
    needs = ("conflicts:lww",)
    devices: Devices
    text: Text
    entry: Text
    duration: Duration

    def run(self, world: World) -> None:
        entries, entry = world.of(Entries), self.entry.value
        wanted = entries.saying(entry, self.text.value)
        require_on_each(
            world,
            "shown_version",
            self.devices,
            entry,
            lambda name: entries.shown(name, entry) in wanted,
            f'to show "{self.text}" in entry "{entry}"',
            self.duration,
        )


class ShowTheSame(Sentence):
    """Devices must show one and the same version of an entry, whichever it is.

    ``devices``: `Devices`. ``entry``: a `Text`, its name.

    Waits until everything is at rest, see `Rest`. Fails with ``expected Alice and Bob to show the same version
    of entry "shopping"`` and what each of them holds, also where they show none.

    Example:
    | Then Alice and Bob should keep both "eggs" and "bread" in entry "shopping" within 30 seconds
    | And Alice and Bob should show the same version of entry "shopping"

    Source: plan L-3.1.
    """

    page = "Outcome"
    template = '${devices} should show the same version of entry "${entry}"'
    needs = ("conflicts:lww",)
    devices: Devices
    entry: Text

    def run(self, world: World) -> None:
        entries, entry = world.of(Entries), self.entry.value
        entries.writes(entry)
        world.verdicts.at_rest()
        shown = [entries.shown(device.name, entry) for device in self.devices]
        if shown[0] is None or shown != [shown[0]] * len(shown):
            raise world.verdicts.failed(
                "same_winner",
                f'expected {self.devices} to show the same version of entry "{entry}"; '
                f"{seen(world, self.devices, entry)}",
            )


class HaveNoConflict(Sentence):
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

    page = "Outcome"
    template = '${devices} should have no conflict in entry "${entry}"'
    needs = ("conflicts:siblings",)
    devices: Devices
    entry: Text

    def run(self, world: World) -> None:
        entries, entry = world.of(Entries), self.entry.value
        entries.writes(entry)
        world.verdicts.at_rest()
        for device in self.devices:
            if len({write.text for write in entries.held(device.name, entry)}) > 1:
                raise world.verdicts.failed(
                    "no_conflict",
                    f'expected {self.devices} to have no conflict in entry "{entry}"; '
                    f"{seen(world, self.devices, entry)}",
                )


class ConflictsCreated(Sentence):
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

    page = "Outcome"
    template = "conflictsCreated should be ${count} on ${devices}"
    needs = ("conflicts:siblings",)
    count: int
    devices: Devices

    def run(self, world: World) -> None:
        world.verdicts.at_rest()
        figures: dict[str, float | None] = {}
        for device in self.devices:
            figure = world.node(device.name).agent.metrics().get("conflictsCreated")
            figures[device.name] = figure
            world.note("metric", device=device.name, name="conflictsCreated", value=figure)
        if any(figure != self.count for figure in figures.values()):
            has = ", ".join(
                f"{name} has {'none' if figure is None else f'{figure:g}'}"
                for name, figure in figures.items()
            )
            raise world.verdicts.failed(
                "conflicts_created",
                f"expected conflictsCreated to be {self.count} on {self.devices}; {has}",
            )


class ClockIs(Sentence):
    """The version of an entry that devices show must have this vector clock.

    ``entry``: a `Text`, its name. ``clock``: a `Clock`. ``devices``: `Devices`.

    Waits until everything is at rest, see `Rest`. Fails with ``expected the vector clock of entry "diary" to
    be {Alice: 5} on Alice and Bob``, and what each of them holds.

    Example:
    | Then Alice and Bob should show "v5" in entry "diary" within 30 seconds
    | And the vector clock of entry "diary" should be {Alice: 5} on Alice and Bob

    Source: plan L-3.2.
    """

    page = "Outcome"
    template = 'the vector clock of entry "${entry}" should be ${clock} on ${devices}'
    needs = ("conflicts:siblings",)
    entry: Text
    clock: Clock
    devices: Devices

    def run(self, world: World) -> None:
        entries, entry = world.of(Entries), self.entry.value
        entries.writes(entry)
        world.verdicts.at_rest()
        for device in self.devices:
            if entries.shown_clock(device.name, entry) != self.clock.clock:
                raise world.verdicts.failed(
                    "entry_clock",
                    f'expected the vector clock of entry "{entry}" to be {self.clock} on {self.devices}; '
                    f"{seen(world, self.devices, entry)}",
                )


class AreConcurrent(Sentence):
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

    page = "Outcome"
    template = '"${one}" and "${other}" in entry "${entry}" should be concurrent'
    needs = ("conflicts:siblings",)
    one: Text
    other: Text
    entry: Text

    def run(self, world: World) -> None:
        one, other = self.one.value, self.other.value
        expected = f'"{one}" and "{other}" to be concurrent'
        require_relation(world, "concurrent", self.entry.value, one, other, ("concurrent",), expected)


class DominatesBoth(Sentence):
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

    page = "Outcome"
    template = '"${text}" in entry "${entry}" should dominate both "${one}" and "${other}"'
    needs = ("conflicts:siblings",)
    text: Text
    entry: Text
    one: Text
    other: Text

    def run(self, world: World) -> None:
        text = self.text.value
        for other in (self.one.value, self.other.value):
            expected = f'"{text}" to dominate "{other}"'
            require_relation(world, "dominates", self.entry.value, text, other, ("after",), expected)


class AllVersionsInLogs(Sentence):
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

    page = "Outcome"
    template = '${devices} should have all ${count} versions of entry "${entry}" in their logs'
    needs = ("conflicts:lww",)
    devices: Devices
    count: int
    entry: Text

    def run(self, world: World) -> None:
        count, entry = self.count, self.entry.value
        op_ids = [write.op_id for write in world.of(Entries).writes(entry)]
        if len(op_ids) != count:
            raise InvalidScenario(
                f'Entry "{entry}" gets {len(op_ids)} versions in this scenario, but this sentence speaks of all '
                f"{count}."
            )
        world.verdicts.at_rest()
        for device in self.devices:
            delivered = world.history.delivered(device.name)
            missing = [number for number, op_id in enumerate(op_ids, 1) if op_id not in delivered]
            if missing:
                numbers = ", ".join(str(number) for number in missing)
                raise world.verdicts.failed(
                    "versions_in_log",
                    f'expected {device} to have all {count} versions of entry "{entry}" in its log; it has not '
                    f"version {numbers}",
                )
