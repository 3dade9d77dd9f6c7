"""Names on the wire: 32 bytes for devices and groups."""

from __future__ import annotations

import base64
import hashlib

ID_BYTES = 32


def group_id(name: str) -> bytes:
    """The id of a group: 32 bytes that do not say its name."""
    return hashlib.sha256(b"syncproof/1 group " + name.encode()).digest()


def device_id(public_key: bytes) -> bytes:
    """The id of a device: its public key, 32 bytes."""
    if len(public_key) != ID_BYTES:
        raise ValueError(f"a device id has {ID_BYTES} bytes, not {len(public_key)}")
    return public_key


def shown(identity: bytes) -> str:
    """As people see it: base64url without padding, 43 characters."""
    return base64.urlsafe_b64encode(identity).rstrip(b"=").decode()
