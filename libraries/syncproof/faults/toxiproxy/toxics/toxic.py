"""A toxic: its type with attributes, as every part of the project knows it, and its place on a proxy."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from random import Random
from typing import Any, ClassVar

from .machine import Machine

Number = int | float


class Unit(enum.Enum):
    """What an attribute counts."""

    MS = "milliseconds"
    US = "microseconds"
    KB_S = "KB/s"
    BYTES = "bytes"
    CONNECTIONS = "connections"
    PROBABILITY = "probability"
    """From 0 to 1; the only one that need not be whole."""


def attribute(unit: Unit, default: Number = 0, *, required: bool = False, argument: str | None = None) -> Any:
    """A field of a toxic type, named as in the HTTP API.

    Args:
        unit: What it counts.
        default: Its value when a request does not name it.
        required: Whether the Robot keyword wants it to be given; the API never does.
        argument: Its name as an argument of the Robot keyword, by default its own.
    """
    return field(default=default, metadata={"unit": unit, "required": required, "argument": argument})


@dataclass
class Pipe:
    """One pipe of limited bandwidth."""

    free: int = 0
    """When the last byte that it was given will have come through, in ns."""


class Dice:
    """What one toxic keeps on one link, also when it is changed: its random numbers, and a count of bytes.

    The same seed gives the same throws, whatever other links do. The generator is made on first use, since
    most toxics never throw.
    """

    def __init__(self, seed: str, shared: Pipe | None = None) -> None:
        self._seed = seed
        self.shared = shared or Pipe()
        """That of all links on which the toxic is."""
        self.passed = 0
        """Bytes that have passed since the toxic was added."""

    @cached_property
    def rng(self) -> Random:
        """The generator."""
        return Random(self._seed)


@dataclass(frozen=True)
class ToxicType(Machine):
    """A type of toxic with values for its attributes: its definition, from which the rest is derived.

    The server reads and writes its fields as attributes, the client takes it as it is, and the library makes
    a keyword of it. One without state of its own is its own machine.
    """

    type: ClassVar[str]
    """Its name in the HTTP API."""
    extension: ClassVar[bool] = False
    """Not in Toxiproxy v2.12: only the embedded server has it."""
    closes_when_removed: ClassVar[bool] = False
    """Connections on which it applies end with it."""
    resets: ClassVar[bool] = False
    """Connections that begin while it is there end with RST."""
    keyword: ClassVar[str] = ""
    """The Robot keyword that adds it; none if empty."""
    example: ClassVar[str] = ""
    """Arguments of that keyword behind the proxy, as a suite has them."""
    directed: ClassVar[bool] = True
    """Whether its direction matters."""

    @property
    def attributes(self) -> Mapping[str, Number]:
        """As they stand in requests and answers."""
        return {item.name: getattr(self, item.name) for item in fields(self)}

    def problem(self) -> str | None:
        """What is wrong with the attributes, where the real server would crash or nonsense would follow."""
        return None

    def machine(self, dice: Dice) -> Machine:  # noqa: ARG002
        """Its behaviour on one link."""
        return self


class Direction(enum.StrEnum):
    """Which way data flow: `upstream` from the client to the server, `downstream` back."""

    UPSTREAM = "upstream"
    DOWNSTREAM = "downstream"


_PASS = Machine()


@dataclass
class Toxic:
    """One toxic of one proxy; the links of all its connections read it whenever it changes."""

    name: str
    of: ToxicType
    stream: str
    """As it was given: the API echoes `DownStream` as it came."""
    direction: Direction
    toxicity: float
    pipe: Pipe = field(default_factory=Pipe)
    """What the connections share."""

    def change(self, of: ToxicType, toxicity: float) -> None:
        """New values; what was promised under the old ones is void."""
        self.of, self.toxicity = of, toxicity
        self.pipe.free = 0

    def machine(self, dice: Dice) -> tuple[Machine, bool]:
        """A machine for one link, and whether the throw for toxicity decided that it applies there."""
        applies = self.toxicity >= 1 or (self.toxicity > 0 and dice.rng.random() < self.toxicity)
        return (self.of.machine(dice), True) if applies else (_PASS, False)
