"""Every kind of toxic: its attributes as the HTTP API has them, and how to build its machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from .bandwidth import Bandwidth
from .hold import Hold
from .latency import Latency
from .limit_data import LimitData, Passed
from .machine import Machine, Noop
from .packet_loss import PacketLoss
from .reset_peer import ResetPeer
from .slicer import Slicer
from .slow_close import SlowClose
from .timeout import Timeout

if TYPE_CHECKING:
    from .toxic import Dice

Number = int | float
Attributes = Mapping[str, Number]
Build = Callable[[Attributes, "Dice", object], Machine]


@dataclass(frozen=True)
class Attribute:
    """One attribute: its name, its type as Go names it in error messages, and its value when absent."""

    name: str
    go_type: str = "int64"
    default: Number = 0


@dataclass(frozen=True)
class Kind:
    """One type of toxic."""

    name: str
    go_struct: str
    attributes: tuple[Attribute, ...]
    build: Build
    check: Callable[[Attributes], str | None] = lambda attributes: None  # noqa: ARG005
    """What is wrong with these attributes, where the real server would crash or nonsense would follow."""
    new_state: Callable[[], object] = lambda: None
    """State of one link that outlives changes of the toxic."""
    closes_when_removed: bool = False
    resets: bool = False
    fails_first: bool = False
    extension: bool = False


def _check_bandwidth(attributes: Attributes) -> str | None:
    rate = attributes["rate"]
    return f"bandwidth: rate must be 0 KB/s or more, got {rate}" if rate < 0 else None


def _check_slicer(attributes: Attributes) -> str | None:
    average, variation = attributes["average_size"], attributes["size_variation"]
    if average < 1:
        return f"slicer: average_size must be at least 1 byte, got {average}"
    if not 0 <= variation <= average:
        return f"slicer: size_variation must be from 0 to average_size ({average} bytes), got {variation}"
    return None


def _check_packet_loss(attributes: Attributes) -> str | None:
    for name in ("loss_rate", "correlation"):
        if not 0 <= attributes[name] <= 1:
            return f"packet_loss: {name} must be from 0 to 1, got {attributes[name]}"
    return None


def _check_fail_first(attributes: Attributes) -> str | None:
    count = attributes["connections"]
    return f"fail_first: connections must be 0 or more, got {count}" if count < 0 else None


_ALL = (
    Kind("noop", "NoopToxic", (), lambda a, dice, state: Noop()),  # noqa: ARG005
    Kind(
        "latency",
        "LatencyToxic",
        (Attribute("latency"), Attribute("jitter")),
        lambda a, dice, state: Latency(int(a["latency"]), int(a["jitter"]), dice),  # noqa: ARG005
    ),
    Kind(
        "bandwidth",
        "BandwidthToxic",
        (Attribute("rate"),),
        lambda a, dice, state: Bandwidth(int(a["rate"])),  # noqa: ARG005
        check=_check_bandwidth,
    ),
    Kind(
        "slow_close",
        "SlowCloseToxic",
        (Attribute("delay"),),
        lambda a, dice, state: SlowClose(int(a["delay"])),  # noqa: ARG005
    ),
    Kind(
        "timeout",
        "TimeoutToxic",
        (Attribute("timeout"),),
        lambda a, dice, state: Timeout(int(a["timeout"])),  # noqa: ARG005
        closes_when_removed=True,
    ),
    Kind(
        "reset_peer",
        "ResetToxic",
        (Attribute("timeout"),),
        lambda a, dice, state: ResetPeer(int(a["timeout"])),  # noqa: ARG005
        resets=True,
    ),
    Kind(
        "slicer",
        "SlicerToxic",
        (Attribute("average_size", "int"), Attribute("size_variation", "int"), Attribute("delay", "int")),
        lambda a, dice, state: Slicer(  # noqa: ARG005
            int(a["average_size"]), int(a["size_variation"]), int(a["delay"]), dice
        ),
        check=_check_slicer,
    ),
    Kind(
        "limit_data",
        "LimitDataToxic",
        (Attribute("bytes"),),
        lambda a, dice, state: LimitData(int(a["bytes"]), cast(Passed, state)),  # noqa: ARG005
        new_state=Passed,
    ),
    Kind(
        "packet_loss",
        "PacketLossToxic",
        (
            Attribute("loss_rate", "float64", 0.1),
            Attribute("correlation", "float64", 0.0),
            Attribute("retransmit", "int64", 200),
        ),
        lambda a, dice, state: PacketLoss(  # noqa: ARG005
            float(a["loss_rate"]), float(a["correlation"]), int(a["retransmit"]), dice
        ),
        check=_check_packet_loss,
        extension=True,
    ),
    Kind("hold", "HoldToxic", (), lambda a, dice, state: Hold(), extension=True),  # noqa: ARG005
    Kind(
        "fail_first",
        "FailFirstToxic",
        (Attribute("connections", "int64", 1),),
        lambda a, dice, state: Noop(),  # noqa: ARG005
        check=_check_fail_first,
        fails_first=True,
        extension=True,
    ),
)

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}
"""Every kind by its name in the API; those with `extension` are not in Toxiproxy v2.12."""
