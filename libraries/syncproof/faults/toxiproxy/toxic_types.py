"""Toxics as a client asks for them: one dataclass per type, fields and units as in the HTTP API."""

from .toxics import (
    Bandwidth,
    FailFirst,
    Hold,
    Latency,
    LimitData,
    Noop,
    PacketLoss,
    ResetPeer,
    SharedBandwidth,
    Slicer,
    SlowClose,
    Timeout,
    ToxicType,
)

__all__ = [
    "Bandwidth",
    "FailFirst",
    "Hold",
    "Latency",
    "LimitData",
    "Noop",
    "PacketLoss",
    "ResetPeer",
    "SharedBandwidth",
    "Slicer",
    "SlowClose",
    "Timeout",
    "ToxicType",
]
