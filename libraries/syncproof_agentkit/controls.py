"""What every agent adds to its device, whatever the product: the pause, the clock, and the events."""

from __future__ import annotations

from pathlib import Path

from syncproof_agentkit import requests
from syncproof_agentkit.errors import invalid, paused
from syncproof_agentkit.event_ring import EventRing
from syncproof_agentkit.pause import Pause
from syncproof_agentkit.shifted_clock import ShiftedClock


class Controls:
    """The part of an adapter that knows no product. Must be made on the event loop."""

    def __init__(self) -> None:
        self._pause, self._clock = Pause(), ShiftedClock()
        #: Its incarnation is set as soon as the device's storage has told it.
        self._ring = EventRing(0)
        self._boot_id = Path("/proc/sys/kernel/random/boot_id").read_text().strip()

    async def events(self, incarnation: int, after: int, wait_s: float, limit: int) -> dict[str, object]:
        """GET /events."""
        return await self._ring.read(incarnation, after, wait_s, limit)

    def close_events(self) -> None:
        """Answer readers that wait for events: the process is about to end."""
        self._ring.close()

    def set_pipeline(self, state: str) -> dict[str, object]:
        """POST /pipeline."""
        if self._pause.set_running(state == "running"):
            self._ring.append("pipeline", {"state": state})
        return {"state": state}

    def set_clock(self, change: requests.ClockChange) -> dict[str, object]:
        """POST /clock."""
        offset, advance = change.offset_ms, change.advance_ms
        if offset is not None and advance is None:
            self._clock.set_offset(offset / 1000)
        elif advance is not None and offset is None:
            self._clock.set_offset(self._clock.offset_s + advance / 1000)
        else:
            raise invalid("Exactly one of the fields `offset_ms` and `advance_ms` must be there.")
        return {"offset_ms": round(self._clock.offset_s * 1000, 3)}

    def _must_run(self) -> None:
        if not self._pause.open:
            raise paused()
