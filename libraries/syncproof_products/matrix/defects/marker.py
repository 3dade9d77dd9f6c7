"""Bugs of a Matrix device's read marker."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from syncproof_agentkit.requests import Marker
from syncproof_defects import Ran, defect, replace
from syncproof_products.matrix.agent.adapter import MatrixAdapter

SetMarker = Callable[[MatrixAdapter, Marker], Awaitable[dict[str, object]]]


@defect
def marks_any_event(ran: Ran) -> None:
    """The marker goes to any event that the application names, delivered or not."""

    def broken(original: SetMarker) -> SetMarker:
        async def set_marker(self: MatrixAdapter, wanted: Marker) -> dict[str, object]:
            device, group = self.device, wanted.group
            if wanted.version.startswith("$") and device.store.number_of(wanted.version) is None:
                ran()
                device.store._db.execute(
                    "UPDATE markers SET local_event = ?, local_n = ? WHERE grp = ?",
                    (wanted.version, wanted.n, group),
                )
                device._tell_marker(group, "local", None)
                return self.marker(group)
            return await original(self, wanted)

        return set_marker

    replace(MatrixAdapter, "set_marker", broken)
