"""The devices of others: looked up when they are needed, and again when the homeserver says that they have changed."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from syncproof_products.matrix.agent.e2ee import signing
from syncproof_products.matrix.agent.e2ee.keystore import KeyStore, Peer

_log = logging.getLogger(__name__)


class Peers:
    """Who has which devices. A device is known by the keys that it was first seen with; others are not taken."""

    def __init__(self, keys: KeyStore) -> None:
        self._keys = keys
        self._changes = 0

    def changed(self, users: Iterable[str]) -> None:
        """The homeserver says that these have other devices than before."""
        self._changes += 1
        for user in users:
            self._keys.outdate(user)

    def all_changed(self) -> None:
        """Nobody has told since when: everybody has to be looked up again."""
        self._changes += 1
        self._keys.outdate()

    def to_look_up(self, users: Iterable[str]) -> list[str]:
        """Those whose devices are not known as they are now."""
        return [user for user in users if not self._keys.up_to_date(user)]

    @property
    def changes(self) -> int:
        """How often something has changed: pass it on with the answer to a question that was asked then."""
        return self._changes

    def take(self, users: Iterable[str], answer: dict[str, Any], asked_at: int) -> None:
        """Take in an answer to /keys/query about users. asked_at: `changes` when it was asked."""
        found = answer.get("device_keys", {})
        with self._keys.together():
            for user in users:
                if user not in found and answer.get("failures"):
                    continue  # their homeserver did not answer: still to be looked up
                self._replace(user, found.get(user, {}))
                self._keys.track(user, outdated=asked_at != self._changes)

    def _replace(self, user: str, devices: dict[str, Any]) -> None:
        known = {peer.device: peer for peer in self._keys.peers(user)}
        for device, content in devices.items():
            peer = read_peer(user, device, content)
            if peer is None:
                _log.warning("the keys of %s's device %s are not signed by it: not taken", user, device)
            elif device not in known:
                self._keys.put_peer(peer)
            elif known[device].ed25519 != peer.ed25519:
                _log.warning("%s's device %s has another key than before: not taken", user, device)
        for device, peer in known.items():
            if device not in devices:
                self._keys.forget_peer(peer)


def read_peer(user: str, device: str, content: Any) -> Peer | None:
    """A device as its `device_keys` tell of it; None for what it has not signed itself."""
    try:
        keys = content["keys"]
        peer = Peer(user, device, str(keys[f"curve25519:{device}"]), str(keys[f"ed25519:{device}"]))
        meant = (content["user_id"], content["device_id"]) == (user, device)
    except (KeyError, TypeError):
        return None
    return peer if meant and signing.holds(content, user, device, peer.ed25519) else None
