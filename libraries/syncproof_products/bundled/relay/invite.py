"""An invite as the relay keeps it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Invite:
    """lookup: what it is asked for by. inviter: the device that made it. until: seconds since 1970.

    room: in which whoever uses it becomes a member. ticket_hash: of what must be shown to use it (sha256, hex), which
    nobody knows who could not open it. used_by: the device that has used it.
    """

    lookup: str
    inviter: str
    room: str
    sealed: str
    ticket_hash: str
    until: float
    used_by: str | None = None
