"""A homeserver in memory as far as keys and mailboxes go, and devices that live on it with real ratchets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from syncproof_products.matrix.agent.e2ee.encryption import DeviceMail, Encryption, Sealed
from syncproof_products.matrix.agent.http import ExchangeFailed
from syncproof_products.matrix.agent.receiving import Closed, Opened
from syncproof_products.matrix.agent.store import Store

ROOM = "!room:test"
Answer = dict[str, Any]


class Town:
    """Keys, mailboxes and one room. failing: the next so many requests are answered, and the answer is lost.

    meanwhile: called once, when the room's members were read and the answer is on its way.
    """

    def __init__(self) -> None:
        self.devices: dict[tuple[str, str], Answer] = {}
        self.one_time: dict[tuple[str, str], dict[str, Any]] = {}
        self.fallback: dict[tuple[str, str], dict[str, Any]] = {}
        self.mail: dict[tuple[str, str], list[Answer]] = {}
        self.changed: dict[tuple[str, str], list[str]] = {}
        self.room: dict[str, str] = {}
        self.done: set[tuple[str, str, str]] = set()
        self.asked: list[str] = []
        self.failing = 0
        self.meanwhile: Callable[[], None] | None = None


class Account:
    """What one device asks of the town (`Directory`)."""

    def __init__(self, town: Town, user: str, device: str) -> None:
        self.town, self.place = town, (user, device)

    async def publish_keys(self, keys: Answer) -> dict[str, int]:
        town = self.town
        if "device_keys" in keys:
            town.devices[self.place] = keys["device_keys"]
            for place in town.devices:
                town.changed.setdefault(place, []).append(self.place[0])
        town.one_time.setdefault(self.place, {}).update(keys.get("one_time_keys", {}))
        town.fallback.setdefault(self.place, {}).update(keys.get("fallback_keys", {}))
        self._answer("publish")
        return {"signed_curve25519": len(town.one_time[self.place])}

    async def query_keys(self, users: Sequence[str]) -> Answer:
        self._answer("query")
        found: dict[str, Answer] = {user: {} for user in users}
        for (user, device), keys in self.town.devices.items():
            if user in found:
                found[user][device] = json.loads(json.dumps(keys))
        return {"device_keys": found}

    async def claim_keys(self, wanted: dict[str, dict[str, str]]) -> Answer:
        found: dict[str, Answer] = {}
        for user, devices in wanted.items():
            for device in devices:
                one_time = self.town.one_time.get((user, device), {})
                fallback = self.town.fallback.get((user, device), {})
                name = next(iter(one_time or fallback), "")
                if name:
                    content = one_time.pop(name) if one_time else fallback[name]
                    found.setdefault(user, {})[device] = {name: content}
        self._answer("claim")
        return {"one_time_keys": found}

    async def send_to_devices(self, kind: str, transaction: str, messages: Answer) -> None:
        place = (*self.place, transaction)
        if place not in self.town.done:
            self.town.done.add(place)
            for user, devices in messages.items():
                for device, content in devices.items():
                    event = {
                        "type": kind,
                        "sender": self.place[0],
                        "content": json.loads(json.dumps(content)),
                    }
                    self.town.mail.setdefault((user, device), []).append(event)
        self._answer("mail")

    async def members(self, room: str) -> dict[str, str]:
        assert room == ROOM
        found = dict(self.town.room)
        self._answer("members")
        meanwhile, self.town.meanwhile = self.town.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return found

    def _answer(self, what: str) -> None:
        self.town.asked.append(what)
        if self.town.failing:
            self.town.failing -= 1
            raise ExchangeFailed(f"{what}: the answer is lost")


class Citizen:
    """One device. Its store outlives its process."""

    def __init__(self, town: Town, user: str, folder: Path, device: str = "ONE") -> None:
        self.town, self.user, self.device, self._folder = town, user, device, folder / f"{user[1:]}-{device}"
        self.account = Account(town, user, device)
        self.now, self.wants, self.numbers = 0.0, list[str](), 0
        self._open()
        self.first = True
        asyncio.run(self.encryption.publish_device(self.account))
        town.room[user] = "join"

    def _open(self) -> None:
        self.store = Store(self._folder)
        self.encryption = Encryption(self.user, self.device, self.store, lambda: self.now, self.wants.append)

    def die(self) -> None:
        """kill -9, and a new process on the same directory."""
        self.store.close()
        self._open()

    def sync(self, *, again: bool = False) -> list[DeviceMail]:
        """Take what waits. again: the homeserver does not know that it was taken, and hands it out once more."""
        place = (self.user, self.device)
        mail = self.town.mail.get(place, [])
        changed = self.town.changed.get(place, [])
        news = {
            "to_device": {"events": list(mail)},
            "device_lists": {"changed": list(changed)},
            "device_one_time_keys_count": {"signed_curve25519": len(self.town.one_time[place])},
            "device_unused_fallback_key_types": ["signed_curve25519"],
        }
        taken = self.encryption.take(news, first=self.first)
        self.first = False
        if not again:
            mail.clear()
            changed.clear()
        return taken

    def run(self, doing: Coroutine[Any, Any, None]) -> None:
        """Something that asks the town."""
        asyncio.run(doing)

    def tell_membership(self, user: str, membership: str) -> None:
        """The stream says that somebody came or went."""
        event = {"type": "m.room.member", "state_key": user, "content": {"membership": membership}}
        self.encryption.take(
            {
                "rooms": {"join": {ROOM: {"timeline": {"events": [event]}}}},
                "device_one_time_keys_count": {"signed_curve25519": 50},
            },
            first=False,
        )

    def write(self, text: str) -> Answer:
        """An encrypted event; tried until the town has all that must be there before it."""
        sealed: Sealed | None = None
        while True:
            try:
                if sealed is None:
                    sealing = self.encryption.seal(self.account, ROOM, "m.room.message", {"body": text})
                    sealed = asyncio.run(sealing)
                self.run(self.encryption.share(self.account, ROOM, sealed))
            except ExchangeFailed:
                continue
            self.numbers += 1
            return {
                "type": "m.room.encrypted",
                "sender": self.user,
                "event_id": f"${self.user}{self.numbers}",
                "content": sealed.content,
            }

    def read(self, event: Answer) -> str:
        """What it says; `closed: ...` where it cannot be read."""
        opened = self.encryption.open(ROOM, event)
        if isinstance(opened, Closed):
            return f"closed: {opened.why}"
        assert isinstance(opened, Opened)
        return str(opened.event["content"]["body"])
