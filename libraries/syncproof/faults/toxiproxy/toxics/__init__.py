"""Toxics as pure state machines, and the chain they form on one direction of one connection.

Each type of toxic is defined once, in a file of its own. Nothing here does I/O or reads a clock: time is given in,
in integer nanoseconds of any monotonic clock.
"""

from collections.abc import Mapping
from typing import Final

from .bandwidth import Bandwidth, SharedBandwidth
from .chain import Chain
from .fail_first import FailFirst
from .hold import Hold
from .latency import Latency
from .limit_data import LimitData
from .machine import NEVER, Emission, Item, Machine, Mark
from .noop import Noop
from .packet_loss import PacketLoss
from .reset_peer import ResetPeer
from .slicer import Slicer
from .slow_close import SlowClose
from .timeout import Timeout
from .toxic import Dice, Direction, Toxic, ToxicType, Unit

_TYPES = (
    Noop,
    Latency,
    Bandwidth,
    SlowClose,
    Timeout,
    ResetPeer,
    Slicer,
    LimitData,
    PacketLoss,
    Hold,
    FailFirst,
    SharedBandwidth,
)

TYPES: Final[Mapping[str, type[ToxicType]]] = {one.type: one for one in _TYPES}
"""Every type of toxic by its name in the API."""

__all__ = [
    "NEVER",
    "TYPES",
    "Bandwidth",
    "Chain",
    "Dice",
    "Direction",
    "Emission",
    "FailFirst",
    "Hold",
    "Item",
    "Latency",
    "LimitData",
    "Machine",
    "Mark",
    "Noop",
    "PacketLoss",
    "ResetPeer",
    "SharedBandwidth",
    "Slicer",
    "SlowClose",
    "Timeout",
    "Toxic",
    "ToxicType",
    "Unit",
]
