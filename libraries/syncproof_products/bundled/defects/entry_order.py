"""Bugs of entries that are written in an order that nobody has thought of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from syncproof_defects import breaks
from syncproof_products.bundled.core import conflict
from syncproof_products.bundled.core.conflict import Entries
from syncproof_products.bundled.core.device import Device
from syncproof_products.bundled.core.records import OutboxOp, Sibling, Snapshot
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.wire import Clock


@breaks(conflict, "join")
def deleted_is_deleted(
    original: Callable[..., tuple[Sibling, ...]], siblings: tuple[Sibling, ...], version: Sibling
) -> tuple[Sibling, ...]:
    """An entry that was deleted stays so: what is written into it later is not shown."""
    if siblings and all(known.deleted for known in siblings) and not version.deleted:
        deleted_is_deleted.ran()
        return siblings
    return original(siblings, version)


@breaks(Device, "_started")
def restores_the_outbox_without_clocks(
    original: Callable[..., None], self: Device, turn: Turn, snapshot: Snapshot
) -> None:
    """A device that starts again pushes the edits that wait in its outbox as if they built on nothing of others."""
    device = self._sender._device
    outbox = [
        OutboxOp(row.op, {name: count for name, count in row.clock.items() if name == device}, row.seen)
        for row in snapshot.outbox
    ]
    if outbox != list(snapshot.outbox):
        restores_the_outbox_without_clocks.ran()
    original(self, turn, replace(snapshot, outbox=tuple(outbox)))


@breaks(Entries, "clock_for")
def resolves_two_at_a_time(original: Callable[..., Clock], self: Entries, *args: Any) -> Clock:
    """A resolution of three versions builds on the first two alone."""
    device, group, entry, base, pending = args
    if len(base) > 2:
        resolves_two_at_a_time.ran()
        base = dict(list(base.items())[:2])
    return original(self, device, group, entry, base, pending)
