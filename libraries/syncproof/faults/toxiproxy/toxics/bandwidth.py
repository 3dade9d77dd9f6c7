"""A limit on bytes per second."""

from __future__ import annotations

from dataclasses import dataclass

from .machine import MS, NEVER, READ_SIZE, Emission, Item, Machine, Mark
from .toxic import Dice, ToxicType, Unit, attribute

_PIECE_MS = 100
_AHEAD_MS = 50
_AHEAD_MOST = 4 * 1024 * 1024


@dataclass(frozen=True)
class Bandwidth(ToxicType):
    """Let at most `rate` (1 KB = 1000 bytes) pass on each connection; 0 lets nothing pass."""

    type = "bandwidth"
    keyword = "Limit Bandwidth"
    example = "10 KB/s"

    rate: int = attribute(Unit.KB_S, required=True)

    def problem(self) -> str | None:
        """The real server dies of less than nothing."""
        return f"bandwidth: rate must be 0 KB/s or more, got {self.rate}" if self.rate < 0 else None

    def machine(self, dice: Dice) -> Machine:  # noqa: ARG002
        """It remembers until when its pipe is full."""
        return _Pipe(self.rate)


class _Pipe(Machine):
    """No burst; big chunks go in pieces of 100 ms each.

    Pacing is by absolute due times, so that late wake-ups of the driver do not add up; that needs some data
    read ahead (50 ms worth, between 64 KiB and 4 MiB), since a chunk that was not there yet cannot have been
    due.
    """

    ahead_chunks = 1024

    def __init__(self, rate_kb_s: int) -> None:
        self._rate = rate_kb_s
        self._free = 0
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
