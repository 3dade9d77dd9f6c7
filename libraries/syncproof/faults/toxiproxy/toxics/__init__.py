"""Toxics as pure state machines, and the chain they form on one direction of one connection.

Nothing here does I/O or reads a clock: time is given in, in integer nanoseconds of any monotonic clock.
"""

from .catalogue import KINDS, Kind
from .chain import Chain
from .machine import NEVER, Emission, Item, Machine, Mark
from .toxic import Dice, Direction, Toxic

__all__ = [
    "KINDS",
    "NEVER",
    "Chain",
    "Dice",
    "Direction",
    "Emission",
    "Item",
    "Kind",
    "Machine",
    "Mark",
    "Toxic",
]
