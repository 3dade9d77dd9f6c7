"""The time axis: nanoseconds to pixels. A long stretch in which nothing happens is drawn short, and marked so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400)
#: A stretch without any mark that is longer than this share of the whole is drawn short ...
QUIET = 0.25
#: ... over this share of the width.
SHORT = 0.07
#: Least pixels between two labels.
LABEL = 64.0


@dataclass(frozen=True)
class Stretch:
    """A piece of the axis with one scale. quiet: nothing happens in it, and it is drawn short."""

    start_ns: int
    end_ns: int
    left: float
    right: float
    quiet: bool = False

    def x(self, t_ns: int) -> float:
        """Where a time stands; what lies outside stands at the edge."""
        share = (t_ns - self.start_ns) / max(self.end_ns - self.start_ns, 1)
        return round(self.left + (self.right - self.left) * min(max(share, 0.0), 1.0), 1)


@dataclass(frozen=True)
class Axis:
    """Stretches from left to right. origin_ns: what the labels count from (the start of the test)."""

    stretches: tuple[Stretch, ...]
    origin_ns: int

    @classmethod
    def over(cls, times: Iterable[int], left: float, right: float, origin_ns: int | None = None) -> Axis:
        """An axis over all these times, `left` to `right` in pixels."""
        known = sorted(set(times)) or [0]
        start, end = known[0], max(known[-1], known[0] + 1)
        quiet = [(a, b) for a, b in pairwise(known) if b - a > QUIET * (end - start)]
        busy = end - start - sum(b - a for a, b in quiet)
        if busy <= 0:
            quiet, busy = [], end - start
        short = (right - left) * SHORT
        scale = (right - left - short * len(quiet)) / busy
        stretches: list[Stretch] = []
        at, x = start, left
        for a, b in [*quiet, (end, end)]:
            if a > at:
                stretches.append(Stretch(at, a, x, x + (a - at) * scale))
                x += (a - at) * scale
            if b > a:
                stretches.append(Stretch(a, b, x, x + short, quiet=True))
                x += short
            at = b
        return cls(tuple(stretches), start if origin_ns is None else origin_ns)

    @property
    def left(self) -> float:
        """Its first pixel."""
        return self.stretches[0].left

    @property
    def right(self) -> float:
        """Its last pixel."""
        return round(self.stretches[-1].right, 1)

    @property
    def end_ns(self) -> int:
        """Its last time."""
        return self.stretches[-1].end_ns

    def x(self, t_ns: int) -> float:
        """Where a time stands; what lies outside stands at the edge."""
        return next((s for s in self.stretches if t_ns <= s.end_ns), self.stretches[-1]).x(t_ns)

    def seconds(self, t_ns: int) -> str:
        """A time as people read it: `1.934 s`."""
        return f"{(t_ns - self.origin_ns) / 1e9:.3f} s"

    def ticks(self) -> list[tuple[float, str]]:
        """Places and labels of round numbers of seconds, none of them in a quiet stretch."""
        busy = [s for s in self.stretches if not s.quiet]
        length = sum(s.end_ns - s.start_ns for s in busy) / 1e9
        scale = sum(s.right - s.left for s in busy) / max(length, 1e-9)
        step = next((step for step in _STEPS if step * scale >= LABEL), length)
        taken = [(s.left + s.right) / 2 for s in self.stretches if s.quiet]
        found: list[tuple[float, str]] = []
        for stretch in busy:
            first = -((self.origin_ns - stretch.start_ns) // round(step * 1e9))
            last = (stretch.end_ns - self.origin_ns) // round(step * 1e9)
            for k in range(max(first, 0), last + 1):
                x = stretch.x(self.origin_ns + round(k * step * 1e9))
                near = [*taken, *(place for place, _ in found[-1:])]
                if all(abs(x - place) >= LABEL * 0.7 for place in near):
                    found.append((x, f"{round(k * step, 3):g} s"))
        return found
