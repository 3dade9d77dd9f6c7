"""Megolm: what is written in an encrypted room. A device writes with a ratchet of its own, and hands out the key."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import vodozemac

from syncproof_products.matrix.agent.e2ee.account import MEGOLM, OwnKeys
from syncproof_products.matrix.agent.e2ee.keystore import KeyStore, Outbound, RoomKey
from syncproof_products.matrix.agent.receiving import Closed, Opened


class Megolm:
    """The ratchets of this device: one of its own for each room, and those of others."""

    def __init__(self, own: OwnKeys, keys: KeyStore) -> None:
        self._own, self._keys = own, keys
        self._kept: dict[tuple[str, str], RoomKey] = {}

    # -- writing

    def begin(self, room: str, now: float) -> Outbound:
        """A new ratchet for what this device writes in a room from here on; it can read that itself."""
        outbound = Outbound(vodozemac.GroupSession(), now, 0)
        key = vodozemac.InboundGroupSession(outbound.session.session_key)
        with self._keys.together():
            self._keys.put_outbound(room, outbound)
            self._keys.put_room_key(room, RoomKey(key, self._own.user, self._own.curve25519))
        return outbound

    def key_of(self, room: str, outbound: Outbound) -> dict[str, Any]:
        """What opens everything that is written with a ratchet from here on: the content of `m.room_key`."""
        session = outbound.session
        return {
            "algorithm": MEGOLM,
            "room_id": room,
            "session_id": session.session_id,
            "session_key": session.session_key.to_base64(),
        }

    def encrypt(self, room: str, kind: str, content: dict[str, Any]) -> dict[str, Any]:
        """The content of an encrypted event; the ratchet has moved on disk when this returns. Needs `begin`."""
        outbound = self._keys.outbound(room)
        assert outbound is not None, "a room key comes before what is written with it"
        inner = json.dumps({"type": kind, "content": content, "room_id": room}, ensure_ascii=False)
        text = outbound.session.encrypt(inner.encode()).to_base64()
        outbound.messages += 1
        self._keys.put_outbound(room, outbound)
        return {
            "algorithm": MEGOLM,
            "sender_key": self._own.curve25519,
            "device_id": self._own.device,
            "session_id": outbound.session.session_id,
            "ciphertext": text,
        }

    # -- reading

    def take_key(self, sender: str, curve25519: str, content: dict[str, Any]) -> bool:
        """A room key that a device has handed out; on disk when this returns. False for one that is none."""
        try:
            room, number = str(content["room_id"]), str(content["session_id"])
            session = vodozemac.InboundGroupSession(vodozemac.SessionKey(str(content["session_key"])))
        except (KeyError, ValueError):
            return False
        if content.get("algorithm") != MEGOLM or session.session_id != number:
            return False
        known = self.key(room, number)
        if known is not None and (
            known.curve25519 != curve25519 or known.session.first_known_index <= session.first_known_index
        ):
            return True  # the one that is here opens as much, or is not theirs to replace
        self.keep_key(room, RoomKey(session, sender, curve25519))
        return True

    def keep_key(self, room: str, key: RoomKey) -> None:
        """On disk first."""
        self._keys.put_room_key(room, key)
        self._kept[(room, key.session.session_id)] = key

    def key(self, room: str, session: str) -> RoomKey | None:
        """The key of a session in a room, if it has come."""
        place = (room, session)
        if place not in self._kept:
            found = self._keys.room_key(room, session)
            if found is None:
                return None
            self._kept[place] = found
        return self._kept[place]

    def decrypt(self, room: str, event: dict[str, Any]) -> Opened | Closed:
        """What is in an encrypted event of a room."""
        content = event.get("content")
        if not isinstance(content, dict):
            return Closed("it has no content", for_good=True)
        session = str(content.get("session_id", ""))
        if content.get("algorithm") != MEGOLM:
            return Closed(f"nobody here knows {content.get('algorithm')!r}", for_good=True)
        key = self.key(room, session)
        if key is None:
            why = self._keys.withheld(room, session)
            return Closed(why or f"the key of session {session} is not here", for_good=bool(why))
        if key.user != event.get("sender"):
            return Closed(f"its key belongs to {key.user}", for_good=True)
        try:
            message = vodozemac.MegolmMessage.from_base64(str(content.get("ciphertext", "")))
            if message.message_index() < key.session.first_known_index:
                return Closed("the key that is here opens only what came later", for_good=False)
            opened = key.session.decrypt(message)
            inner = msgspec.json.decode(opened.plaintext)
            there = (inner["room_id"], inner["type"], inner["content"])
        except (KeyError, TypeError, ValueError, RecursionError) as wrong:
            return Closed(f"it cannot be decrypted: {wrong}", for_good=True)
        if there[0] != room:
            return Closed("it was written in another room", for_good=True)
        clear = {
            "type": there[1],
            "content": there[2],
            "sender": event["sender"],
            "event_id": event["event_id"],
        }
        return Opened(clear, f"{session}/{opened.message_index}")
