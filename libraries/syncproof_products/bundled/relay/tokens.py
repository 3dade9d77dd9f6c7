"""Who is calling: tokens of devices, kept as hashes, and the operator's secret."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Iterable

from syncproof_products.bundled.relay.writer import StoreToken

_BEARER = b"bearer "


class Tokens:
    """The valid tokens. store: makes a new one durable, and says why it could not.

    Tokens are random and long, so that a plain hash of them cannot be guessed back.
    """

    def __init__(
        self,
        secret: str,
        known: Iterable[tuple[bytes, str]],
        per_device: int,
        store: Callable[[StoreToken], Awaitable[str | None]],
    ) -> None:
        self._secret = secret.encode()
        self._per_device = per_device
        self._store = store
        self._devices: dict[bytes, str] = {}
        self._of_device: dict[str, deque[bytes]] = {}
        for token_hash, device in known:
            self._add(token_hash, device)

    def is_secret(self, text: str) -> bool:
        """Whether this is the operator's secret, in a time that does not depend on where it differs."""
        return hmac.compare_digest(text.encode(), self._secret)

    def is_operator(self, authorization: bytes | None) -> bool:
        """Whether this Authorization header carries the operator's secret."""
        credential = _credential(authorization)
        return credential is not None and hmac.compare_digest(credential, self._secret)

    def device(self, authorization: bytes | None) -> str | None:
        """The device whose token is in this Authorization header (RFC 6750); None without a valid one."""
        credential = _credential(authorization)
        if credential is None:
            return None
        return self._devices.get(hashlib.sha256(credential).digest())

    async def issue(self, device: str) -> tuple[str, str | None]:
        """A new token for a device, and why it could not be stored (None: it is valid and durable)."""
        token = secrets.token_urlsafe(32)
        token_hash = hashlib.sha256(token.encode()).digest()
        error = await self._store(StoreToken(token_hash, device, self._per_device))
        if error is None:
            self._add(token_hash, device)
        return token, error

    def _add(self, token_hash: bytes, device: str) -> None:
        own = self._of_device.setdefault(device, deque())
        own.append(token_hash)
        self._devices[token_hash] = device
        while len(own) > self._per_device:
            del self._devices[own.popleft()]


def _credential(authorization: bytes | None) -> bytes | None:
    if authorization is None or authorization[: len(_BEARER)].lower() != _BEARER:
        return None
    return authorization[len(_BEARER) :].strip()
