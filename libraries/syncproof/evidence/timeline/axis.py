"""The time axis: nanoseconds to pixels, and where its labels stand."""

from __future__ import annotations

from dataclasses import dataclass

_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600)


@dataclass(frozen=True)
class Axis:
    """From `start_ns` to `end_ns` over `left` to `right` pixels."""

    start_ns: int
    end_ns: int
    left: float
    right: float

    def x(self, t_ns: int) -> float:
        """Where a time stands; what lies outside stands at the edge."""
        share = (t_ns - self.start_ns) / max(self.end_ns - self.start_ns, 1)
        return round(self.left + (self.right - self.left) * min(max(share, 0.0), 1.0), 1)

    def seconds(self, t_ns: int) -> str:
        """A time as a label."""
        return f"{(t_ns - self.start_ns) / 1e9:.2f} s"

    def ticks(self, most: int = 12) -> list[tuple[float, str]]:
        """Places and labels of at most `most` round numbers of seconds."""
        length = max((self.end_ns - self.start_ns) / 1e9, 1e-9)
        step = next((step for step in _STEPS if length / step <= most), length / most)
        return [
            (self.x(self.start_ns + round(k * step * 1e9)), f"{k * step:g} s")
            for k in range(int(length / step) + 1)
        ]
