"""Bugs of invites: they have another form, live too long or too short, or nobody says what is wrong with one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace
from starlette.responses import Response

from syncproof_defects import breaks
from syncproof_products.bundled.core.wire import Refused
from syncproof_products.bundled.device import pairing
from syncproof_products.bundled.relay import main as relay
from syncproof_products.bundled.relay.invite import Invite
from syncproof_products.bundled.relay.invites import EXPIRED, MOST_S, UNKNOWN, USED, Invites
from syncproof_products.bundled.relay.invites_app import InvitesApp
from syncproof_products.bundled.relay.replies import refusal
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
async def lets_an_invite_be_used_again(
    original: Callable[..., Any], self: Invites, *given: Any
) -> Invite | Refused:
    """Whoever has an invite can use it, also behind somebody else."""
    used: Invite | Refused = await original(self, *given)
    if isinstance(used, Invite):
        lets_an_invite_be_used_again.ran()
        self._invites[used.lookup] = dataclasses.replace(used, used_by=None)
    return used


@breaks(Invites, "use")
async def lets_nobody_in_by_an_invite(
    original: Callable[..., Any], self: Invites, *given: Any
) -> Invite | Refused:
    """Whoever uses an invite is told that it is a member, and the inviter is added once more in its place."""
    used: Invite | Refused = await original(self, *given)
    if isinstance(used, Invite):
        lets_nobody_in_by_an_invite.ran()
        return dataclasses.replace(used, room=f"{used.room} of {used.lookup}")
    return used


@breaks(Invites, "_refused")
def lets_strangers_use_an_invite_again(
    original: Callable[..., Refused | None], self: Invites, invite: Invite
) -> Refused | None:
    """Whoever repeats the use of an invite is taken for the device that has used it."""
    refused = original(self, invite)
    if refused is not USED:
        return refused
    lets_strangers_use_an_invite_again.ran()
    return None


@breaks(Invites, "use")
async def lets_nobody_repeat_a_join(
    original: Callable[..., Any], self: Invites, lookup: str, *given: Any
) -> Invite | Refused:
    """A device whose use of an invite was not answered is refused when it uses the invite again."""
    known = self._invites.get(lookup)
    if known is not None and known.used_by is not None:
        lets_nobody_repeat_a_join.ran()
        return USED
    used: Invite | Refused = await original(self, lookup, *given)
    return used


@breaks(InvitesApp, "_in_vain")
def lets_anybody_guess_short_codes(
    original: Callable[..., Response], self: InvitesApp, device: str, refused: Refused
) -> Response:
    """Nobody counts what a device asks for in vain."""
    del original, self, device
    lets_anybody_guess_short_codes.ran()
    return refusal(refused)


@breaks(Invites, "look")
def tells_which_invites_there_are(
    original: Callable[..., Invite | Refused], self: Invites, lookup: str, *given: Any
) -> Invite | Refused:
    """Whoever knows the first half of a short code is told that the second half is wrong."""
    found = original(self, lookup, *given)
    if found is UNKNOWN and lookup in self._invites:
        tells_which_invites_there_are.ran()
        return Refused(403, "wrong_token", "the second half of the short code is wrong")
    return found


@breaks(Invites, "until")
def lets_invites_live_for_ever(original: Callable[..., float], self: Invites, valid_s: float) -> float:
    """An invite lives as long as any can, whatever was asked for."""
    del valid_s
    lets_invites_live_for_ever.ran()
    return original(self, MOST_S)


@breaks(Invites, "look")
def takes_unknown_invites_for_expired(
    original: Callable[..., Invite | Refused], self: Invites, *given: Any
) -> Invite | Refused:
    """Of an invite that nobody made the relay says that it has expired."""
    found = original(self, *given)
    if found is not UNKNOWN:
        return found
    takes_unknown_invites_for_expired.ran()
    return EXPIRED


@breaks(relay, "read_invites")
def keeps_invites_in_memory(original: Callable[..., list[Invite]], *given: Any) -> list[Invite]:
    """A relay that is started again knows nothing of the invites that it had."""
    if original(*given):
        keeps_invites_in_memory.ran()
    return []


@breaks(relay, "read_invites")
def keeps_in_memory_who_has_used_an_invite(
    original: Callable[..., list[Invite]], *given: Any
) -> list[Invite]:
    """A relay that is started again has its invites, and has forgotten which were used."""
    found = original(*given)
    if any(invite.used_by for invite in found):
        keeps_in_memory_who_has_used_an_invite.ran()
    return [dataclasses.replace(invite, used_by=None) for invite in found]


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
