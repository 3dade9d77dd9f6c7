"""Invites that wait at the relay until they are used, once, or expire. It cannot open them.

What anybody is told of one is durable before: that it was made, and that it was used.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace

from syncproof_products.bundled.core.wire import Refused
from syncproof_products.bundled.relay.invite import Invite
from syncproof_products.bundled.relay.writer import StoreInvite

#: So many are kept in all; those that nobody can use any more make room.
MOST = 10_000
#: So many of one device can be used at a time.
MOST_OF_ONE = 100
#: So long can one be used, s.
MOST_S = 86_400.0

UNKNOWN = Refused(
    404, "unknown_invite", "there is no such invite: read the code again, or ask for another one"
)
EXPIRED = Refused(410, "invite_expired", "the invite has expired: ask for another one")
USED = Refused(409, "invite_used", "the invite was used already: ask for another one")
TAKEN = Refused(409, "taken", "there is an invite of this lookup: draw another one")
TOO_MANY = Refused(
    429, "too_many_invites", "too many invites wait to be used: let one be used or expire first", 60.0
)
TOO_MANY_GUESSES = Refused(
    429,
    "too_many_guesses",
    "this device has asked for too many invites in vain: wait, and read the code again",
)


class Invites:
    """By their lookups. clock: seconds since 1970, since what is kept outlives the relay.

    known: those that were kept before. store: makes one durable, and says why it could not.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        known: Iterable[Invite],
        store: Callable[[StoreInvite], Awaitable[str | None]],
    ) -> None:
        self._clock, self._store = clock, store
        self._invites = {invite.lookup: invite for invite in known}
        self._one_at_a_time = asyncio.Lock()

    def until(self, valid_s: float) -> float:
        """When one that is made now expires."""
        return self._clock() + valid_s

    async def put(self, invite: Invite) -> Refused | None:
        """Keep one; None when it is durable."""
        async with self._one_at_a_time:
            if invite.lookup in self._invites:
                return TAKEN
            usable = [each for each in self._invites.values() if self._refused(each) is None]
            if sum(each.inviter == invite.inviter for each in usable) >= MOST_OF_ONE or len(usable) >= MOST:
                return TOO_MANY
            spent: tuple[str, ...] = ()
            if len(self._invites) >= MOST:
                spent = tuple(self._invites.keys() - {each.lookup for each in usable})
            refused = await self._keep(invite, spent)
            if refused is None:
                for lookup in spent:
                    del self._invites[lookup]
            return refused

    def look(self, lookup: str, token: str, device: str) -> Invite | Refused:
        """One that this device can use, or has used: it may not have heard that.

        Whoever does not know the whole code does not learn either whether there is such an invite.
        """
        invite = self._invites.get(lookup)
        if invite is None or not _is_of(token, invite.token_hash):
            return UNKNOWN
        return invite if invite.used_by == device else self._refused(invite) or invite

    async def use(self, lookup: str, ticket: str, device: str, proof: str) -> Invite | Refused:
        """Use it: from now on no other device can.

        proof: what this device alone can show. It may not have heard that it has used the invite, and uses it again;
        another one that has only its name does not.
        """
        async with self._one_at_a_time:
            invite = self._invites.get(lookup)
            if invite is None or not _is_of(ticket, invite.ticket_hash):
                return UNKNOWN
            if invite.used_by == device and _is_of(proof, invite.proof_hash or ""):
                return invite
            refused = self._refused(invite)
            if refused is not None:
                return refused
            used = replace(invite, used_by=device, proof_hash=_hash(proof))
            return await self._keep(used) or used

    def _refused(self, invite: Invite) -> Refused | None:
        if invite.used_by is not None:
            return USED
        left_s = invite.until - self._clock()
        # More than anybody can ask for: the clock was set back, and nobody knows how long ago it was made.
        return None if 0 < left_s <= MOST_S else EXPIRED

    async def _keep(self, invite: Invite, forgotten: tuple[str, ...] = ()) -> Refused | None:
        error = await self._store(StoreInvite(invite, forgotten))
        if error is not None:
            return Refused(503, "storage_failed", f"the relay could not store this: {error}", 1.0)
        self._invites[invite.lookup] = invite
        return None


def _hash(shown: str) -> str:
    return hashlib.sha256(shown.encode()).hexdigest()


def _is_of(shown: str, kept: str) -> bool:
    """Whether a hash is that of what somebody shows."""
    return hmac.compare_digest(_hash(shown), kept)
