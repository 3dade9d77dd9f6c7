"""What the workload asks of an agent, beyond what every agent answers."""

from __future__ import annotations

import msgspec

from syncproof.kernel.agent import Request


class Begun(msgspec.Struct, frozen=True):
    """A verification, by the number that the product gave it."""

    id: str
    peer: str


class Begin(Request[Begun], frozen=True):
    """Begin to verify a device, by its identity."""

    method = "POST"
    route = "/verifications"
    peer: str


class Decide(Request[None], frozen=True):
    """What the person says: match, mismatch or cancel."""

    method = "POST"
    route = "/verifications/{id}"
    id: str
    decision: str
