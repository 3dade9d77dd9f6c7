"""Invites that wait at the relay until they are used, once, or expire. It cannot open them.

They are in memory: whoever invites is there, and makes another one where the relay was started again.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

#: So many are remembered; beyond that the oldest is forgotten.
MOST = 10_000


@dataclass(slots=True)
class Invite:
    """inviter: the device that made it. room: in which whoever uses it becomes a member. until: by our clock.

    ticket_hash: of what whoever uses it must show (sha256, hex): nobody knows that who could not open it.
    """

    inviter: str
    room: str
    sealed: str
    ticket_hash: str
    until: float
    used: bool = False


class InviteGoneError(Exception):
    """It cannot be used: there is none, it has expired, somebody has used it, or has another ticket."""

    def __init__(self, why: Literal["unknown", "expired", "used", "ticket"]) -> None:
        super().__init__(why)
        self.why = why


class Invites:
    """By their lookups. clock: seconds that never go back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._invites: dict[str, Invite] = {}

    def put(
        self, lookup: str, inviter: str, room: str, sealed: str, ticket_hash: str, valid_s: float
    ) -> bool:
        """Keep one; False where another one of that lookup is kept."""
        if lookup in self._invites:
            return False
        self._invites[lookup] = Invite(inviter, room, sealed, ticket_hash, self._clock() + valid_s)
        while len(self._invites) > MOST:
            del self._invites[next(iter(self._invites))]
        return True

    def look(self, lookup: str) -> Invite:
        """One that can be used. Raises InviteGoneError."""
        invite = self._invites.get(lookup)
        if invite is None:
            raise InviteGoneError("unknown")
        if invite.used:
            raise InviteGoneError("used")
        if self._clock() >= invite.until:
            raise InviteGoneError("expired")
        return invite

    def use(self, lookup: str, ticket: str) -> Invite:
        """Use it: from now on nobody else can, unless `give_back` says so. Raises InviteGoneError."""
        invite = self.look(lookup)
        if not hmac.compare_digest(hashlib.sha256(ticket.encode()).hexdigest(), invite.ticket_hash):
            raise InviteGoneError("ticket")
        invite.used = True
        return invite

    def give_back(self, invite: Invite) -> None:
        """What it was used for did not come about."""
        invite.used = False
