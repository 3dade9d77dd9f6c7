"""What comes to a device: the sync stream, and the room's history wherever the stream has left something out.

`/sync` answers at most so many events of a room and says `limited` where there were more. What it left out is fetched
page by page from the room's history, oldest first; newer events wait until the gap is closed. An event whose key has
not come yet waits too, and all behind it: what is delivered is in order, and nothing is passed over. The sync token is
kept only when nothing waits, and that a room is new only until its history was read: so a device that dies in between
finds everything again.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from syncproof_agentkit.client import Observe
from syncproof_agentkit.requests import op_id_inside
from syncproof_products.matrix.agent.content import message_of
from syncproof_products.matrix.agent.homeserver import Page
from syncproof_products.matrix.agent.store import Delivery, Message, Store

#: The type of an encrypted event.
ENCRYPTED = "m.room.encrypted"
Event = dict[str, Any]


class Rooms(Protocol):
    """Where the history of rooms is read (the homeserver)."""

    async def history(self, room: str, start: str | None, limit: int) -> Page:
        """The room's events behind a token (from its beginning for None), oldest first."""


@dataclass(frozen=True)
class Opened:
    """What is in an encrypted event. place: its ratchet and index there, which no other event may have."""

    event: Event
    place: str


@dataclass(frozen=True)
class Closed:
    """An encrypted event that cannot be read. for_good: no key will come, or none would help."""

    why: str
    for_good: bool


#: Opens an encrypted event of a room.
Open = Callable[[str, Event], Opened | Closed]


@dataclass
class Timeline:
    """One room as it comes in. gaps: tokens behind which history is missing (None: from the room's beginning).

    held: newer events that wait for the gaps to close. cursor: how far the first gap is filled. locked: events in the
    room's order that wait for the key of the first of them, each with the path that it came by. is_in: whether this
    account's joining has gone by. joined_at: how many syncs had come when the device learned of the room. unread: its
    history of before that was not read to the end yet, as it stands on disk too.
    """

    group: str
    room: str
    gaps: list[str | None] = field(default_factory=list)
    held: list[Event] = field(default_factory=list)
    cursor: str | None = None
    catching_up: bool = False
    locked: deque[tuple[Event, str]] = field(default_factory=deque)
    is_in: bool = False
    joined_at: int = 0
    unread: bool = False

    @property
    def waits(self) -> bool:
        """Whether there is something that cannot be delivered yet."""
        return bool(self.gaps or self.locked)


class Receiver:
    """Takes in what a homeserver says, and delivers it to the application in the room's order.

    user: whose device this is. open_event: how an encrypted event is read. delivered: called with what was added to
    the delivery log, after it is on disk.
    """

    def __init__(
        self,
        store: Store,
        observe: Observe,
        delivered: Callable[[list[Delivery]], None],
        user: str,
        open_event: Open,
    ) -> None:
        self._store, self._observe, self._delivered = store, observe, delivered
        self._user, self._open = user, open_event
        self.timelines: dict[str, Timeline] = {}
        self.since = ""
        self._syncs = 0
        self.batches = 0
        self.duplicates = 0

    def begin(self) -> None:
        """Start from what is on disk."""
        self.since = self._store.get("since")
        rooms = {name: room for name, (room, _) in self._store.groups().items() if room}
        self.timelines = {
            room: Timeline(name, room, is_in=bool(self._store.get(f"in {room}")), joined_at=self._syncs)
            for name, room in rooms.items()
        }
        for timeline in self.timelines.values():
            if self._store.is_unread(timeline.room):
                self._read_all(timeline)

    def joined(self, group: str, room: str) -> None:
        """A room is ours from now on. The stream may have told of it before we knew: read it from its beginning."""
        self._read_all(self.timelines.setdefault(room, Timeline(group, room, joined_at=self._syncs)))

    def _read_all(self, timeline: Timeline) -> None:
        timeline.unread = True
        timeline.gaps.insert(0, None)
        self._start(timeline, "joined")

    @property
    def held(self) -> int:
        """How many events wait, for a gap to close or for a key."""
        return sum(len(timeline.held) + len(timeline.locked) for timeline in self.timelines.values())

    def incomplete(self) -> list[Timeline]:
        """Rooms whose history has gaps."""
        return [timeline for timeline in self.timelines.values() if timeline.gaps]

    def take(self, answer: dict[str, Any], path: str) -> None:
        """Take in the answer to a sync. path: `catchup` for the first one after a connection, else `live`."""
        self._syncs += 1
        joined = answer.get("rooms", {}).get("join", {})
        for room, news in joined.items():
            timeline = self.timelines.get(room)
            if timeline is None:
                continue  # not ours yet: `joined` will read it from its beginning
            stream = news.get("timeline", {})
            events = stream.get("events", [])
            if self.left_something_out(stream):
                timeline.gaps.append(self.since or None)
                self._start(timeline, "limited")
            if timeline.gaps:
                self._hold(timeline, events)
            else:
                new = self._new(timeline, events)
                if timeline.catching_up and new:
                    self._page(timeline, len(new))
                timeline.locked += [(event, path) for event in events]
        self.since = str(answer["next_batch"])
        # In all rooms: a key may have come with this answer.
        self._deliver(*self.timelines.values())

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
            new = self._new(timeline, page.events)
            if new:
                self._page(timeline, len(new))
            timeline.locked += [(event, "backfill") for event in page.events]
            self._deliver(timeline)
            if page.events and page.end is not None:
                timeline.cursor = page.end
            else:
                timeline.gaps.pop(0)
                timeline.cursor = None
        held, timeline.held = timeline.held, []
        timeline.locked += [(event, "live") for event in held]
        self._deliver(timeline)

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

    def _new(self, timeline: Timeline, events: Sequence[Event]) -> list[Event]:
        """Those that may be messages, and have not been delivered."""
        found = [
            event
            for event in events
            if event.get("type") == ENCRYPTED or message_of(event, timeline.group) is not None
        ]
        new = [event for event in found if not self._store.has(str(event["event_id"]))]
        self.duplicates += len(found) - len(new)
        return new

    def _hold(self, timeline: Timeline, events: Sequence[Event]) -> None:
        timeline.held += events
        for event in self._new(timeline, events):
            clear = self._open(timeline.room, event) if event.get("type") == ENCRYPTED else Opened(event, "")
            message = message_of(clear.event, timeline.group) if isinstance(clear, Opened) else None
            self._observe(
                "held",
                {
                    "group": timeline.group,
                    "op_id": op_id_inside(message.body) if message else "",
                    "version": str(event["event_id"]),
                    "server_order": None,
                },
            )

    def _deliver(self, *timelines: Timeline) -> None:
        """Deliver from the front of rooms, up to the first event whose key is not here; then keep the sync token."""
        added: list[Delivery] = []
        with self._store.together():
            for timeline in timelines:
                for path, messages in self._readable(timeline):
                    added += self._store.deliver(messages, path, time.monotonic_ns())
                if timeline.unread and not timeline.waits:
                    self._store.was_read(timeline.room)
                    timeline.unread = False
            if not any(timeline.waits for timeline in self.timelines.values()):
                self._store.put("since", self.since)
        self._delivered(added)

    def _readable(self, timeline: Timeline) -> list[tuple[str, list[Message]]]:
        """Take what can be read from the front of a room, by the paths that it came by."""
        ready: list[tuple[str, list[Message]]] = []
        places: dict[str, str] = {}
        while timeline.locked:
            event, path = timeline.locked[0]
            read = self._read(timeline, event, places)
            if isinstance(read, Closed):
                if not read.for_good:
                    break
                self._quarantine(timeline, event, read.why)
            elif read is not None:
                if not ready or ready[-1][0] != path:
                    ready.append((path, []))
                ready[-1][1].append(read)
            timeline.locked.popleft()
        return ready

    def _read(self, timeline: Timeline, event: Event, places: dict[str, str]) -> Message | Closed | None:
        """The message in an event; None for one that is none, or was delivered before.

        places: those of events that are about to be delivered with it, by their ids.
        """
        if event.get("type") == "m.room.member":
            self._see_member(timeline, event)
        if event.get("type") != ENCRYPTED:
            return message_of(event, timeline.group)
        if self._store.has(str(event["event_id"])):
            return None
        opened = self._open(timeline.room, event)
        if isinstance(opened, Closed):
            # The second sync after joining was asked for after it: no mail of before is still to come.
            before = not timeline.is_in and self._syncs >= timeline.joined_at + 2
            return Closed(f"written before this account came: {opened.why}", True) if before else opened
        number = str(event["event_id"])
        if places.setdefault(opened.place, number) != number or self._store.taken_place(opened.place):
            return Closed("it is another event's content once more", for_good=True)
        return message_of(opened.event, timeline.group, opened.place)

    def _see_member(self, timeline: Timeline, event: Event) -> None:
        membership = event.get("content", {}).get("membership")
        if event.get("state_key") == self._user and membership == "join" and not timeline.is_in:
            timeline.is_in = True
            self._store.put(f"in {timeline.room}", membership)

    def _quarantine(self, timeline: Timeline, event: Event, reason: str) -> None:
        version = str(event["event_id"])
        self._store.quarantine(version, reason)
        self._observe(
            "quarantined",
            {
                "group": timeline.group,
                "op_id": "",
                "version": version,
                "server_order": None,
                "reason": reason,
            },
        )
