"""A limit on bytes per second."""

from __future__ import annotations

from dataclasses import dataclass

from .machine import MS, NEVER, READ_SIZE, Emission, Item, Machine, Mark
from .toxic import Dice, Pipe, ToxicType, Unit, attribute

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
        return f"{self.type}: rate must be 0 KB/s or more, got {self.rate}" if self.rate < 0 else None

    def machine(self, dice: Dice) -> Machine:  # noqa: ARG002
        """A pipe for each link."""
        return _Limit(self.rate, Pipe())


@dataclass(frozen=True)
class SharedBandwidth(Bandwidth):
    """Let at most `rate` (1 KB = 1000 bytes) pass in one direction of the proxy, all its connections together.

    They take turns, chunk by chunk of at most 32 KiB. 0 lets nothing pass.
    """

    type = "shared_bandwidth"
    extension = True
    keyword = "Limit Shared Bandwidth"
    example = "1 MB/s"

    def machine(self, dice: Dice) -> Machine:
        """The pipe of all links."""
        return _Limit(self.rate, dice.shared)


class _Limit(Machine):
    """No burst; big chunks go in pieces of 100 ms each.

    Pacing is by absolute due times, so that late wake-ups of the driver do not add up; that needs some data
    read ahead (50 ms worth, between 64 KiB and 4 MiB), since a chunk that was not there yet cannot have been
    due.
    """

    ahead_chunks = 1024

    def __init__(self, rate_kb_s: int, pipe: Pipe) -> None:
        self._rate = rate_kb_s
        self._pipe = pipe
        self._last = 0
        self.ahead_bytes = min(max(2 * READ_SIZE, rate_kb_s * _AHEAD_MS), _AHEAD_MOST)

    def step(self, now: int, item: Item) -> list[Emission]:
        """Each piece is due when its last byte would have come through a pipe of this rate."""
        if isinstance(item, Mark):
            return [(max(now, self._last), item)]
        if self._rate <= 0:
            return [(NEVER, item)]
        begin = max(now, self._pipe.free)
        size = self._rate * _PIECE_MS
        emissions: list[Emission] = []
        for start in range(0, len(item), size):
            piece = item[start : start + size]
            self._last = begin + (start + len(piece)) * MS // self._rate
            emissions.append((self._last, piece))
        self._pipe.free = max(self._pipe.free, self._last)
        return emissions
