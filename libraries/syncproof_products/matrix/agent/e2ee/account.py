"""This device's own keys: what it publishes of them, and when it publishes more."""

from __future__ import annotations

from typing import Any

from syncproof_products.matrix.agent.e2ee import signing
from syncproof_products.matrix.agent.e2ee.keystore import KeyStore

OLM = "m.olm.v1.curve25519-aes-sha2"
MEGOLM = "m.megolm.v1.aes-sha2"
ONE_TIME = "signed_curve25519"


class OwnKeys:
    """The keys of one device of one account."""

    def __init__(self, user: str, device: str, keys: KeyStore) -> None:
        self.user, self.device = user, device
        self._keys = keys
        self.account = keys.account()
        self._with_fallback: Any = self.account  # its type stubs lack fallback keys
        self._wanted, self._wants_fallback = 0, False

    @property
    def curve25519(self) -> str:
        """What Olm knows it by."""
        return self.account.curve25519_key.to_base64()

    @property
    def ed25519(self) -> str:
        """What it signs with, its fingerprint."""
        return self.account.ed25519_key.to_base64()

    def device_keys(self) -> dict[str, Any]:
        """What others learn of it, signed."""
        content = {
            "user_id": self.user,
            "device_id": self.device,
            "algorithms": [OLM, MEGOLM],
            "keys": {f"curve25519:{self.device}": self.curve25519, f"ed25519:{self.device}": self.ed25519},
        }
        return signing.signed(content, self.user, self.device, self.account)

    def counted(self, counts: dict[str, int], unused_fallbacks: list[str] | None) -> bool:
        """What of its keys the homeserver still has. Answers whether some must be published."""
        most = self.account.max_number_of_one_time_keys
        left = counts.get(ONE_TIME, 0)
        self._wanted = most - left if left < most // 2 else 0
        self._wants_fallback = unused_fallbacks is not None and ONE_TIME not in unused_fallbacks
        return bool(self._wanted or self._wants_fallback)

    def to_publish(self) -> dict[str, Any]:
        """Keys for others to begin sessions with, on disk before they are published; those of a failed try first."""
        waiting = len(self.account.one_time_keys)
        if self._wanted > waiting:
            self.account.generate_one_time_keys(self._wanted - waiting)
        if self._wants_fallback and not self._with_fallback.fallback_key:
            self._with_fallback.generate_fallback_key()
        self._keys.put_account(self.account)
        one_time = {
            f"{ONE_TIME}:{n}": self._signed(key.to_base64()) for n, key in self.account.one_time_keys.items()
        }
        fallback = {
            f"{ONE_TIME}:{n}": self._signed(key.to_base64(), fallback=True)
            for n, key in self._with_fallback.fallback_key.items()
        }
        return {"one_time_keys": one_time, "fallback_keys": fallback}

    def published(self) -> None:
        """The homeserver has them."""
        self.account.mark_keys_as_published()
        self._wanted, self._wants_fallback = 0, False
        self._keys.put_account(self.account)

    def _signed(self, key: str, *, fallback: bool = False) -> dict[str, Any]:
        content: dict[str, Any] = {"key": key} | ({"fallback": True} if fallback else {})
        return signing.signed(content, self.user, self.device, self.account)
