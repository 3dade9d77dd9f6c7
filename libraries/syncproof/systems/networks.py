"""The networks that a run may ask for (NETWORK), kept as data."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from syncproof.faults.toxiproxy.toxic_types import Bandwidth, Latency, PacketLoss, ToxicType

#: No network of its own: links are as fast as the machine.
NORMAL = "normal"


class Direction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a link does in one direction; 0 for nothing. rate_kb_s: 1000 bytes a second. loss: a share."""

    latency_ms: float = 0.0
    jitter_ms: float = 0.0
    rate_kb_s: float = 0.0
    loss: float = 0.0

    def toxics(self, scale: float) -> Iterator[ToxicType]:
        """What makes it so, at a TIME_SCALE."""
        if self.latency_ms:
            yield Latency(latency=round(self.latency_ms * scale), jitter=round(self.jitter_ms * scale))
        if self.rate_kb_s:
            yield Bandwidth(rate=round(self.rate_kb_s / scale))
        if self.loss:
            yield PacketLoss(loss_rate=self.loss, retransmit=round(200 * scale))


class Network(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A network. about: for people. slack_s: seconds more for every deadline."""

    about: str = ""
    slack_s: float = 0.0
    downstream: Direction = Direction()
    upstream: Direction = Direction()


def read(text: str) -> dict[str, Network]:
    """The networks of a file, by name. Raises msgspec.ValidationError, tomllib.TOMLDecodeError."""
    return msgspec.convert({NORMAL: {}, **tomllib.loads(text)}, dict[str, Network])


NETWORKS: Mapping[str, Network] = read(Path(__file__).with_suffix(".toml").read_text())


def described() -> str:
    """All of them, for the list of settings."""
    return "; ".join(f"`{name}`: {network.about}" for name, network in NETWORKS.items() if network.about)
