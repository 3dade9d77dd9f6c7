"""What another client of a member does to a payload that it has sealed properly."""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Callable

import msgspec

from syncproof_synckit.encryption.envelope import Envelope, pack, unpack
from syncproof_synckit.encryption.group_key import Cost, GroupKey
from syncproof_synckit.encryption.ids import group_id
from syncproof_synckit.encryption.payload import NONCE_BYTES
from syncproof_synckit.encryption.sealed_body import BodySealing
from syncproof_synckit.encryption.secret import Secret


class DamagingMember:
    """A member of one group that knows its passphrase, and how its key is derived."""

    def __init__(self, group: str, passphrase: str, derivation: str, author: str) -> None:
        key = GroupKey.derive(Secret(passphrase.encode()), group_id(group), Cost.parse(derivation))
        self._sealing = BodySealing(key, group, author, random=os.urandom, clock=time.time)

    def body(self, op_id: str, plaintext: str, damage: str) -> str:
        """A sealed body with this damage; "empty" seals nothing at all, and damages nothing."""
        envelope = self._sealed(op_id, "" if damage == "empty" else plaintext)
        changed = _DAMAGES[damage](envelope, self._sealed(f"{op_id}-other", plaintext))
        return msgspec.json.encode({"sealed": base64.b64encode(pack(changed)).decode()}).decode()

    def _sealed(self, op_id: str, plaintext: str) -> Envelope:
        return unpack(
            base64.b64decode(msgspec.json.decode(self._sealing.seal(op_id, plaintext, 0))["sealed"])
        )


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


_replace = msgspec.structs.replace
#: How an envelope is damaged. The second envelope is another one that the same member has sealed.
_DAMAGES: dict[str, Callable[[Envelope, Envelope], Envelope]] = {
    "bit": lambda envelope, _: _replace(envelope, payload=_flipped(envelope.payload, 5)),
    "cut": lambda envelope, _: _replace(envelope, payload=envelope.payload[:-1]),
    "tag": lambda envelope, _: _replace(
        envelope, payload=_flipped(envelope.payload, len(envelope.payload) - 1)
    ),
    "zero_nonce": lambda envelope, _: _replace(envelope, nonce=bytes(NONCE_BYTES)),
    "other_nonce": lambda envelope, other: _replace(envelope, nonce=other.nonce),
    "empty": lambda envelope, _: envelope,
}
