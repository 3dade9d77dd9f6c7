"""The body of an operation as the relay gets it: a JSON object that holds one envelope."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

import msgspec

from syncproof_synckit.encryption.envelope import BODY, VERSION, Header, close, open_, pack, unpack
from syncproof_synckit.encryption.errors import PayloadRefused
from syncproof_synckit.encryption.group_key import GroupKey
from syncproof_synckit.encryption.ids import device_id, group_id
from syncproof_synckit.encryption.payload import NONCE_BYTES, TAG_BYTES

#: What an envelope has beside its payload, and JSON beside the envelope, at most, bytes.
_AROUND = 160


class _Sealed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sealed: str


class BodySealing:
    """Seals and opens the bodies of one group on one device.

    Args:
        key: of the group.
        group, device: their names; only what follows from them is sent.
        random: gives so many random bytes.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        key: GroupKey,
        group: str,
        device: str,
        *,
        random: Callable[[int], bytes],
        clock: Callable[[], float],
    ) -> None:
        self._key, self._group, self._device = key, group_id(group), device_id(device)
        self._random, self._clock = random, clock

    def size(self, body_bytes: int) -> int:
        """How long a body of so many bytes becomes, at most."""
        return (body_bytes + TAG_BYTES + _AROUND) * 4 // 3 + _AROUND

    def seal(self, op_id: str, body: str, cursor: int) -> str:
        """A body for the relay. cursor: how much the device had delivered. Each call gives another one."""
        header = Header(VERSION, BODY, self._device, self._group, cursor, int(self._clock()))
        envelope = close(
            self._key.encryption, header, self._random(NONCE_BYTES), body.encode(), op_id.encode()
        )
        return msgspec.json.encode(_Sealed(base64.b64encode(pack(envelope)).decode())).decode()

    def open(self, op_id: str, author: str, body: str) -> str:
        """What the author sealed for this operation. Raises PayloadRefused for anything else."""
        try:
            packed = base64.b64decode(msgspec.json.decode(body, type=_Sealed).sealed, validate=True)
        except (msgspec.MsgspecError, binascii.Error, ValueError, RecursionError):
            raise PayloadRefused("it is not sealed, and the group is encrypted") from None
        envelope = unpack(packed)
        if envelope.header.sender != device_id(author):
            raise PayloadRefused(f"its sender is not {author}, whom the relay names")
        if envelope.header.group != self._group or envelope.header.kind != BODY:
            raise PayloadRefused("it belongs to another group, or is no body")
        plaintext = open_(self._key.encryption, envelope, op_id.encode())
        try:
            return plaintext.decode()
        except UnicodeDecodeError:
            raise PayloadRefused("it is authentic, and no text") from None
