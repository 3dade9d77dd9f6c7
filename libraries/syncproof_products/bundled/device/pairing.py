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
from syncproof_products.bundled.device.relay_client import FOREIGN, RelayClient
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
    """It was not invited, or could not be invited. code: for programs; the message is for people.

    may_be_in: nobody knows whether the relay has let the device in.
    """

    def __init__(self, code: str, message: str, *, may_be_in: bool = False) -> None:
        super().__init__(message)
        self.code, self.may_be_in = code, may_be_in


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
        hashes = [hashlib.sha256(shown.encode()).hexdigest() for shown in (code.token(), ticket)]
        refused = await _asked(client.offer(code.lookup, group, sealed, hashes[0], hashes[1], valid_s))
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
            return _checked(from_qr(text))
        code = ShortCode.parse(text)
        sealed = await _asked(client.open_invite(code.lookup, await asyncio.to_thread(code.token)))
        if isinstance(sealed, Refused):
            raise PairingFailed(sealed.code, sealed.message)
        return _checked(code.open(base64.b64decode(sealed)))
    except (EncryptionError, ValueError) as error:
        raise PairingFailed("invalid", str(error)) from None


async def use(client: RelayClient | None, invite: Invite, proof: str) -> None:
    """Be a member from now on. Raises PairingFailed.

    proof: what this device alone can show. Where the answer is lost on the way it can use the invite again by that.
    """
    if client is None:
        raise PairingFailed("offline", "this device knows no relay: link it first")
    sent = False

    def on_sent(_: int) -> None:
        nonlocal sent
        sent = True

    try:
        refused = await client.use_invite(invite.lookup, invite.ticket, proof, on_sent)
    except LinkError as error:
        if not sent or error.code == "handshake":
            raise _offline(error) from None
        raise _unanswered(str(error)) from None
    if refused is None:
        return
    if refused.code == FOREIGN:
        raise _unanswered(f"{refused.status} from somebody else")
    if refused.code == "unknown_invite" and invite.is_expired(time.time()):
        raise PairingFailed("invite_expired", "the invite has expired: ask for another one")
    raise PairingFailed(refused.code, refused.message)


def _checked(invite: Invite) -> Invite:
    """An invite that can be read says what it likes. Raises EncryptionError where that is no group's name or key."""
    if not is_name(invite.group):
        raise InviteRefused(
            f"the name of a group has 1 to {MAX_NAME} printable characters: ask for another invite"
        )
    check_kept(invite.secret)
    return invite


async def _asked(asking: Awaitable[T]) -> T:
    try:
        return await asking
    except LinkError as error:
        raise _offline(error) from None


def _unanswered(why: str) -> PairingFailed:
    message = f"the relay did not answer whether this device is in now ({why}): use the same invite again"
    return PairingFailed("unanswered", message, may_be_in=True)


def _offline(error: LinkError) -> PairingFailed:
    return PairingFailed("offline", f"the relay cannot be asked now: {error}")
