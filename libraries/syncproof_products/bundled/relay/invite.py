"""An invite as the relay keeps it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Invite:
    """lookup: what it is asked for by. inviter: the device that made it. until: seconds since 1970.

    room: in which whoever uses it becomes a member. token_hash: of what must be shown to get what is sealed (sha256,
    hex), which follows from the whole code. ticket_hash: of what must be shown to use it, which nobody knows who could
    not open it. used_by: the device that has used it. proof_hash: of what that device alone can show again.
    """

    lookup: str
    inviter: str
    room: str
    sealed: str
    token_hash: str
    ticket_hash: str
    until: float
    used_by: str | None = None
    proof_hash: str | None = None
