"""Attachments of encrypted groups on disk: sealed before the relay gets them, opened when they have come from it."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from msgspec.structs import replace

from syncproof_agentkit.blob_files import BlobFiles, DigestMismatchError
from syncproof_products.bundled.core.stored_blob import StoredBlob
from syncproof_products.bundled.core.wire import BlobRef
from syncproof_products.bundled.device.bodies import Bodies
from syncproof_products.bundled.device.group_sealing import MOST_BYTES, GroupSealing, refer, referred

#: A body up to this size is in the event; a larger one is a content of its own.
INLINE_BYTES = 64_000


class ContentTooLargeError(Exception):
    """It would have to be sealed and opened as one piece, in memory."""


class Contents:
    """What is sealed of attachments: on its way to the relay (outgoing), and on its way from it (incoming).

    plain: the attachments as the application has them. bodies: those that came. sealing: of a group, by its name.
    """

    def __init__(
        self, directory: Path, plain: BlobFiles, bodies: Bodies, sealing: Callable[[str], GroupSealing]
    ) -> None:
        self.outgoing, self.incoming = BlobFiles(directory / "outgoing"), BlobFiles(directory / "incoming")
        self._plain, self._bodies, self._sealing = plain, bodies, sealing
        self._arriving: dict[str, None] = {}

    def seal(self, group: str, body: str, blobs: Sequence[BlobRef]) -> tuple[StoredBlob, ...]:
        """Seal attachments with a key for each, and keep what the relay is to get of them.

        So is a body of more than `INLINE_BYTES`, which comes first. They stay until `tidy` finds that nobody needs
        them, and `taken` was called. Raises ContentTooLargeError, OSError.
        """
        for blob in blobs:
            if blob.size > MOST_BYTES:
                raise ContentTooLargeError(
                    f"In an encrypted group an attachment has at most {MOST_BYTES} bytes; {blob.name} has {blob.size}."
                )
        large = body.encode() if is_large(body) else None
        sealed = [self._seal(group, blob, self._plain.path(blob.digest).read_bytes()) for blob in blobs]
        if large is not None:
            named = BlobRef(hashlib.sha256(large).hexdigest(), len(large), "")
            sealed.insert(0, replace(self._seal(group, named, large), is_body=True))
        return tuple(sealed)

    def taken(self, blobs: Iterable[StoredBlob]) -> None:
        """The operation that has these is stored, or never will be."""
        for blob in blobs:
            self._arriving.pop(blob.address, None)

    def tidy(self, needed: Callable[[], set[str]]) -> None:
        """Remove what the relay has got of operations that it has taken. needed: addresses of what it has not."""
        kept = self.outgoing.digests()
        if kept:
            for address in kept - needed() - self._arriving.keys():
                self.outgoing.discard(address)

    def open(self, blob: StoredBlob) -> None:
        """Make the attachment, or the body, of what has come of it.

        Raises PayloadRefused, and OSError where it cannot be stored.
        """
        from syncproof_synckit.encryption.content import content_key, decrypt_content
        from syncproof_synckit.encryption.errors import PayloadRefused

        group, content = referred(blob.reference)
        key = content_key(self._sealing(group).key, content.blob_id)
        try:
            plaintext = decrypt_content(key, content, self.incoming.path(blob.address).read_bytes())
            if blob.is_body:
                self._bodies.put(blob, _text(plaintext, blob.digest))
                self.incoming.discard(blob.address)
                return
            with self._plain.receive(blob.digest) as writer:
                writer.write(plaintext)
                writer.finish()
        except DigestMismatchError:
            self.incoming.discard(blob.address)
            raise PayloadRefused("it is not the content that its author says it is") from None
        except PayloadRefused as refused:
            self.incoming.discard(blob.address)
            if blob.is_body:
                self._bodies.put(blob, refused)
            raise
        self.incoming.discard(blob.address)

    def gone(self, blob: StoredBlob) -> None:
        """The relay had it, and keeps it no longer."""
        from syncproof_synckit.encryption.errors import PayloadRefused

        if blob.is_body:
            self._bodies.put(blob, PayloadRefused("the relay has kept its body for its time, and no longer"))

    def _seal(self, group: str, blob: BlobRef, plaintext: bytes) -> StoredBlob:
        from syncproof_synckit.encryption.content import content_key, encrypt_content
        from syncproof_synckit.encryption.payload import NONCE_BYTES

        blob_id = uuid.uuid4().bytes
        key = content_key(self._sealing(group).key, blob_id)
        content, ciphertext = encrypt_content(key, blob_id, os.urandom(NONCE_BYTES), plaintext)
        address = hashlib.sha256(ciphertext).hexdigest()
        self._arriving[address] = None
        with self.outgoing.receive(address) as writer:
            writer.write(ciphertext)
            writer.finish()
        reference = refer(group, content)
        return StoredBlob(blob.digest, blob.size, blob.name, address, len(ciphertext), reference)


def is_large(body: str) -> bool:
    """Whether a body is a content of its own."""
    return len(body) > INLINE_BYTES // 4 and len(body.encode()) > INLINE_BYTES


def _text(plaintext: bytes, digest: str) -> str:
    """A body. Raises PayloadRefused where it is none, or not that with this digest."""
    from syncproof_synckit.encryption.errors import PayloadRefused

    if hashlib.sha256(plaintext).hexdigest() != digest:
        raise PayloadRefused("it is not the content that its author says it is")
    try:
        return plaintext.decode()
    except UnicodeDecodeError:
        raise PayloadRefused("it is authentic, and no text") from None
