"""A limit on bytes per second."""

from __future__ import annotations

from .machine import MS, NEVER, READ_SIZE, Emission, Item, Machine, Mark

_PIECE_MS = 100
_AHEAD_MS = 50
_AHEAD_MOST = 4 * 1024 * 1024


class Bandwidth(Machine):
    """Passes `rate` KB/s (1 KB = 1000 bytes) with no burst; big chunks go in pieces of 100 ms each. Rate 0:
    nothing passes.

    Pacing is by absolute due times, so that late wake-ups of the driver do not add up; that needs some data
    read ahead (50 ms worth, between 64 KiB and 4 MiB), since a chunk that was not there yet cannot have been
    due.
    """

    def __init__(self, rate_kb_s: int) -> None:
        self._rate = rate_kb_s
        self._free = 0
        self.ahead_chunks = 1024
        self.ahead_bytes = min(max(2 * READ_SIZE, rate_kb_s * _AHEAD_MS), _AHEAD_MOST)

    def step(self, now: int, item: Item) -> list[Emission]:
        """Each piece is due when its last byte would have come through a pipe of this rate."""
        begin = max(now, self._free)
        if isinstance(item, Mark):
            return [(begin, item)]
        if self._rate <= 0:
            return [(NEVER, item)]
        size = self._rate * _PIECE_MS
        emissions: list[Emission] = []
        for start in range(0, len(item), size):
            piece = item[start : start + size]
            emissions.append((begin + (start + len(piece)) * MS // self._rate, piece))
        if emissions:
            self._free = emissions[-1][0]
        return emissions
