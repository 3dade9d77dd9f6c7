"""What comes to a device: the sync stream, and the room's history wherever the stream has left something out.

`/sync` answers at most so many events of a room and says `limited` where there were more. What it left out is fetched
page by page from the room's history, oldest first; newer events wait until the gap is closed. The sync token is kept
only when no gap is open, so that a device that dies in between finds the gap again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from matrixagent.content import message_of
from matrixagent.homeserver import Page
from matrixagent.patience import Observe
from matrixagent.store import Delivery, Message, Store
from syncstack.agent.requests import op_id_inside


class Rooms(Protocol):
    """Where the history of rooms is read (the homeserver)."""

    async def history(self, room: str, start: str | None, limit: int) -> Page:
        """The room's events behind a token (from its beginning for None), oldest first."""


@dataclass
class Timeline:
    """One room as it comes in. gaps: tokens behind which history is missing (None: from the room's beginning).

    held: newer messages that wait for the gaps to close. cursor: how far the first gap is filled.
    """

    group: str
    room: str
    gaps: list[str | None] = field(default_factory=list)
    held: list[Message] = field(default_factory=list)
    cursor: str | None = None
    catching_up: bool = False


class Receiver:
    """Takes in what a homeserver says, and delivers it to the application in the room's order.

    delivered: called with what was added to the delivery log, after it is on disk.
    """

    def __init__(self, store: Store, observe: Observe, delivered: Callable[[list[Delivery]], None]) -> None:
        self._store, self._observe, self._delivered = store, observe, delivered
        self.timelines: dict[str, Timeline] = {}
        self.since = ""
        self.batches = 0
        self.duplicates = 0

    def begin(self) -> None:
        """Start from what is on disk."""
        self.since = self._store.get("since")
        rooms = {name: room for name, (room, _) in self._store.groups().items() if room}
        self.timelines = {room: Timeline(name, room) for name, room in rooms.items()}

    def joined(self, group: str, room: str) -> None:
        """A room is ours from now on. The stream may have told of it before we knew: read it from its beginning."""
        timeline = self.timelines.setdefault(room, Timeline(group, room))
        if not timeline.gaps:
            timeline.gaps.append(None)
        self._start(timeline, "joined")

    @property
    def held(self) -> int:
        """How many messages wait for a gap to close."""
        return sum(len(timeline.held) for timeline in self.timelines.values())

    def incomplete(self) -> list[Timeline]:
        """Rooms whose history has gaps."""
        return [timeline for timeline in self.timelines.values() if timeline.gaps]

    def take(self, answer: dict[str, Any], path: str) -> None:
        """Take in the answer to a sync. path: `catchup` for the first one after a connection, else `live`."""
        ready: list[Message] = []
        for room, news in answer.get("rooms", {}).get("join", {}).items():
            timeline = self.timelines.get(room)
            if timeline is None:
                continue  # not ours yet: `joined` will read it from its beginning
            stream = news.get("timeline", {})
            messages = self._messages(timeline, stream.get("events", []))
            if self.left_something_out(stream):
                timeline.gaps.append(self.since or None)
                self._start(timeline, "limited")
            if timeline.gaps:
                self._hold(timeline, messages)
            else:
                if timeline.catching_up and messages:
                    self._page(timeline, len(messages))
                ready += messages
        self.since = str(answer["next_batch"])
        self._deliver(ready, path)

    def left_something_out(self, stream: dict[str, Any]) -> bool:
        """Whether there were more events than the homeserver has put into this answer."""
        return bool(stream.get("limited"))

    async def fill(self, timeline: Timeline, homeserver: Rooms, limit: int) -> None:
        """Close the room's gaps, page by page up to its live end; called again after a failure, it goes on.

        Up to the live end, and not up to the first event held: events of several authors can have their place in the
        history before one that the stream told of earlier.
        """
        while timeline.gaps:
            start = timeline.gaps[0] if timeline.cursor is None else timeline.cursor
            page = await homeserver.history(timeline.room, start, limit)
            messages = self._messages(timeline, page.events)
            if messages:
                self._page(timeline, len(messages))
                self._deliver(messages, "backfill")
            if page.events and page.end is not None:
                timeline.cursor = page.end
            else:
                timeline.gaps.pop(0)
                timeline.cursor = None
        held, timeline.held = timeline.held, []
        self._deliver(held, "live")

    def start_all(self, reason: str) -> None:
        """The connection is new: everything that comes first is catch-up."""
        for timeline in self.timelines.values():
            self._start(timeline, reason)

    def end_all(self) -> None:
        """Rooms without gaps are up to date."""
        for timeline in self.timelines.values():
            if timeline.catching_up and not timeline.gaps:
                timeline.catching_up = False
                self._tell(timeline, "ended", 0, "")

    def _start(self, timeline: Timeline, reason: str) -> None:
        if not timeline.catching_up:
            timeline.catching_up = True
            self._tell(timeline, "started", 0, reason)

    def _page(self, timeline: Timeline, got: int) -> None:
        self.batches += 1
        self._tell(timeline, "page", got, "")

    def _tell(self, timeline: Timeline, state: str, got: int, reason: str) -> None:
        after = self._store.count_of(timeline.group)
        head = after + got + len(timeline.held)
        self._observe(
            "catchup",
            {
                "group": timeline.group,
                "state": state,
                "after": after,
                "got": got,
                "head": head,
                "reason": reason,
            },
        )

    def _messages(self, timeline: Timeline, events: Sequence[dict[str, Any]]) -> list[Message]:
        """The new messages among events."""
        found = [message for event in events if (message := message_of(event, timeline.group)) is not None]
        new = [message for message in found if not self._store.has(message.event)]
        self.duplicates += len(found) - len(new)
        return new

    def _hold(self, timeline: Timeline, messages: list[Message]) -> None:
        timeline.held += messages
        for message in messages:
            self._observe(
                "held",
                {
                    "group": timeline.group,
                    "op_id": op_id_inside(message.body),
                    "version": message.event,
                    "server_order": None,
                },
            )

    def _deliver(self, messages: list[Message], path: str) -> None:
        since = None if self.incomplete() else self.since
        added = self._store.deliver(messages, path, time.monotonic_ns(), since)
        self._delivered(added)
