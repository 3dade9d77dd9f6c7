"""The body of an operation as the relay gets it: a JSON object that holds one envelope."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

import msgspec

from syncproof_synckit.encryption.envelope import BODY, CONTENTS, VERSION, Header, close, open_, pack, unpack
from syncproof_synckit.encryption.errors import PayloadRefused
from syncproof_synckit.encryption.group_key import GroupKey
from syncproof_synckit.encryption.ids import device_id, group_id
from syncproof_synckit.encryption.manifest import (
    ITEM_BYTES,
    SIGNED_BYTES,
    BodyWithContents,
    Item,
    Place,
    checked,
    signed,
)
from syncproof_synckit.encryption.payload import NONCE_BYTES, TAG_BYTES
from syncproof_synckit.encryption.signature import SigningKey

#: What an envelope has beside its payload, and JSON beside the envelope, at most, bytes.
_AROUND = 160


class _Sealed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sealed: str


class BodySealing:
    """Seals and opens the bodies of one group on one device.

    Args:
        key: of the group.
        group, device: their names; only what follows from them is sent.
        signing: with which the device signs manifests.
        random: gives so many random bytes.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        key: GroupKey,
        group: str,
        device: str,
        signing: SigningKey,
        *,
        random: Callable[[int], bytes],
        clock: Callable[[], float],
    ) -> None:
        self._key, self._group, self._device = key, group_id(group), device_id(device)
        self._signing, self._random, self._clock = signing, random, clock

    def size(self, body_bytes: int, items: int = 0) -> int:
        """How long a body of so many bytes becomes, at most. items: contents; their names count as body."""
        manifest = SIGNED_BYTES + items * ITEM_BYTES if items else 0
        return (body_bytes + manifest + TAG_BYTES + _AROUND) * 4 // 3 + _AROUND

    def seal(self, op_id: str, body: str | None, cursor: int, items: tuple[Item, ...] = ()) -> str:
        """A body for the relay. cursor: how much the device had delivered. Each call gives another one.

        items: the contents that go with it; body: None where the first of them is the body.
        """
        if body is not None and not items:
            return self._sealed(BODY, body.encode(), op_id, cursor)
        place = Place(self._group, self._device, op_id)
        return self.seal_manifest(op_id, signed(body, items, place, self._signing), cursor)

    def seal_manifest(self, op_id: str, said: BodyWithContents, cursor: int) -> str:
        """A body with its manifest, as it was signed."""
        return self._sealed(CONTENTS, msgspec.msgpack.encode(said), op_id, cursor)

    def _sealed(self, kind: int, payload: bytes, op_id: str, cursor: int) -> str:
        header = Header(VERSION, kind, self._device, self._group, cursor, int(self._clock()))
        envelope = close(self._key.encryption, header, self._random(NONCE_BYTES), payload, op_id.encode())
        return msgspec.json.encode(_Sealed(base64.b64encode(pack(envelope)).decode())).decode()

    def open(self, op_id: str, author: str, body: str) -> BodyWithContents:
        """What the author sealed for this operation. Raises PayloadRefused for anything else."""
        try:
            packed = base64.b64decode(msgspec.json.decode(body, type=_Sealed).sealed, validate=True)
        except (msgspec.MsgspecError, binascii.Error, ValueError, RecursionError):
            raise PayloadRefused("it is not sealed, and the group is encrypted") from None
        envelope = unpack(packed)
        if envelope.header.sender != device_id(author):
            raise PayloadRefused(f"its sender is not {author}, whom the relay names")
        if envelope.header.group != self._group or envelope.header.kind not in (BODY, CONTENTS):
            raise PayloadRefused("it belongs to another group, or is no body")
        plaintext = open_(self._key.encryption, envelope, op_id.encode())
        try:
            if envelope.header.kind == CONTENTS:
                place = Place(self._group, envelope.header.sender, op_id)
                return checked(msgspec.msgpack.decode(plaintext, type=BodyWithContents), place)
            return BodyWithContents(plaintext.decode(), ())
        except (UnicodeDecodeError, msgspec.MsgspecError):
            raise PayloadRefused("it is authentic, and no text") from None
