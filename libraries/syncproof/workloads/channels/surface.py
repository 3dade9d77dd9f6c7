"""What the workload asks of an agent, beyond what every agent answers."""

from __future__ import annotations

import msgspec

from syncproof.kernel.agent import Request


class Counted(msgspec.Struct, frozen=True):
    """How many subscribers a server counts."""

    subscribers: int


class CountSubscribers(Request[Counted], frozen=True):
    """How many subscribers of a channel the server of the device counts."""

    method = "GET"
    route = "/channels/{channel}"
    channel: str
