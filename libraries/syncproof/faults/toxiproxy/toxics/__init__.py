"""Toxics as pure state machines, and the chain they form on one direction of one connection.

Each type of toxic is defined once, in a file of its own. Nothing here does I/O or reads a clock: time is given in,
in integer nanoseconds of any monotonic clock.
"""

from collections.abc import Mapping
from typing import Final

from .bandwidth import Bandwidth as Bandwidth
from .bandwidth import SharedBandwidth as SharedBandwidth
from .chain import Chain as Chain
from .fail_first import FailFirst as FailFirst
from .hold import Hold as Hold
from .latency import Latency as Latency
from .limit_data import LimitData as LimitData
from .machine import NEVER as NEVER
from .machine import Emission as Emission
from .machine import Item as Item
from .machine import Machine as Machine
from .machine import Mark as Mark
from .noop import Noop as Noop
from .packet_loss import PacketLoss as PacketLoss
from .reset_peer import ResetPeer as ResetPeer
from .slicer import Slicer as Slicer
from .slow_close import SlowClose as SlowClose
from .timeout import Timeout as Timeout
from .toxic import Dice as Dice
from .toxic import Direction as Direction
from .toxic import Toxic as Toxic
from .toxic import ToxicType as ToxicType
from .toxic import Unit as Unit

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
