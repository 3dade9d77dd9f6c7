"""Bugs of a Matrix device's read marker."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from syncproof_agentkit.requests import Marker
from syncproof_defects import breaks
from syncproof_products.matrix.agent.adapter import MatrixAdapter


@breaks(MatrixAdapter, "set_marker")
async def marks_any_event(
    original: Callable[..., Awaitable[dict[str, object]]], self: MatrixAdapter, wanted: Marker
) -> dict[str, object]:
    """The marker goes to any event that the application names, delivered or not."""
    device, group = self.device, wanted.group
    if wanted.version.startswith("$") and device.store.number_of(wanted.version) is None:
        marks_any_event.ran()
        device.store._db.execute(
            "UPDATE markers SET local_event = ?, local_n = ? WHERE grp = ?",
            (wanted.version, wanted.n, group),
        )
        device._tell_marker(group, "local", None)
        return self.marker(group)
    return await original(self, wanted)
