"""Bugs of invites: they have another form, live too long, or nobody says what is wrong with one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from syncproof_defects import breaks
from syncproof_products.bundled.device import pairing
from syncproof_products.bundled.relay.invites import Invite, InviteGoneError, Invites
from syncproof_synckit.encryption import invite as invites
from syncproof_synckit.encryption.invite import ShortCode


@breaks(ShortCode, "reveal")
def writes_short_codes_in_one(original: Callable[..., str], self: ShortCode) -> str:
    """A short code is shown without its dashes."""
    writes_short_codes_in_one.ran()
    return original(self).replace("-", "")


@breaks(pairing, "to_qr")
def cuts_the_key_in_qr_codes(original: Callable[..., str], invite: invites.Invite) -> str:
    """The first digits of the group's key do not fit into a QR code."""
    cuts_the_key_in_qr_codes.ran()
    cost, _, key = invite.secret.rpartition(" ")
    return original(replace(invite, secret=f"{cost} 00000000{key[8:]}"))


@breaks(Invites, "use")
def lets_an_invite_be_used_again(
    original: Callable[..., Invite], self: Invites, lookup: str, ticket: str
) -> Invite:
    """Whoever has an invite can use it, also behind somebody else."""
    used = original(self, lookup, ticket)
    lets_an_invite_be_used_again.ran()
    used.used = False
    return used


@breaks(Invites, "use")
def lets_nobody_in_by_an_invite(
    original: Callable[..., Invite], self: Invites, lookup: str, ticket: str
) -> Invite:
    """Whoever uses an invite is told that it is a member, and the inviter is added once more in its place."""
    used = original(self, lookup, ticket)
    lets_nobody_in_by_an_invite.ran()
    used.room = f"{used.room} of {lookup}"
    return used


@breaks(Invites, "put")
def lets_invites_live_for_ever(original: Callable[..., bool], self: Invites, *given: Any) -> bool:
    """The relay keeps an invite until it is used."""
    *of_it, _ = given
    lets_invites_live_for_ever.ran()
    return original(self, *of_it, 1e9)


@breaks(Invites, "look")
def takes_unknown_invites_for_expired(original: Callable[..., Invite], self: Invites, lookup: str) -> Invite:
    """Of an invite that nobody made the relay says that it has expired."""
    try:
        return original(self, lookup)
    except InviteGoneError as gone:
        if gone.why != "unknown":
            raise
        takes_unknown_invites_for_expired.ran()
        raise InviteGoneError("expired") from None


@breaks(invites, "_checksum")
def takes_qr_codes_with_any_checksum(original: Callable[..., bytes], content: bytes) -> bytes:
    """The checksum of a QR code is always the same."""
    takes_qr_codes_with_any_checksum.ran()
    return original(content[:0])


@breaks(pairing, "read")
async def does_not_say_what_is_wrong_with_an_invite(original: Callable[..., Any], *given: Any) -> Any:
    """Whatever is wrong with an invite is told as one error."""
    try:
        return await original(*given)
    except pairing.PairingFailed:
        does_not_say_what_is_wrong_with_an_invite.ran()
        raise pairing.PairingFailed("invalid", "the invite cannot be used") from None
