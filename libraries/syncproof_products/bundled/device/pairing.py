"""How a device invites another one to a group, and how it comes into one."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import time
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

from syncproof_products.bundled.core.relay.admission import MAX_NAME, is_name
from syncproof_products.bundled.core.wire import Refused
from syncproof_products.bundled.device.connection import LinkError
from syncproof_products.bundled.device.group_keys import check_kept
from syncproof_products.bundled.device.relay_client import RelayClient
from syncproof_synckit.encryption.errors import EncryptionError
from syncproof_synckit.encryption.invite import Invite, InviteRefused, ShortCode, from_qr, is_qr, to_qr

T = TypeVar("T")

#: A lookup is taken by chance about never: who meets two in a row has another trouble.
_DRAWS = 3


@dataclass(frozen=True, slots=True, repr=False)
class Offered:
    """code: XXXX-XXXX-XXXX-XXXX, for a person. qr: the text of a QR code."""

    code: str
    qr: str


class PairingFailed(Exception):
    """It was not invited, or could not be invited. code: for programs; the message is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


async def offer(
    client: RelayClient | None, relay_key: bytes | None, group: str, secret: str, valid_s: float
) -> Offered:
    """Leave an invite at the relay. secret: the group's key as it is kept. Raises PairingFailed."""
    if client is None or relay_key is None:
        raise PairingFailed("offline", "this device has not spoken to its relay yet: connect it first")
    refused: Refused | None = None
    for _ in range(_DRAWS):
        code = ShortCode.draw(os.urandom)
        ticket = os.urandom(16).hex()
        invite = Invite(relay_key, group, secret, code.lookup, ticket, time.time() + valid_s)
        sealed = base64.b64encode(await asyncio.to_thread(code.seal, invite, os.urandom)).decode()
        ticket_hash = hashlib.sha256(ticket.encode()).hexdigest()
        refused = await _asked(client.offer(code.lookup, group, sealed, ticket_hash, valid_s))
        if refused is None:
            return Offered(code.reveal(), to_qr(invite))
        if refused.code != "taken":
            break
    assert refused is not None
    raise PairingFailed(refused.code, refused.message)


async def read(client: RelayClient | None, text: str) -> Invite:
    """What a short code or the text of a QR code says; it is not used by that. Raises PairingFailed."""
    if client is None:
        raise PairingFailed("offline", "this device knows no relay: link it first")
    try:
        if is_qr(text):
            invite = _checked(from_qr(text))
            _may_be_used(await _asked(client.invite(invite.lookup)), invite)
            return invite
        code = ShortCode.parse(text)
        sealed = _may_be_used(await _asked(client.invite(code.lookup)))
        return _checked(await asyncio.to_thread(code.open, base64.b64decode(sealed)))
    except (EncryptionError, ValueError) as error:
        raise PairingFailed("invalid", str(error)) from None


async def use(client: RelayClient | None, invite: Invite) -> None:
    """Be a member from now on. Raises PairingFailed."""
    if client is None:
        raise PairingFailed("offline", "this device knows no relay: link it first")
    refused = await _asked(client.use_invite(invite.lookup, invite.ticket))
    if refused is not None:
        raise PairingFailed(refused.code, refused.message)


def _checked(invite: Invite) -> Invite:
    """An invite that can be read says what it likes. Raises EncryptionError where that is no group's name or key."""
    if not is_name(invite.group):
        raise InviteRefused(
            f"the name of a group has 1 to {MAX_NAME} printable characters: ask for another invite"
        )
    check_kept(invite.secret)
    return invite


def _may_be_used(answer: str | Refused, invite: Invite | None = None) -> str:
    if isinstance(answer, str):
        return answer
    if answer.code == "unknown_invite" and invite is not None and invite.is_expired(time.time()):
        raise PairingFailed("invite_expired", "the invite has expired: ask for another one")
    raise PairingFailed(answer.code, answer.message)


async def _asked(asking: Awaitable[T]) -> T:
    try:
        return await asking
    except LinkError as error:
        raise PairingFailed("offline", f"the relay cannot be asked now: {error}") from None
