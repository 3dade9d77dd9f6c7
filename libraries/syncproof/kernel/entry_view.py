"""What a device answers of an entry, as it goes on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.evidence import records
from syncproof.kernel.agent import EntryState

if TYPE_CHECKING:
    from syncproof.kernel.world import World


def entry_view(
    world: World, name: str, entry: str, answer: EntryState | None, asked_ns: int, read: int
) -> records.Entry:
    """The answer with devices by their names in the scenario.

    asked_ns: when the device was asked (CLOCK_MONOTONIC). read: how long its delivery log was, as far as it was read by
    then.
    """
    topology = world.topology
    return records.Entry(
        t_ns=asked_ns,
        device=name,
        group=topology.group,
        entry=entry,
        siblings=tuple(
            records.Sibling(
                version=sibling.version,
                digest=sibling.digest,
                deleted=sibling.deleted,
                clock=None
                if sibling.clock is None
                else {topology.name_of(device): count for device, count in sibling.clock.items()},
            )
            for sibling in (answer.siblings if answer else ())
        ),
        winner=answer.winner if answer else None,
        seen=read,
    )
