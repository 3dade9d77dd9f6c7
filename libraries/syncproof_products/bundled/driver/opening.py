"""What a member of an encrypted group reads in what the relay has of its attachments."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable

from syncproof.workloads.encryption.contents import SealedContent
from syncproof_synckit.encryption.content import content_key, decrypt_content
from syncproof_synckit.encryption.errors import PayloadRefused
from syncproof_synckit.encryption.group_key import Cost, GroupKey
from syncproof_synckit.encryption.ids import group_id
from syncproof_synckit.encryption.sealed_body import BodySealing
from syncproof_synckit.encryption.secret import Secret
from syncproof_synckit.encryption.signature import SigningKey


class ReadingMember:
    """A member of one group that knows its passphrase, and how its key is derived."""

    def __init__(self, group: str, passphrase: str, derivation: str) -> None:
        self._key = GroupKey.derive(Secret(passphrase.encode()), group_id(group), Cost.parse(derivation))
        unused = SigningKey(Secret(bytes(32)))
        self._bodies = BodySealing(self._key, group, "", unused, random=os.urandom, clock=time.time)

    def contents(
        self, op_id: str, author: str, body: str, blob: Callable[[str], bytes | None]
    ) -> list[SealedContent]:
        """The contents of an operation. blob: what the relay has by a digest."""
        found = []
        for item in self._bodies.open(op_id, author, body).items:
            key, address, opened = content_key(self._key, item.content.blob_id), item.address.hex(), ""
            ciphertext = blob(address)
            if ciphertext is not None:
                try:
                    opened = hashlib.sha256(decrypt_content(key, item.content, ciphertext)).hexdigest()
                except PayloadRefused:
                    opened = ""
            name = hashlib.sha256(key.reveal()).hexdigest()[:16]
            has = "" if ciphertext is None else hashlib.sha256(ciphertext).hexdigest()
            found.append(SealedContent(item.digest.hex(), has, name, opened))
        return found
