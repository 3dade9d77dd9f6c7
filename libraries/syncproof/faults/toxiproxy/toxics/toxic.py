"""A toxic as it was asked for: its kind, attributes, direction and toxicity."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING

from .machine import Machine, Noop

if TYPE_CHECKING:
    from .catalogue import Kind, Number


class Direction(enum.StrEnum):
    """Which way data flow: `upstream` from the client to the server, `downstream` back."""

    UPSTREAM = "upstream"
    DOWNSTREAM = "downstream"


class Dice:
    """Randomness of one toxic on one link: the same seed gives the same throws, whatever other links do.

    Made on first use, since most toxics never throw.
    """

    def __init__(self, seed: str) -> None:
        self._seed = seed

    @cached_property
    def rng(self) -> Random:
        """The generator."""
        return Random(self._seed)


@dataclass
class Toxic:
    """One toxic of one proxy; the links of all its connections read it whenever it changes."""

    name: str
    kind: Kind
    stream: str
    """As it was given: the API echoes `DownStream` as it came."""
    direction: Direction
    toxicity: float
    attributes: dict[str, Number]

    def machine(self, dice: Dice, state: object) -> tuple[Machine, bool]:
        """A new machine for one link, and whether the throw for toxicity decided that it applies there."""
        applies = self.toxicity >= 1 or (self.toxicity > 0 and dice.rng.random() < self.toxicity)
        return (self.kind.build(self.attributes, dice, state), True) if applies else (Noop(), False)
