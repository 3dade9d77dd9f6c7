"""Names on the wire: 32 bytes for devices and groups, which do not say what people call them."""

from __future__ import annotations

import base64
import hashlib

ID_BYTES = 32


def group_id(name: str) -> bytes:
    """The id of a group."""
    return hashlib.sha256(b"syncproof/1 group " + name.encode()).digest()


def device_id(name: str) -> bytes:
    """The id of a device."""
    return hashlib.sha256(b"syncproof/1 device " + name.encode()).digest()


def shown(identity: bytes) -> str:
    """As people see it: base64url without padding, 43 characters."""
    return base64.urlsafe_b64encode(identity).rstrip(b"=").decode()
