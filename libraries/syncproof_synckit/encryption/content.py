"""Large content: encrypted first, then hashed, so that whoever stores it can check and not read it."""

from __future__ import annotations

from blake3 import blake3
from msgspec import Struct

from syncproof_synckit.encryption.errors import PayloadRefused
from syncproof_synckit.encryption.group_key import KEY_BYTES, GroupKey
from syncproof_synckit.encryption.hkdf import expand
from syncproof_synckit.encryption.payload import seal, unseal
from syncproof_synckit.encryption.secret import Secret

BLOB_ID_BYTES = 16
HASH_BYTES = 32


class ContentRef(Struct, frozen=True, array_like=True):
    """What a message says of content that lies elsewhere.

    blob_id: UUIDv4, 16 bytes. hash: BLAKE3 of the ciphertext, 32 bytes. nonce: 24 bytes. content_size,
    encrypted_size: in bytes.
    """

    blob_id: bytes
    hash: bytes
    nonce: bytes
    content_size: int
    encrypted_size: int


def content_key(group: GroupKey, blob_id: bytes) -> Secret:
    """The key of one content: HKDF-SHA256 of the group's, another for each `blob_id`."""
    return expand(group.content, b"content", KEY_BYTES, salt=blob_id)


def encrypt_content(key: Secret, blob_id: bytes, nonce: bytes, plaintext: bytes) -> tuple[ContentRef, bytes]:
    """The reference and the ciphertext. key: see `content_key`. nonce: 24 random bytes."""
    ciphertext = seal(key, nonce, plaintext, blob_id)
    digest = blake3(ciphertext).digest()
    return ContentRef(blob_id, digest, nonce, len(plaintext), len(ciphertext)), ciphertext


def decrypt_content(key: Secret, reference: ContentRef, ciphertext: bytes) -> bytes:
    """The content. Raises PayloadRefused before anything is decrypted where size or hash are others."""
    if len(ciphertext) != reference.encrypted_size:
        raise PayloadRefused(f"it has {len(ciphertext)} bytes, its reference says {reference.encrypted_size}")
    if blake3(ciphertext).digest() != reference.hash:
        raise PayloadRefused(
            "its BLAKE3 hash is not that of its reference: it was changed after it was stored"
        )
    return unseal(key, reference.nonce, ciphertext, reference.blob_id)
