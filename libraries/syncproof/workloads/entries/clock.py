"""Vector clocks as sentences write them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from syncproof.evidence import vector_clock
from syncproof.kernel.cast import Device


@dataclass(frozen=True)
class Clock:
    """How often each device had written when a version came about."""

    counts: tuple[tuple[Device, int], ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """How often each device has written: ``{Alice: 2, Bob: 1}``. A device that is left out has not.

        Fails (ValueError) for another form, for a device that the cast does not have, and for a clock of nobody.
        """
        counts = sorted((Device.parse(name), count) for name, count in vector_clock.parse(text).items())
        written = tuple((device, count) for device, count in counts if count)
        if not written:
            raise ValueError(f"'{text}' is the clock of nobody: name at least one device that has written.")
        return cls(written)

    def __str__(self) -> str:
        return vector_clock.write(self.clock)

    @property
    def clock(self) -> vector_clock.VectorClock:
        """As a mapping."""
        return {device.name: count for device, count in self.counts}
