"""A client that follows channels and publishes on them: what it keeps, and what it tells of itself."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Literal

from syncproof_agentkit.client import Client, ClientStore, Observe

#: What a server has to count its subscribers, seconds. Whoever asks an agent gives up some time later.
COUNT_S = 5.0

ChannelState = Literal["connecting", "connected", "reconnecting", "disconnected"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS channels (name TEXT PRIMARY KEY, confirmed INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS deliveries (
    n INTEGER PRIMARY KEY, t_ns INTEGER NOT NULL, channel TEXT NOT NULL, id TEXT NOT NULL UNIQUE, op_id TEXT NOT NULL,
    author TEXT NOT NULL, digest TEXT NOT NULL, size INTEGER NOT NULL);
"""


@dataclass(frozen=True)
class Delivery:
    """An event that the application was told of. n, t_ns: its number in the client's own log, and when.

    id: what the product knows it by, the same however often it comes.
    """

    n: int
    t_ns: int
    channel: str
    id: str
    op_id: str
    author: str
    digest: str
    size: int


class ChannelStore(ClientStore):
    """One client's file. Every method is one transaction, or a part of one that has begun."""

    def __init__(self, directory: Path) -> None:
        """Open it. Raises StoreError."""
        super().__init__(directory, _SCHEMA)

    def channels(self) -> dict[str, bool]:
        """Those that it follows, with whether a server has ever confirmed that."""
        rows = self._db.execute("SELECT name, confirmed FROM channels ORDER BY name")
        return {name: bool(confirmed) for name, confirmed in rows}

    def follow(self, channel: str) -> None:
        """Follow a channel."""
        self._db.execute("INSERT OR IGNORE INTO channels (name) VALUES (?)", (channel,))

    def leave(self, channel: str) -> None:
        """Follow it no more."""
        self._db.execute("DELETE FROM channels WHERE name = ?", (channel,))

    def put_confirmed(self, channel: str) -> None:
        """A server has confirmed it."""
        self._db.execute("UPDATE channels SET confirmed = 1 WHERE name = ?", (channel,))

    def append(self, delivery: Delivery) -> bool:
        """Append a delivery; whether it was a new one."""
        try:
            self._db.execute("INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, ?, ?, ?)", astuple(delivery))
        except sqlite3.IntegrityError:
            return False
        return True

    def deliveries(self, after: int, limit: int) -> Iterator[Delivery]:
        """A page of the delivery log."""
        rows = self._db.execute("SELECT * FROM deliveries WHERE n > ? ORDER BY n LIMIT ?", (after, limit))
        return (Delivery(*row) for row in rows)


class ChannelClient(Client):
    """See `Client`. reconnects: connections that it has had. duplicates: events that came once more."""

    store: ChannelStore

    def __init__(self, name: str, store: ChannelStore, observe: Observe) -> None:
        super().__init__(name, store, observe)
        self.store = store
        self.reconnects = self.duplicates = 0
        self._state: ChannelState = "disconnected"

    # -- what a product says

    def subscribe(self, channel: str) -> None:
        """Follow a channel, also over a restart."""
        raise NotImplementedError

    def unsubscribe(self, channel: str) -> None:
        """Follow it no more."""
        raise NotImplementedError

    def follows(self, channel: str) -> bool:
        """Whether it wants to."""
        raise NotImplementedError

    def publish(self, op_id: str, channel: str, body: str) -> None:
        """Publish an event, behind the others. Raises AgentError where the body is no event."""
        raise NotImplementedError

    async def count(self, channel: str) -> int:
        """How many subscribers its server instance counts. Raises AgentError where it does not."""
        raise NotImplementedError

    @property
    def retries_scheduled(self) -> int:
        """How many, in all."""
        raise NotImplementedError

    # -- what it tells

    def _delivery(self, channel: str, event_id: str, op_id: str, author: str, content: bytes) -> Delivery:
        """The next delivery of its log. content: what the application gets, of which a digest is kept."""
        digest = hashlib.sha256(content).hexdigest()
        n = self.store.count() + 1
        return Delivery(n, time.monotonic_ns(), channel, event_id, op_id, author, digest, len(content))

    def _tell_delivered(self, delivery: Delivery, *, new: bool) -> None:
        if new:
            self._observe("deliver", {"n": delivery.n})
        else:
            self.duplicates += 1

    def _tell_subscription(self, channel: str, state: str) -> None:
        """What became of one, in the words of such clients and in those of the agent protocol."""
        if state == "confirmed":
            self.store.put_confirmed(channel)
        if group := {"confirmed": "joined", "left": "left"}.get(state):
            self._observe("group", {"group": channel, "state": group})
        self._observe("channel_subscription", {"channel": channel, "state": state})

    def _tell_state(self, state: ChannelState, unconfirmed: int, reason: str) -> None:
        """How it is connected, in the words of such clients and in those of the agent protocol.

        unconfirmed: of how many channels its server has not confirmed on this connection what it wants.
        """
        if state != self._state:
            self._state = state
            self._observe("channel_state", {"state": state, "reason": reason})
        if state == "connected":
            self._show("catching_up" if unconfirmed else "live", reason)
        elif state != "disconnected":
            self._show("connecting", reason)
