"""Toxics as a client asks for them: one dataclass per type, fields and units as in the HTTP API."""

from .toxics import Bandwidth as Bandwidth
from .toxics import FailFirst as FailFirst
from .toxics import Hold as Hold
from .toxics import Latency as Latency
from .toxics import LimitData as LimitData
from .toxics import Noop as Noop
from .toxics import PacketLoss as PacketLoss
from .toxics import ResetPeer as ResetPeer
from .toxics import SharedBandwidth as SharedBandwidth
from .toxics import Slicer as Slicer
from .toxics import SlowClose as SlowClose
from .toxics import Timeout as Timeout
from .toxics import ToxicType as ToxicType
