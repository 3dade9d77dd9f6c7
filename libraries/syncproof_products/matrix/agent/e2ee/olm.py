"""Olm: what one device says to another, for instance a room key, so that nobody between them can read it."""

from __future__ import annotations

import base64
import json
from typing import Any

import msgspec
import vodozemac

from syncproof_products.matrix.agent.e2ee import signing
from syncproof_products.matrix.agent.e2ee.account import OLM, ONE_TIME, OwnKeys
from syncproof_products.matrix.agent.e2ee.keystore import KeyStore, Peer

#: Sessions with one device that are tried; two that begin at the same time make two.
_TRIED = 5


class NotForUs(Exception):
    """A message that this device cannot read, or must not believe; the message says why."""


class Olm:
    """The sessions of this device with others."""

    def __init__(self, own: OwnKeys, keys: KeyStore) -> None:
        self._own, self._keys = own, keys

    def knows(self, peer: Peer) -> bool:
        """Whether there is a session with it."""
        return bool(self._keys.olm_sessions(peer.curve25519))

    def begin(self, peer: Peer, claimed: Any) -> bool:
        """Begin a session with a one-time key as /keys/claim answers it; False for one without its signature."""
        for name, content in (claimed or {}).items():
            if name.startswith(f"{ONE_TIME}:") and signing.holds(
                content, peer.user, peer.device, peer.ed25519
            ):
                try:
                    session = self._own.account.create_outbound_session(
                        vodozemac.Curve25519PublicKey.from_base64(peer.curve25519),
                        vodozemac.Curve25519PublicKey.from_base64(str(content["key"])),
                    )
                except (KeyError, ValueError):
                    continue
                self._keys.put_olm_session(peer.curve25519, session)
                return True
        return False

    def encrypt(self, peer: Peer, kind: str, content: dict[str, Any]) -> dict[str, Any]:
        """An event for a device with which there is a session; the ratchet is on disk when this returns."""
        session = self._keys.olm_sessions(peer.curve25519)[0]
        inner = {
            "type": kind,
            "content": content,
            "sender": self._own.user,
            "recipient": peer.user,
            "recipient_keys": {"ed25519": peer.ed25519},
            "keys": {"ed25519": self._own.ed25519},
            "sender_device_keys": self._own.device_keys(),
        }
        number, text = session.encrypt(json.dumps(inner).encode()).to_parts()
        self._keys.put_olm_session(peer.curve25519, session)
        parts = {"type": number, "body": _unpadded(text)}
        return {"algorithm": OLM, "sender_key": self._own.curve25519, "ciphertext": {peer.curve25519: parts}}

    def decrypt(self, sender: str, content: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """The event that a user's device has sent to this one, and that device's key. Raises NotForUs."""
        try:
            curve25519 = str(content["sender_key"])
            parts = content["ciphertext"][self._own.curve25519]
            message = vodozemac.AnyOlmMessage.from_parts(int(parts["type"]), _padded(str(parts["body"])))
            algorithm = content["algorithm"]
        except (KeyError, TypeError, ValueError, OverflowError) as wrong:
            raise NotForUs(f"it is no Olm message for this device: {wrong!r}") from None
        if algorithm != OLM:
            raise NotForUs(f"nobody here knows {algorithm!r}")
        event = self._open(curve25519, message)
        if event.get("sender") != sender or event.get("recipient") != self._own.user:
            raise NotForUs("its sender or recipient are others than the homeserver says")
        if _signing_key(event, "recipient_keys") != self._own.ed25519:
            raise NotForUs("it is meant for another device")
        self._check_keys(sender, curve25519, event)
        return event, curve25519

    def _open(self, curve25519: str, message: vodozemac.AnyOlmMessage) -> dict[str, Any]:
        first = message.to_pre_key()
        for session in self._keys.olm_sessions(curve25519)[:_TRIED]:
            if first is not None and not session.session_matches(first):
                continue
            try:
                text = session.decrypt(message)
            except vodozemac.OlmDecryptionException:
                continue
            self._keys.put_olm_session(curve25519, session)
            return _read(text)
        if first is None:
            raise NotForUs("no session of this device opens it")
        try:
            key = vodozemac.Curve25519PublicKey.from_base64(curve25519)
            session, text = self._own.account.create_inbound_session(key, first)
        except ValueError as wrong:  # also the second copy of a message that was read before
            raise NotForUs(f"no session begins with it: {wrong}") from None
        self._keys.put_account(self._own.account)  # a one-time key is spent
        self._keys.put_olm_session(curve25519, session)
        return _read(text)

    def _check_keys(self, sender: str, curve25519: str, event: dict[str, Any]) -> None:
        """A known device must say of itself what is known of it: nobody else can write in its name."""
        claimed = _signing_key(event, "keys")
        for peer in self._keys.peers(sender):
            if peer.curve25519 == curve25519 and peer.ed25519 != claimed:
                raise NotForUs("it names another key than its device is known by")


def _signing_key(event: dict[str, Any], name: str) -> object:
    keys = event.get(name)
    return keys.get("ed25519") if isinstance(keys, dict) else None


def _read(text: bytes) -> dict[str, Any]:
    try:
        event = msgspec.json.decode(text)  # strictly: what is half a character would be kept nowhere
    except (ValueError, RecursionError) as wrong:
        raise NotForUs(f"it holds no JSON: {wrong}") from None
    if not isinstance(event, dict) or not isinstance(event.get("content"), dict):
        raise NotForUs("it holds no event")
    return event


def _unpadded(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")


def _padded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))
