"""What a man in the middle does to the messages of a verification (plan L-0.3): pure, but for the keys that it draws.

Three of them, each stopped by another part of a good device. All speak the protocol of the bundled system's
`core.sas`, which is public, and none of them knows a secret of the devices.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from . import How

Message = dict[str, str]


@dataclass
class _Verification:
    """One of which the beginning was seen. keys: the public one of each device (bytes), by its name."""

    asking: str = ""
    asked: str = ""
    keys: dict[str, bytes] = field(default_factory=dict)

    def other(self, device: str) -> str:
        return self.asked if device == self.asking else self.asking


class Swapper:
    """One man in the middle, between as many devices as use it."""

    def __init__(self, how: How) -> None:
        self._how = how
        self._private = X25519PrivateKey.generate()
        self.key = self._private.public_key().public_bytes_raw()
        self.identity = X25519PrivateKey.generate().public_key().public_bytes_raw().hex()
        self._seen: dict[str, _Verification] = {}
        self._deceived: set[str] = set()

    @property
    def deceived(self) -> list[str]:
        """The devices that were given a key which is not the other one's, sorted."""
        return sorted(self._deceived)

    def swap(self, to: str, message: Message) -> Message:
        """What a device is told in the place of a message to it; the same again for the same message again."""
        seen = self._seen.setdefault(message.get("id", ""), _Verification())
        kind = message.get("type")
        if kind == "start":
            seen.asked = to
        elif kind == "accept":
            seen.asking = to
            if self._how == "early":
                return {**message, "commitment": self._commitment(seen, message["id"])}
        elif kind == "key":
            seen.keys[seen.other(to)] = bytes.fromhex(message["key"])
            if self._how != "identity":
                self._deceived.add(to)
                return {**message, "key": self.key.hex()}
        elif kind == "mac":
            self._deceived.add(to)
            return {**message, "key": self.identity, "mac": self._mac(seen, to, message)}
        return message

    def _commitment(self, seen: _Verification, number: str) -> str:
        start = {"type": "start", "id": number, "from": seen.asking}
        canonical = json.dumps(start, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(self.key + canonical.encode()).hexdigest()

    def _mac(self, seen: _Verification, to: str, message: Message) -> str:
        """Of the identity key, for a device that shares a secret with this man in the middle; else what was there."""
        if self._how == "identity" or to not in seen.keys:
            return message.get("mac", "")
        shared = self._private.exchange(X25519PublicKey.from_public_bytes(seen.keys[to]))
        purpose = f"MAC|{seen.other(to)}|{to}|{message['id']}"
        secret = HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(shared)
        return hmac.new(secret, self.identity.encode(), hashlib.sha256).hexdigest()
