"""What a relay core must know of its storage when it starts; the logs themselves stay in the storage."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RoomState:
    """A room as committed: members in the order they came, the head, and read markers as (device, seq)."""

    room: str
    members: tuple[str, ...]
    head: int
    markers: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All rooms as committed."""

    rooms: tuple[RoomState, ...] = ()
