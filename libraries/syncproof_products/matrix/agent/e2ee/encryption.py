"""Encrypted rooms as a device lives in them: who gets the room key, when there is a new one, what comes in with a sync.

A room key is handed out before what it opens is sent, and the homeserver is told to forget its copy only by the next
sync, when the key is on disk here. So whatever dies or breaks off, a message waits for its key at most.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from syncproof_products.matrix.agent.e2ee.account import MEGOLM, ONE_TIME, OwnKeys
from syncproof_products.matrix.agent.e2ee.directory import Directory
from syncproof_products.matrix.agent.e2ee.keystore import KeyStore, Outbound, Peer
from syncproof_products.matrix.agent.e2ee.megolm import Megolm
from syncproof_products.matrix.agent.e2ee.olm import NotForUs, Olm
from syncproof_products.matrix.agent.e2ee.peers import Peers
from syncproof_products.matrix.agent.receiving import ENCRYPTED, Closed, Opened
from syncproof_products.matrix.agent.store import Store

_log = logging.getLogger(__name__)

#: A ratchet writes so much and so long at most; what the specification recommends.
ROTATION_MESSAGES = 100
ROTATION_S = 7 * 24 * 3600.0
_OTHER_MAIL = "m.key.verification."
_IN_ROOM = ("join", "invite")
#: Why a device is not given a key, where no later one would help.
_FOR_GOOD = ("m.blacklisted", "m.unverified", "m.unauthorised")


@dataclass(frozen=True)
class DeviceMail:
    """Something that another device has sent to this one, and that is no key."""

    sender: str
    kind: str
    content: dict[str, Any]


@dataclass(frozen=True)
class Sealed:
    """The content of an encrypted event, and what opens it and all that follows: the content of `m.room_key`."""

    content: dict[str, Any]
    key: dict[str, Any]


class Encryption:
    """The cryptography of one device: `device` is its id, `now` its clock in seconds.

    wants: called when keys must be published, or mail waits (`keys`, `mail`).
    """

    def __init__(
        self, user: str, device: str, store: Store, now: Callable[[], float], wants: Callable[[str], None]
    ) -> None:
        self._store, self._now, self.wants = store, now, wants
        self.keys = KeyStore(store)
        self.own = OwnKeys(user, device, self.keys)
        self.peers = Peers(self.keys)
        self.olm = Olm(self.own, self.keys)
        self.megolm = Megolm(self.own, self.keys)
        self._members: dict[str, dict[str, str]] = {}
        #: How often the stream has said, of each room, that somebody came or went: an answer from before is none.
        self._moves: Counter[str] = Counter()
        self._flushing = asyncio.Lock()

    # -- what comes with a sync

    def take(self, answer: dict[str, Any], *, first: bool) -> list[DeviceMail]:
        """Take in what a sync says before its rooms are looked at; what of it is no key, in order.

        first: there was no sync before, so that nobody can say who has changed since.
        """
        mail: list[DeviceMail] = []
        with self.keys.together():
            if first:
                self.peers.all_changed()
            changed = answer.get("device_lists", {}).get("changed", [])
            if changed:
                self.peers.changed(changed)
            for event in answer.get("to_device", {}).get("events", []):
                mail += self._take_mail(event)
        for room, news in answer.get("rooms", {}).get("join", {}).items():
            self._take_members(room, news)
        left = answer.get("device_one_time_keys_count")
        unused = answer.get("device_unused_fallback_key_types")
        if left is not None and self.own.counted(left, unused):
            self.wants("keys")
        return mail

    def _take_mail(self, event: dict[str, Any]) -> list[DeviceMail]:
        sender, kind, content = str(event.get("sender")), str(event.get("type")), event.get("content")
        if not isinstance(content, dict):
            return []
        curve25519 = ""
        if kind == ENCRYPTED:
            try:
                inner, curve25519 = self.olm.decrypt(sender, content)
            except NotForUs as wrong:
                _log.warning("mail of %s is not read: %s", sender, wrong)
                return []
            kind, content = str(inner.get("type")), inner["content"]
        if kind == "m.room_key" and curve25519:  # in the clear anybody could have made it
            if not self.take_room_key(sender, curve25519, content):
                _log.warning("a room key of %s is none", sender)
        elif kind == "m.room_key.withheld" and content.get("code") in _FOR_GOOD:
            why = f"{sender} does not give its key: {content['code']} {content.get('reason', '')}".strip()
            self.keys.put_withheld(str(content.get("room_id")), str(content.get("session_id")), why)
        elif kind.startswith(_OTHER_MAIL):
            return [DeviceMail(sender, kind, content)]
        return []

    def take_room_key(self, sender: str, curve25519: str, content: dict[str, Any]) -> bool:
        """Keep a room key, before the homeserver may forget it; False for one that is none."""
        return self.megolm.take_key(sender, curve25519, content)

    def _take_members(self, room: str, news: dict[str, Any]) -> None:
        """Follow who is in a room; what a sync leaves out is asked for again."""
        timeline = news.get("timeline", {})
        for event in [*news.get("state", {}).get("events", []), *timeline.get("events", [])]:
            if event.get("type") == "m.room.encryption" and event.get("state_key") == "":
                self.found_encrypted(room)
            elif event.get("type") == "m.room.member":
                self._moves[room] += 1
                if room in self._members:
                    membership = str(event.get("content", {}).get("membership"))
                    self._members[room][str(event.get("state_key"))] = membership
        if timeline.get("limited"):
            self.moved(room)

    # -- rooms

    def moved(self, room: str) -> None:
        """Somebody comes or goes, as this device knows before the stream says so: who is there is asked for again."""
        self._moves[room] += 1
        self._members.pop(room, None)

    def found_encrypted(self, room: str) -> None:
        """A room is encrypted, for ever: nobody can take that back."""
        self._store.put(f"encrypted {room}", MEGOLM)

    def is_encrypted(self, room: str) -> bool:
        """Whether nothing may be said in the clear there."""
        return bool(self._store.get(f"encrypted {room}"))

    async def seal(self, directory: Directory, room: str, kind: str, content: dict[str, Any]) -> Sealed:
        """An encrypted event, that nobody else can read before `share`.

        Sent again after a failure it must be the same: what was written with a ratchet is not written again.
        """
        await self.flush(directory)
        peers = await self._recipients(directory, room)
        outbound = self.keys.outbound(room)
        holders = self.keys.holders(outbound.session.session_id) if outbound else set()
        if outbound is None or self._is_spent(outbound) or not holders <= peers.keys():
            outbound = self.megolm.begin(room, self._now())
        key = self.megolm.key_of(room, outbound)
        return Sealed(self.megolm.encrypt(room, kind, content), key)

    async def share(self, directory: Directory, room: str, sealed: Sealed) -> None:
        """Hand the key to all devices of the room that lack it. Before each try to send: somebody may have come.

        When this returns, nobody is known to be in the room who could not read the event.
        """
        while True:
            await self.flush(directory)
            before = (self._moves[room], self.peers.changes)
            peers = await self._recipients(directory, room)
            holders = self.keys.holders(sealed.key["session_id"])
            lacking = [peer for place, peer in peers.items() if place not in holders]
            if lacking:
                await self._hand_out(directory, sealed.key, lacking)
            if before == (self._moves[room], self.peers.changes):
                return

    def open(self, room: str, event: dict[str, Any]) -> Opened | Closed:
        """What is in an encrypted event."""
        return self.megolm.decrypt(room, event)

    def _is_spent(self, outbound: Outbound) -> bool:
        return outbound.messages >= ROTATION_MESSAGES or self._now() - outbound.made >= ROTATION_S

    async def _recipients(self, directory: Directory, room: str) -> dict[tuple[str, str], Peer]:
        """The devices of all who are in a room, or asked in, but this one."""
        while room not in self._members:
            before = self._moves[room]
            members = await directory.members(room)
            if before == self._moves[room]:
                self._members[room] = members
        users = [user for user, membership in self._members[room].items() if membership in _IN_ROOM]
        await self.look_up(directory, users)
        own = (self.own.user, self.own.device)
        found = {(peer.user, peer.device): peer for user in users for peer in self.keys.peers(user)}
        return {place: peer for place, peer in found.items() if place != own}

    async def look_up(self, directory: Directory, users: Iterable[str]) -> None:
        """Know these users' devices as they are now."""
        wanted = self.peers.to_look_up(users)
        if wanted:
            asked_at = self.peers.changes
            self.peers.take(wanted, await directory.query_keys(wanted), asked_at)

    async def _hand_out(self, directory: Directory, key: dict[str, Any], lacking: Sequence[Peer]) -> None:
        """Send a room key to devices; on disk before it goes, so that it goes once more after a crash."""
        strangers = [peer for peer in lacking if not self.olm.knows(peer)]
        if strangers:
            await self._begin_sessions(directory, strangers)
        messages: dict[str, dict[str, Any]] = {}
        with self.keys.together():
            for peer in lacking:
                if self.olm.knows(peer):
                    sealed = self.olm.encrypt(peer, "m.room_key", key)
                    messages.setdefault(peer.user, {})[peer.device] = sealed
                else:
                    _log.warning("%s's device %s has no keys to begin with", peer.user, peer.device)
            if messages:
                self.keys.post(ENCRYPTED, messages, key["session_id"])
        await self.flush(directory)

    async def _begin_sessions(self, directory: Directory, strangers: Sequence[Peer]) -> None:
        wanted: dict[str, dict[str, str]] = {}
        for peer in strangers:
            wanted.setdefault(peer.user, {})[peer.device] = ONE_TIME
        claimed = (await directory.claim_keys(wanted)).get("one_time_keys", {})
        with self.keys.together():
            for peer in strangers:
                self.olm.begin(peer, claimed.get(peer.user, {}).get(peer.device))

    # -- this device's keys, and mail

    async def publish_device(self, directory: Directory) -> None:
        """Tell who this device is, and leave keys for others to begin with."""
        counts = await directory.publish_keys({"device_keys": self.own.device_keys()})
        self.own.counted(counts, [])
        await self.publish(directory)

    async def publish(self, directory: Directory) -> None:
        """Leave more keys for others to begin with."""
        await directory.publish_keys(self.own.to_publish())
        self.own.published()

    def post(self, kind: str, messages: dict[str, dict[str, Any]]) -> None:
        """Send something to devices, in order and until it is there."""
        self.keys.post(kind, messages)
        self.wants("mail")

    async def flush(self, directory: Directory) -> None:
        """Send the mail that waits; under the same transaction id each time, so that it arrives once."""
        async with self._flushing:
            while (mail := self.keys.waiting_mail()) is not None:
                await directory.send_to_devices(mail.kind, f"{self.own.device}-{mail.n}", mail.messages)
                reached = [(user, device) for user, devices in mail.messages.items() for device in devices]
                self.keys.mailed(mail, reached)
