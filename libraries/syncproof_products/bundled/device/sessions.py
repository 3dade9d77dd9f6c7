"""The secured connections of a device: its keys, the relay's, and what is told of them."""

from __future__ import annotations

import os
from collections.abc import Callable

import httpcore

from syncproof_products.bundled.core.actions import Observe
from syncproof_products.bundled.device.session_state import SessionState, State

#: How the fact is called that holds the relay's public key, as it was at the first handshake.
RELAY_KEY = "relay_key"


class Sessions:
    """Secures a network.

    identity: the device's own secret key. relay_key: the relay's public one (hex), where it is known. keep: stores it,
    when it is first known: from then on no other relay is believed. observer: hears of each change of the state.
    """

    def __init__(
        self,
        identity: bytes,
        relay_key: str | None,
        handshake_s: float,
        keep: Callable[[str], None],
        observer: Callable[[Observe], None],
    ) -> None:
        self._identity, self._handshake_s, self._keep = identity, handshake_s, keep
        self._observer = observer
        self._relay_key = bytes.fromhex(relay_key) if relay_key else None
        self.state = SessionState(self._told)

    def secured(self, network: httpcore.AsyncNetworkBackend) -> httpcore.AsyncNetworkBackend:
        """The same network with secured connections. The libraries are imported with the first."""
        from syncproof_products.bundled.device.secure_network import SecureNetwork
        from syncproof_synckit.encryption.channel import Channel
        from syncproof_synckit.encryption.noise.dh import DhKeys
        from syncproof_synckit.encryption.noise.handshake import Role

        static = DhKeys(self._identity)

        def channel() -> Channel:
            return Channel(Role.INITIATOR, static, random=os.urandom, known=self._relay_key)

        return SecureNetwork(network, channel, self._handshake_s, self.state, self._known)

    @property
    def relay_key(self) -> bytes | None:
        """The relay's public key; None as long as nobody has told it."""
        return self._relay_key

    def proof(self, lookup: str) -> str:
        """What this device alone can show of an invite, again and again."""
        from syncproof_synckit.encryption.hkdf import expand
        from syncproof_synckit.encryption.secret import Secret

        return expand(Secret(self._identity), b"use of invite " + lookup.encode(), 32).reveal().hex()

    def believe(self, key: bytes | None) -> None:
        """No other relay than the one with this key, which a member has told; None: whichever comes first."""
        self._relay_key = key

    def keep_believed(self) -> None:
        """What was told has proved right."""
        if self._relay_key is not None:
            self._keep(self._relay_key.hex())

    def _known(self, key: bytes) -> None:
        if self._relay_key is None:
            self._relay_key = key
            self._keep(key.hex())

    def _told(self, state: State, attempt: int, more: dict[str, object]) -> None:
        self._observer(Observe("session", {"state": state, "attempt": attempt, **more}))
