"""Toxics as a client asks for them: one dataclass per kind, fields and units as in the HTTP API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import ClassVar


@dataclass(frozen=True)
class ToxicType:
    """Base of all kinds."""

    type: ClassVar[str]
    extension: ClassVar[bool] = False
    """Not in Toxiproxy v2.12: only the embedded server has it."""

    @property
    def attributes(self) -> Mapping[str, int | float]:
        """As they go into the request."""
        return asdict(self)


@dataclass(frozen=True)
class Noop(ToxicType):
    """Everything passes."""

    type = "noop"


@dataclass(frozen=True)
class Latency(ToxicType):
    """Each chunk is `latency` ms late, plus or minus up to `jitter` ms."""

    latency: int
    jitter: int = 0
    type = "latency"


@dataclass(frozen=True)
class Bandwidth(ToxicType):
    """`rate` KB/s (1 KB = 1000 bytes) for each connection. 0: nothing passes."""

    rate: int
    type = "bandwidth"


@dataclass(frozen=True)
class SlowClose(ToxicType):
    """The end of a connection is `delay` ms late."""

    delay: int
    type = "slow_close"


@dataclass(frozen=True)
class Timeout(ToxicType):
    """Data are dropped; the connection closes after `timeout` ms without data. 0: never, a black hole."""

    timeout: int = 0
    type = "timeout"


@dataclass(frozen=True)
class ResetPeer(ToxicType):
    """`timeout` ms after its first data the connection is reset (RST). On live connections it gives a FIN."""

    timeout: int = 0
    type = "reset_peer"


@dataclass(frozen=True)
class Slicer(ToxicType):
    """Pieces of `average_size` +- `size_variation` bytes, with `delay` microseconds after each."""

    average_size: int
    size_variation: int = 0
    delay: int = 0
    type = "slicer"


@dataclass(frozen=True)
class LimitData(ToxicType):
    """The connection closes after `bytes` bytes."""

    bytes: int
    type = "limit_data"


@dataclass(frozen=True)
class PacketLoss(ToxicType):
    """Extension: a chunk is lost with probability `loss_rate` (0 to 1), plus `correlation` after a loss.

    It is sent again after `retransmit` ms, doubled for each loss in a row, as TCP does; 0: it is dropped for
    good.
    """

    loss_rate: float
    correlation: float = 0.0
    retransmit: int = 200
    type = "packet_loss"
    extension = True


@dataclass(frozen=True)
class Hold(ToxicType):
    """Extension: nothing passes in its direction until it is removed; then all goes on, in order."""

    type = "hold"
    extension = True


@dataclass(frozen=True)
class FailFirst(ToxicType):
    """Extension: the next `connections` connections are reset as soon as they are accepted."""

    connections: int = 1
    type = "fail_first"
    extension = True
