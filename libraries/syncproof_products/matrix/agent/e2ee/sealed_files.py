"""Attachments of encrypted rooms: AES-256 in counter mode, a key of its own for each, a hash of what is stored."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import AsyncIterator
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

_KEY_BYTES, _NONCE_BYTES, _COUNTER_BYTES = 32, 8, 8


class FileDamaged(Exception):
    """Other bytes are stored than were uploaded, or the description of the file is none."""


def seal(content: bytes) -> tuple[bytes, dict[str, Any]]:
    """What is stored, and what opens it: an `EncryptedFile` of the specification that lacks its url."""
    key, nonce = os.urandom(_KEY_BYTES), os.urandom(_NONCE_BYTES) + bytes(_COUNTER_BYTES)
    stored = Cipher(AES(key), CTR(nonce)).encryptor().update(content)
    return stored, {
        "v": "v2",
        "key": {
            "kty": "oct",
            "alg": "A256CTR",
            "ext": True,
            "key_ops": ["encrypt", "decrypt"],
            "k": _url64(key),
        },
        "iv": _plain64(nonce),
        "hashes": {"sha256": _plain64(hashlib.sha256(stored).digest())},
    }


async def opened(pieces: AsyncIterator[bytes], file: dict[str, Any]) -> AsyncIterator[bytes]:
    """The pieces of a file as they were before `seal`. Raises FileDamaged, at the end, for bytes that are not those.

    Whoever takes the pieces must not use them before the end.
    """
    decryptor, expected = _decryptor(file)
    hashed = hashlib.sha256()
    async for piece in pieces:
        hashed.update(piece)
        yield decryptor.update(piece)
    if hashed.digest() != expected:
        raise FileDamaged("the stored bytes have another hash than the event names")


def _decryptor(file: dict[str, Any]) -> tuple[CipherContext, bytes]:
    try:
        key, nonce = _bytes(file["key"]["k"]), _bytes(file["iv"])
        return Cipher(AES(key), CTR(nonce)).decryptor(), _bytes(file["hashes"]["sha256"])
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise FileDamaged(f"nothing says how to open it: {wrong!r}") from None


def _plain64(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")


def _url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    """Of either alphabet, with or without padding."""
    return base64.urlsafe_b64decode(text.replace("+", "-").replace("/", "_") + "=" * (-len(text) % 4))
