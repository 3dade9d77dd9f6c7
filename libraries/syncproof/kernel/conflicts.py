"""What sentences expect of entries: versions kept, shown, in conflict or not, and their vector clocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from syncproof.evidence import records, vector_clock
from syncproof.kernel.cast import Devices
from syncproof.kernel.entries import Write
from syncproof.kernel.quantities import Duration
from syncproof.kernel.text import Clock
from syncproof.kernel.trouble import InvalidScenario

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class Conflicts:
    """The `Then` about entries."""

    def __init__(self, world: World) -> None:
        self._world = world

    def kept(self, devices: Devices, entry: str, texts: Sequence[str], within: Duration) -> None:
        """Each device holds versions that say each of these."""
        wanted = [self._world.entries.saying(entry, text) for text in texts]

        def holds(name: str) -> bool:
            held = self._world.entries.held(name, entry)
            return all(any(write in held for write in writes) for writes in wanted)

        both = " and ".join(f'"{text}"' for text in texts)
        self._each("kept_versions", devices, entry, holds, f'to keep both {both} in entry "{entry}"', within)

    def shown(self, devices: Devices, entry: str, text: str, within: Duration) -> None:
        """Each device shows a version that says this."""
        wanted = self._world.entries.saying(entry, text)
        self._each(
            "shown_version",
            devices,
            entry,
            lambda name: self._world.entries.shown(name, entry) in wanted,
            f'to show "{text}" in entry "{entry}"',
            within,
        )

    def same_shown(self, devices: Devices, entry: str) -> None:
        """At rest, all show one and the same version."""
        self._world.entries.writes(entry)
        self._world.verdicts.at_rest()
        shown = [self._world.entries.shown(device.name, entry) for device in devices]
        if shown[0] is None or shown != [shown[0]] * len(shown):
            raise self._world.verdicts.failed(
                "same_winner",
                f'expected {devices} to show the same version of entry "{entry}"; {self._seen(devices, entry)}',
            )

    def no_conflict(self, devices: Devices, entry: str) -> None:
        """At rest, no device holds versions that say different things."""
        self._world.entries.writes(entry)
        self._world.verdicts.at_rest()
        for device in devices:
            if len({write.text for write in self._world.entries.held(device.name, entry)}) > 1:
                raise self._world.verdicts.failed(
                    "no_conflict",
                    f'expected {devices} to have no conflict in entry "{entry}"; {self._seen(devices, entry)}',
                )

    def created(self, count: int, devices: Devices) -> None:
        """`conflictsCreated` of each device, at rest."""
        world = self._world
        world.verdicts.at_rest()
        figures: dict[str, float | None] = {}
        for device in devices:
            figure = world.node(device.name).agent.metrics().get("conflictsCreated")
            figures[device.name] = figure
            world.note("metric", device=device.name, name="conflictsCreated", value=figure)
        if any(figure != count for figure in figures.values()):
            seen = ", ".join(
                f"{name} has {'none' if figure is None else f'{figure:g}'}"
                for name, figure in figures.items()
            )
            raise world.verdicts.failed(
                "conflicts_created", f"expected conflictsCreated to be {count} on {devices}; {seen}"
            )

    def clock_is(self, entry: str, clock: Clock, devices: Devices) -> None:
        """At rest, the version that each device shows has this clock."""
        self._world.entries.writes(entry)
        self._world.verdicts.at_rest()
        for device in devices:
            if self._world.entries.shown_clock(device.name, entry) != clock.clock:
                raise self._world.verdicts.failed(
                    "entry_clock",
                    f'expected the vector clock of entry "{entry}" to be {clock} on {devices}; '
                    f"{self._seen(devices, entry)}",
                )

    def concurrent(self, entry: str, one: str, other: str) -> None:
        """No device's delivery log has either of the two know of the other."""
        self._relation(
            "concurrent", entry, one, other, ("concurrent",), f'"{one}" and "{other}" to be concurrent'
        )

    def dominates(self, entry: str, text: str, others: Sequence[str]) -> None:
        """In every device's delivery log the one knows of all the others."""
        for other in others:
            self._relation("dominates", entry, text, other, ("after",), f'"{text}" to dominate "{other}"')

    def versions_in_logs(self, devices: Devices, count: int, entry: str) -> None:
        """At rest, every version of the entry is in each device's delivery log, in the order of writing."""
        world = self._world
        op_ids = [write.op_id for write in world.entries.writes(entry)]
        if len(op_ids) != count:
            raise InvalidScenario(
                f'Entry "{entry}" gets {len(op_ids)} versions in this scenario, but this sentence speaks of all '
                f"{count}."
            )
        world.verdicts.at_rest()
        for device in devices:
            delivered = world.history.delivered(device.name)
            missing = [number for number, op_id in enumerate(op_ids, 1) if op_id not in delivered]
            if missing:
                numbers = ", ".join(str(number) for number in missing)
                raise world.verdicts.failed(
                    "versions_in_log",
                    f'expected {device} to have all {count} versions of entry "{entry}" in its log; it has not '
                    f"version {numbers}",
                )

    def _relation(
        self, checker: str, entry: str, one: str, other: str, wanted: tuple[str, ...], expected: str
    ) -> None:
        world = self._world
        ones, others = world.entries.saying(entry, one), world.entries.saying(entry, other)
        world.verdicts.at_rest()
        for name in world.topology.nodes:
            for first in self._clocks(name, entry, ones):
                for second in self._clocks(name, entry, others):
                    relation = vector_clock.compare(first, second)
                    if relation not in wanted:
                        raise world.verdicts.failed(
                            checker,
                            f'expected {expected} in entry "{entry}"; by the clocks in {name}\'s log, '
                            f'{vector_clock.write(first)} of "{one}" is {_words(relation)} '
                            f'{vector_clock.write(second)} of "{other}"',
                        )

    def _clocks(self, name: str, entry: str, writes: Sequence[Write]) -> list[vector_clock.VectorClock]:
        """The clocks with which a device delivered these. Raises AssertionError (unknown) where it has none."""
        delivered = self._world.history.delivered(name)
        clocks = [delivered[write.op_id].clock for write in writes if write.op_id in delivered]
        found = [clock for clock in clocks if clock is not None]
        if len(found) < len(writes):
            raise self._world.verdicts.unknown(
                "vector_clock",
                f'{name} tells no vector clock of a version of entry "{entry}", or has not got it',
            )
        return found

    def _each(
        self,
        checker: str,
        devices: Devices,
        entry: str,
        holds: Callable[[str], bool],
        expected: str,
        within: Duration,
    ) -> None:
        world = self._world

        def done() -> bool:
            return not world.scheduler.pending and all(holds(device.name) for device in devices)

        if not world.wait_for(done, within.seconds):
            allowed = (world.scaled_ns(within) + world.slack_ns) / 1e9
            raise world.verdicts.failed(
                checker,
                f"expected {devices} {expected} within {within} ({allowed:g} seconds with TIME_SCALE and slack); "
                f"{self._seen(devices, entry)}",
            )

    def _seen(self, devices: Devices, entry: str) -> str:
        """`Alice holds "a" {Alice: 2, Bob: 1} (shown) and "b" {Alice: 1, Bob: 2}; Bob has nothing`."""
        return "; ".join(f"{device} {self._held_by(device.name, entry)}" for device in devices)

    def _held_by(self, name: str, entry: str) -> str:
        view = self._world.entries.answered(name, entry)
        if view is None or not view.siblings:
            return "has nothing of it"
        return "holds " + " and ".join(
            self._describe(name, entry, sibling) + (" (shown)" if sibling.version == view.winner else "")
            for sibling in view.siblings
        )

    def _describe(self, name: str, entry: str, sibling: records.Sibling) -> str:
        write = self._world.entries.write_of(name, entry, sibling.version)
        said = f"version {sibling.version}" if write is None else f'"{write.text}"'
        if sibling.deleted:
            said = "a deletion"
        return said if sibling.clock is None else f"{said} {vector_clock.write(sibling.clock)}"


def _words(relation: str) -> str:
    return {"before": "before", "after": "after", "equal": "the same as"}.get(relation, "concurrent with")
