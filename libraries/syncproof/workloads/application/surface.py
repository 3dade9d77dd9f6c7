"""What the workload asks of an agent, beyond what every agent answers."""

from __future__ import annotations

import msgspec

from syncproof.kernel.agent import Request


class Flushed(msgspec.Struct, frozen=True):
    """How many were pushed, how many wait, and how long it took."""

    pushed: int
    pending: int
    took_ms: float


class Focused(msgspec.Struct, frozen=True):
    """How long it took."""

    took_ms: float


class Focus(Request[Focused], frozen=True):
    """Its application is in the foreground, or no longer."""

    method = "PUT"
    route = "/application/focus"
    focused: bool


class Flush(Request[Flushed], frozen=True):
    """Push what waits, for so long at most."""

    method = "POST"
    route = "/application/flush"
    within_ms: float


class Close(Request[Flushed], frozen=True):
    """Close the application, after a flush for so long at most; the process ends then."""

    method = "POST"
    route = "/application/close"
    within_ms: float
