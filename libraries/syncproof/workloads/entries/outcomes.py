"""What sentences expect of entries: versions kept, shown, in conflict or not, and their vector clocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from syncproof.evidence import records, vector_clock
from syncproof.kernel.cast import Devices
from syncproof.kernel.quantities import Duration
from syncproof.workloads.entries.state import Entries, Write

if TYPE_CHECKING:
    from syncproof.kernel.world import World


def require_relation(
    world: World, checker: str, entry: str, one: str, other: str, wanted: tuple[str, ...], expected: str
) -> None:
    """At rest: by each device's log, every version that says `one` relates to every one of `other` as wanted.

    Raises AssertionError with the verdict of that checker.
    """
    ones, others = world.of(Entries).saying(entry, one), world.of(Entries).saying(entry, other)
    world.verdicts.at_rest()
    for name in world.topology.nodes:
        for first in _clocks(world, name, entry, ones):
            for second in _clocks(world, name, entry, others):
                relation = vector_clock.compare(first, second)
                if relation not in wanted:
                    raise world.verdicts.failed(
                        checker,
                        f'expected {expected} in entry "{entry}"; by the clocks in {name}\'s log, '
                        f'{vector_clock.write(first)} of "{one}" is {_words(relation)} '
                        f'{vector_clock.write(second)} of "{other}"',
                    )


def _clocks(world: World, name: str, entry: str, writes: Sequence[Write]) -> list[vector_clock.VectorClock]:
    """The clocks with which a device delivered these. Raises AssertionError (unknown) where it has none."""
    delivered = world.history.delivered(name)
    clocks = [delivered[write.op_id].clock for write in writes if write.op_id in delivered]
    found = [clock for clock in clocks if clock is not None]
    if len(found) < len(writes):
        raise world.verdicts.unknown(
            "vector_clock",
            f'{name} tells no vector clock of a version of entry "{entry}", or has not got it',
        )
    return found


def require_on_each(
    world: World,
    checker: str,
    devices: Devices,
    entry: str,
    holds: Callable[[str], bool],
    expected: str,
    within: Duration,
) -> None:
    """Wait until it holds on each of these devices. Raises AssertionError with the verdict of that checker."""

    def done() -> bool:
        return not world.scheduler.pending and all(holds(device.name) for device in devices)

    if not world.wait_for(done, within.seconds):
        allowed = (world.scaled_ns(within) + world.slack_ns) / 1e9
        raise world.verdicts.failed(
            checker,
            f"expected {devices} {expected} within {within} ({allowed:g} seconds with TIME_SCALE and slack); "
            f"{seen(world, devices, entry)}",
        )


def seen(world: World, devices: Devices, entry: str) -> str:
    """`Alice holds "a" {Alice: 2, Bob: 1} (shown) and "b" {Alice: 1, Bob: 2}; Bob has nothing`."""
    return "; ".join(f"{device} {_held_by(world, device.name, entry)}" for device in devices)


def _held_by(world: World, name: str, entry: str) -> str:
    view = world.of(Entries).answered(name, entry)
    if view is None or not view.siblings:
        return "has nothing of it"
    return "holds " + " and ".join(
        _describe(world, name, entry, sibling) + (" (shown)" if sibling.version == view.winner else "")
        for sibling in view.siblings
    )


def _describe(world: World, name: str, entry: str, sibling: records.Sibling) -> str:
    write = world.of(Entries).write_of(name, entry, sibling.version)
    said = f"version {sibling.version}" if write is None else f'"{write.text}"'
    if sibling.deleted:
        said = "a deletion"
    return said if sibling.clock is None else f"{said} {vector_clock.write(sibling.clock)}"


def _words(relation: str) -> str:
    return {"before": "before", "after": "after", "equal": "the same as"}.get(relation, "concurrent with")
