"""The quantities that sentences are written in: `10 seconds`, `200 ms`, `10 KB/s`, `50%`, `50 MB`.

Each type parses what people write and prints it back the same way, so that `parse(str(x)) == x`; a wrong unit is a
`ValueError` that names the right ones. KB is 1000 bytes, as Toxiproxy counts them, and KiB 1024.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Self

_NUMBER = re.compile(r"^\s*(-?\d+(?:\.\d+)?)\s*([A-Za-z%/]*)\s*$")


def _parse(text: str, units: dict[str, float], what: str, example: str) -> float:
    """Number times unit; units are matched as written, then without regard to case."""
    match = _NUMBER.match(text)
    known = ", ".join(dict.fromkeys(units))
    if match is None:
        raise ValueError(
            f"'{text}' is not {what}: write a number and a unit, like '{example}' (units: {known})."
        )
    number, unit = match.groups()
    by_case = {name.lower(): factor for name, factor in units.items()}
    factor = units.get(unit, by_case.get(unit.lower()))
    if factor is None:
        seen = f"'{unit}' is not one of its units" if unit else "the unit is missing"
        raise ValueError(f"'{text}' is not {what}: {seen}. Write it like '{example}' (units: {known}).")
    value = float(number) * factor
    if value < 0:
        raise ValueError(f"'{text}' is not {what}: it must not be negative.")
    return value


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.15g}"


@dataclass(frozen=True, order=True)
class Duration:
    """A length of time. Example: `10 seconds`, `200 ms`, `2 minutes`."""

    seconds: float

    UNITS: ClassVar[dict[str, float]] = {
        "ms": 0.001,
        "millisecond": 0.001,
        "milliseconds": 0.001,
        "s": 1.0,
        "second": 1.0,
        "seconds": 1.0,
        "min": 60.0,
        "minute": 60.0,
        "minutes": 60.0,
        "h": 3600.0,
        "hour": 3600.0,
        "hours": 3600.0,
        "day": 86_400.0,
        "days": 86_400.0,
    }

    @classmethod
    def parse(cls, text: str) -> Self:
        """A number and a unit of time: ``10 seconds``, ``200 ms``, ``1.5 minutes``.

        Units: ``ms`` (``millisecond``, ``milliseconds``), ``s`` (``second``, ``seconds``), ``min`` (``minute``,
        ``minutes``), ``h`` (``hour``, ``hours``), ``day`` (``days``); small and capital letters are the same. Never
        negative.

        Fails (ValueError) for anything else, and names the units.
        """
        return cls(round(_parse(text, cls.UNITS, "a duration", "10 seconds"), 9))

    def __str__(self) -> str:
        if 0 < self.seconds < 1:
            return f"{_number(round(self.seconds * 1000, 6))} ms"
        return "1 second" if self.seconds == 1 else f"{_number(self.seconds)} seconds"

    def __mul__(self, factor: float) -> Duration:
        return Duration(self.seconds * factor)

    @property
    def ns(self) -> int:
        """In nanoseconds."""
        return round(self.seconds * 1e9)


@dataclass(frozen=True, order=True)
class Rate:
    """Bytes per second. Example: `10 KB/s`, `1.5 MB/s`."""

    bytes_per_s: float

    UNITS: ClassVar[dict[str, float]] = {
        "B/s": 1.0,
        "KB/s": 1e3,
        "MB/s": 1e6,
        "GB/s": 1e9,
        "KiB/s": 1024.0,
        "MiB/s": 1024.0**2,
        "bit/s": 1 / 8,
        "kbit/s": 1e3 / 8,
        "Mbit/s": 1e6 / 8,
        "Gbit/s": 1e9 / 8,
    }

    @classmethod
    def parse(cls, text: str) -> Self:
        """Bytes per second: ``10 KB/s``, ``1.5 MB/s``, ``2 Mbit/s``.

        Units: ``B/s``, ``KB/s``, ``MB/s``, ``GB/s`` (1 KB is 1000 bytes), ``KiB/s``, ``MiB/s`` (1 KiB is 1024 bytes),
        ``bit/s``, ``kbit/s``, ``Mbit/s``, ``Gbit/s`` (8 bits are a byte). Never negative.

        Fails (ValueError) for anything else, and names the units.
        """
        return cls(round(_parse(text, cls.UNITS, "a rate", "10 KB/s"), 6))

    def __str__(self) -> str:
        for unit in ("GB/s", "MB/s", "KB/s"):
            if self.bytes_per_s >= self.UNITS[unit]:
                return f"{_number(self.bytes_per_s / self.UNITS[unit])} {unit}"
        return f"{_number(self.bytes_per_s)} B/s"


@dataclass(frozen=True, order=True)
class Percent:
    """A share, from `0%` to `100%`."""

    fraction: float

    @classmethod
    def parse(cls, text: str) -> Self:
        """A share from ``0%`` to ``100%``: ``50%``, ``2.5%``.

        Fails (ValueError) without the ``%``, and for more than 100%.
        """
        fraction = round(_parse(text, {"%": 0.01}, "a percentage", "50%"), 9)
        if fraction > 1:
            raise ValueError(f"'{text}' is not a percentage: it must be from 0% to 100%.")
        return cls(fraction)

    def __str__(self) -> str:
        return f"{_number(round(self.fraction * 100, 7))}%"


@dataclass(frozen=True, order=True)
class Size:
    """A number of bytes. Example: `20 KB`, `50 MB`."""

    bytes: int

    UNITS: ClassVar[dict[str, float]] = {
        "B": 1,
        "bytes": 1,
        "KB": 1e3,
        "MB": 1e6,
        "GB": 1e9,
        "KiB": 1024,
        "MiB": 1024**2,
        "GiB": 1024**3,
    }

    @classmethod
    def parse(cls, text: str) -> Self:
        """A number of bytes: ``20 B``, ``20 KB``, ``5.5 MB``, ``64 KiB``.

        Units: ``B`` (``bytes``), ``KB``, ``MB``, ``GB`` (1 KB is 1000 bytes), ``KiB``, ``MiB``, ``GiB`` (1 KiB is 1024
        bytes). A whole number of bytes, never negative.

        Fails (ValueError) for anything else, and names the units.
        """
        value = _parse(text, cls.UNITS, "a size", "20 KB")
        if abs(value - round(value)) > 1e-9 * max(1e3, value):
            raise ValueError(f"'{text}' is not a size: it is no whole number of bytes.")
        return cls(round(value))

    def about(self) -> str:
        """For people, where the last byte does not matter: ``31.4 MB``."""
        unit = next((unit for unit in ("GB", "MB", "KB") if self.bytes >= self.UNITS[unit]), "B")
        return f"{_number(round(self.bytes / self.UNITS[unit], 1))} {unit}"

    def __str__(self) -> str:
        for unit in ("GB", "MB", "KB"):
            if self.bytes >= self.UNITS[unit] and self.bytes % (self.UNITS[unit] / 1000) == 0:
                return f"{_number(self.bytes / self.UNITS[unit])} {unit}"
        return f"{self.bytes} B"
