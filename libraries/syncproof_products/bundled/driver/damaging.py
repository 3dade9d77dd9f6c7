"""What another client of a member does to a payload that it has sealed properly."""

from __future__ import annotations

import base64
import hashlib
import os
import time
import uuid
from collections.abc import Callable, Sequence
from functools import partial

import msgspec
from blake3 import blake3

from syncproof.kernel.agent import BlobRef
from syncproof.workloads.encryption.damaged_content import Damaged, DamagedCollection
from syncproof_synckit.encryption.content import content_key, encrypt_content
from syncproof_synckit.encryption.envelope import Envelope, pack, unpack
from syncproof_synckit.encryption.group_key import Cost, GroupKey
from syncproof_synckit.encryption.ids import device_id, group_id
from syncproof_synckit.encryption.manifest import Item, Place, signed
from syncproof_synckit.encryption.payload import NONCE_BYTES
from syncproof_synckit.encryption.sealed_body import BodySealing
from syncproof_synckit.encryption.secret import Secret
from syncproof_synckit.encryption.signature import SigningKey


class DamagingMember:
    """A member of one group that knows its passphrase, and how its key is derived."""

    def __init__(self, group: str, passphrase: str, derivation: str, author: str) -> None:
        self._key = GroupKey.derive(Secret(passphrase.encode()), group_id(group), Cost.parse(derivation))
        self._signing = SigningKey(Secret(os.urandom(32)))
        self._place = partial(Place, group_id(group), device_id(author))
        self._sealing = BodySealing(
            self._key, group, author, self._signing, random=os.urandom, clock=time.time
        )

    def body(self, op_id: str, plaintext: str, damage: str) -> str:
        """A sealed body with this damage; "empty" seals nothing, and damages nothing; "plain" is the plaintext."""
        if damage == "plain":
            return plaintext
        envelope = self._sealed(op_id, "" if damage == "empty" else plaintext)
        changed = _DAMAGES[damage](envelope, self._sealed(f"{op_id}-other", plaintext))
        return msgspec.json.encode({"sealed": base64.b64encode(pack(changed)).decode()}).decode()

    def collection(
        self, op_id: str, plaintext: str, contents: Sequence[tuple[BlobRef, bytes]]
    ) -> DamagedCollection:
        """A message with these attachments, in whose manifest a bit of a hash was flipped after it was signed."""
        items, blobs = [], []
        for attachment, content in contents:
            blob_id, nonce = uuid.uuid4().bytes, os.urandom(NONCE_BYTES)
            key = content_key(self._key, blob_id)
            reference, sealed = encrypt_content(key, blob_id, nonce, content)
            address = hashlib.sha256(sealed)
            items.append(Item(attachment.name, bytes.fromhex(attachment.digest), address.digest(), reference))
            blobs.append((BlobRef(address.hexdigest(), len(sealed), ""), sealed))
        manifest = signed(plaintext, tuple(items), self._place(op_id), self._signing)
        last = items[-1]
        wrong = _replace(last.content, hash=_flipped(last.content.hash, 0))
        damaged = _replace(manifest, items=(*items[:-1], _replace(last, content=wrong)))
        return DamagedCollection(self._sealing.seal_manifest(op_id, damaged, 0), blobs)

    def content(self, op_id: str, plaintext: str, attachment: BlobRef, content: bytes) -> Damaged:
        """A message with an attachment, of whose ciphertext a bit was flipped before it was hashed."""
        blob_id, nonce = uuid.uuid4().bytes, os.urandom(NONCE_BYTES)
        reference, sealed = encrypt_content(content_key(self._key, blob_id), blob_id, nonce, content)
        damaged = _flipped(sealed, len(sealed) // 2)
        address = hashlib.sha256(damaged)
        said = _replace(reference, hash=blake3(damaged).digest())
        item = Item(attachment.name, bytes.fromhex(attachment.digest), address.digest(), said)
        body = self._sealing.seal(op_id, plaintext, 0, (item,))
        return Damaged(body, BlobRef(address.hexdigest(), len(damaged), ""), damaged)

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
