"""What a device says of its link."""

from __future__ import annotations

from syncproof.evidence.records import Event


class CompanionRetry(Event, frozen=True, kw_only=True, tag="companion_retry"):
    """One of the devices on the network of a device will try to connect again.

    member: which, from 1. delay_ms: the backoff; due_ns: CLOCK_MONOTONIC when it is due.
    """

    member: int
    attempt: int
    delay_ms: float
    due_ns: int


class CompanionLive(Event, frozen=True, kw_only=True, tag="companion_live"):
    """One of the devices on the network of a device is connected, and has caught up. member: which, from 1."""

    member: int


class Quality(Event, frozen=True, kw_only=True, tag="quality"):
    """The quality of a device's link changed: unknown, good, degraded. round_trip_ms: by which it was told, or None."""

    state: str
    round_trip_ms: float | None = None
