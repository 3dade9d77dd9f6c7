"""One room of a homeserver, in memory: a log, sync answers that leave out what is too much, history in pages."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from syncproof_products.matrix.agent.content import MESSAGE, event_of
from syncproof_products.matrix.agent.homeserver import Page
from syncproof_products.matrix.agent.http import ExchangeFailed
from syncproof_products.matrix.agent.receiving import ENCRYPTED, Closed, Opened, Receiver
from syncproof_products.matrix.agent.store import Delivery, Store

GROUP, ROOM, LIMIT = "friends", "!room:test", 3
JOIN = {
    "type": "m.room.member",
    "state_key": "@b:test",
    "event_id": "$0",
    "sender": "@b:test",
    "content": {"membership": "join"},
}


class Room:
    """Tokens are positions in the log. failing: the next so many requests for history break off."""

    def __init__(self) -> None:
        self.log: list[dict[str, Any]] = [JOIN]
        self.failing = 0

    def say(self, session: str = "") -> str:
        """Another message, encrypted in a session where one is named; its event id."""
        kind, content = event_of("append", None, json.dumps({"op_id": f"op-{len(self.log)}"}), ())
        if session:
            kind, content = ENCRYPTED, {"session_id": session, "index": len(self.log), "inside": content}
        self.log.append(
            {"type": kind, "content": content, "sender": "@a:test", "event_id": f"${len(self.log)}"}
        )
        return f"${len(self.log) - 1}"

    def sync(self, since: str) -> dict[str, Any]:
        """The last few events behind a token, and whether there were more."""
        news = self.log[int(since or 0) :]
        timeline = {"events": news[-LIMIT:], "limited": len(news) > LIMIT}
        rooms = {"join": {ROOM: {"timeline": timeline}}} if news else {}
        return {"rooms": rooms, "next_batch": str(len(self.log))}

    async def history(self, room: str, start: str | None, limit: int) -> Page:
        """A page behind a token."""
        assert room == ROOM
        if self.failing:
            self.failing -= 1
            raise ExchangeFailed("history: the connection broke off")
        begin = int(start or 0)
        page = self.log[begin : begin + limit]
        return Page(page, str(begin + len(page)) if page else None)


class Vault:
    """The room keys that have come. They are on disk: they outlive the process."""

    def __init__(self) -> None:
        self.keys: set[str] = set()
        self.refused: set[str] = set()

    def open(self, room: str, event: dict[str, Any]) -> Opened | Closed:
        """As Megolm does."""
        assert room == ROOM
        content = event["content"]
        session = content["session_id"]
        if session not in self.keys:
            return Closed("its key is not here", for_good=session in self.refused)
        return Opened(
            event | {"type": MESSAGE, "content": content["inside"]}, f"{session}/{content['index']}"
        )


class Client:
    """A device's receiving half over a store that outlives it. joined: it was in the room, empty, long before."""

    def __init__(self, room: Room, directory: Path, *, joined: bool = True) -> None:
        self._room, self._directory = room, directory
        self.vault = Vault()
        self.told: list[tuple[str, dict[str, object]]] = []
        self._open(ROOM if joined else None)

    def _open(self, room: str | None = None) -> None:
        self.store = Store(self._directory)
        if GROUP not in self.store.groups():
            self.store.put_group(GROUP, room, ["@a:test", "@b:test"])
        self.receiver = Receiver(
            self.store,
            lambda kind, fields: self.told.append((kind, fields)),
            self._deliver,
            "@b:test",
            lambda room, event: self.vault.open(room, event),
        )
        self.receiver.begin()

    def _deliver(self, added: list[Delivery]) -> None:
        for delivery in added:
            self.told.append(("deliver", {"n": delivery.n}))

    def join(self) -> None:
        """The homeserver has answered: the room is this device's. (The stream may have told of it long before.)"""
        self.store.put_room(GROUP, ROOM)
        self.receiver.joined(GROUP, ROOM)

    def sync(self) -> None:
        """One answer of the stream."""
        self.receiver.take(self._room.sync(self.receiver.since), "live")
        self.receiver.end_all()

    def fill(self) -> None:
        """Close the gaps, as far as the network lets us."""
        for timeline in self.receiver.incomplete():
            try:
                asyncio.run(self.receiver.fill(timeline, self._room, 2))
            except ExchangeFailed:
                return
        self.receiver.end_all()

    def die(self) -> None:
        """kill -9, and a new process on the same directory."""
        self.store.close()
        self._open()

    def connect(self) -> None:
        """Another session of the same process: a wake, or another address."""
        self.receiver.begin()

    def delivered(self) -> list[str]:
        """Event ids, in the order of the delivery log."""
        return [delivery.message.event for delivery in self.store.deliveries(0, 1000)]
