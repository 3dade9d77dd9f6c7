"""Who plays in a scenario: names of devices, and how sentences speak of them.

The cast is fixed, so that `robot --dryrun` finds a misspelt name before anything starts.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Self

CAST = ("Alice", "Bob", "Carol", "Dave", "Erin", "Frank", "Grace", "Heidi")


@dataclass(frozen=True, order=True)
class Device:
    """A device by its name in the scenario."""

    name: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """A device of the cast: ``Alice``, ``Bob``, ``Carol``, ``Dave``, ``Erin``, ``Frank``, ``Grace``, ``Heidi``.

        Written with its capital letter. It takes part in a scenario whose first sentence names it.

        Fails (ValueError) for any other name, with the nearest: ``There is no device 'Bbo'. Did you mean Bob?``
        """
        name = text.strip()
        if name in CAST:
            return cls(name)
        near = difflib.get_close_matches(name.title(), CAST, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise ValueError(f"There is no device '{name}'.{hint} Devices: {', '.join(CAST)}.")

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Devices:
    """Several devices: `Alice and Bob`, `Alice, Bob and Carol`."""

    names: tuple[Device, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Two or more devices: ``Alice and Bob``, ``Alice, Bob and Carol``, ``Alice, Bob, and Carol``.

        Fails (ValueError) for a single one, an unknown one, or one that is named twice.
        """
        parts = [part for part in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", text.strip()) if part]
        devices = tuple(Device.parse(part) for part in parts)
        if len(devices) < 2:
            raise ValueError(
                f"'{text}' names {len(devices)} device: name at least two, like 'Alice and Bob'."
            )
        if len(set(devices)) != len(devices):
            raise ValueError(f"'{text}' names a device twice.")
        return cls(devices)

    def __str__(self) -> str:
        *first, last = (device.name for device in self.names)
        return f"{', '.join(first)} and {last}"

    def __iter__(self) -> Iterator[Device]:
        return iter(self.names)


@dataclass(frozen=True)
class Relay:
    """The server through which the devices of a scenario sync."""

    name: str = "relay"

    def __str__(self) -> str:
        return f"the {self.name}"


class Node:
    """Who has a process of its own: a device, or the relay."""

    @classmethod
    def parse(cls, text: str) -> Device | Relay:
        """A device of the cast, see `Device`, or ``the relay``. Fails (ValueError) for anything else."""
        return Relay() if text.strip().lower() == "the relay" else Device.parse(text)


class _Word(Enum):
    """A word of which several mean the same."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """One of several words. Fails (ValueError) for any other, and lists them."""
        try:
            return cls(text.strip().lower())
        except ValueError:
            words = ", ".join(word.value for word in cls)
            raise ValueError(f"'{text}' does not fit here: write one of {words}.") from None

    def __str__(self) -> str:
        return str(self.value)


class Pronoun(_Word):
    """``he``, ``she``, ``it`` or ``they``: the device that the sentence has just named, whichever word is taken."""

    HE = "he"
    SHE = "she"
    IT = "it"
    THEY = "they"


class Who:
    """Of whom a moment speaks."""

    @classmethod
    def parse(cls, text: str) -> Pronoun | Device:
        """A device by its name, or ``he``, ``she``, ``it``, ``they`` for the one that the sentence begins with.

        Fails (ValueError) for any other word.
        """
        words = [each.value for each in Pronoun]
        word = text.strip().lower()
        if word in words:
            return Pronoun.parse(word)
        try:
            return Device.parse(text)
        except ValueError as unknown:
            raise ValueError(f"{unknown} Or write one of {', '.join(words)}.") from None


class Possessive(_Word):
    """``his``, ``her``, ``its`` or ``their``: of the device that the sentence has just named, whichever it is."""

    HIS = "his"
    HER = "her"
    ITS = "its"
    THEIR = "their"
