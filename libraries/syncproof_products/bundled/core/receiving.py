"""How a group's log comes in: live while it is complete, by catch-up where it is not; always without a gap."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace

from syncproof_products.bundled.core.catchup import CatchUp
from syncproof_products.bundled.core.cursor import Place
from syncproof_products.bundled.core.delivery import Delivery
from syncproof_products.bundled.core.exchanges import Exchanges, Flight
from syncproof_products.bundled.core.journal import Journal
from syncproof_products.bundled.core.room import Room, Rooms
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.wire import Answer, Event, Page, Pull, Refused


class Receiver:
    """Delivers in the order of the log. One page at a time is in memory, over all groups."""

    def __init__(
        self, settings: Settings, rooms: Rooms, journal: Journal, exchanges: Exchanges, delivery: Delivery
    ) -> None:
        self._settings = settings
        self._rooms = rooms
        self._journal = journal
        self._exchanges = exchanges
        self._delivery = delivery
        self._catching: dict[str, Room] = {}
        self._page_of: CatchUp | None = None
        self.duplicates = 0
        self.held = 0
        self.held_dropped = 0
        self.batches = 0
        self.catchups = 0
        self.wakes = 0
        self.relay_behind = 0

    @property
    def catching_up(self) -> bool:
        """Whether any group is not known to be complete."""
        return bool(self._catching)

    @property
    def holding(self) -> int:
        """Live events that wait ahead of a gap."""
        return sum(len(room.hold) for room in self._rooms.values())

    def head_seen(self, room: Room, head: int, reason: str) -> None:
        """The relay says how far the log goes."""
        if head > room.head:
            room.head = head
        elif head < room.cursor.seq:
            self.relay_behind += 1
        if room.cursor.seq < room.head:
            self.want(room, reason)

    def live(self, turn: Turn, room: Room, event: Event) -> None:
        """A new event came over the stream."""
        place = room.cursor.place(event.seq)
        if place is Place.SEEN or event.seq in room.hold:
            self.duplicates += 1
            return
        room.head = max(room.head, event.seq)
        free = room.catchup is None and not room.marker.blocked and self._storage_keeps_up()
        if place is Place.NEXT and free and not self._delivery.waits_for_body(room.name, event):
            self._delivery.deliver(room, room.cursor.take([event]), "live")
            return
        if room.hold.put(event):
            self.held += 1
            turn.observe(
                "held",
                group=room.name,
                op_id=event.draft.op_id,
                version=str(event.seq),
                server_order=event.seq,
            )
        else:
            self.held_dropped += 1
        self.want(room, "gap")

    def _storage_keeps_up(self) -> bool:
        """Whether more may be staged: what a slow or full storage has not taken is held in memory, within bounds."""
        settings, delivery = self._settings, self._delivery
        waiting = delivery.deliveries - delivery.committed
        return waiting < settings.hold_limit and delivery.waiting_bytes < settings.hold_bytes

    def want(self, room: Room, reason: str) -> None:
        """Catch up as soon as possible, unless that goes on already."""
        if room.catchup is None:
            room.catchup = CatchUp(reason)
            self._catching[room.name] = room

    def woke(self, turn: Turn) -> None:
        """After standby nothing is known to be complete: no marker moves before a catch-up begun now has ended."""
        for room in self._rooms.values():
            if not room.joined:
                continue
            old = room.catchup
            if old is not None:
                self._exchanges.cancel(turn, old.exchange, "asked before standby")
                if old.started:
                    self._say(turn, room, old, "ended", old.got)
                room.catchup = None
            room.marker.blocked = True
            self.want(room, "wake")

    def give_up(self, turn: Turn, room: Room) -> None:
        """We are no longer in this room: what is missing of it is not to come."""
        catchup = room.catchup
        if catchup is not None:
            self._exchanges.cancel(turn, catchup.exchange)
            if catchup.started:
                self._say(turn, room, catchup, "ended", catchup.got)
            room.catchup = None
            del self._catching[room.name]
        room.hold.drop_through(room.head)

    def pump(self, turn: Turn) -> None:
        """Ask for the next page, if one may be asked for."""
        if not self._catching or self._page_of is not None:
            return
        for name, room in self._catching.items():
            key = f"pull:{name}"
            if room.joined and room.catchup is not None and self._exchanges.may(turn.now, key):
                self._pull(turn, room, room.catchup, key)
                return

    def _pull(self, turn: Turn, room: Room, catchup: CatchUp, key: str) -> None:
        cursor = room.cursor.seq
        if not catchup.started:
            catchup.start(cursor, room.head, self._settings.max_lookback)
            self.catchups += 1
            self.wakes += catchup.reason == "wake"
            self._say(turn, room, catchup, "started", 0)
        catchup.asked_head = room.head
        flight = Flight("pull", key, partial(self._page, room, catchup, key), partial(self._no_page, catchup))
        pull = Pull(room.name, cursor, catchup.limit(cursor, self._settings.page_events))
        catchup.exchange = self._exchanges.call(turn, flight, pull)
        self._page_of = catchup

    def _no_page(self, catchup: CatchUp, turn: Turn, reason: str | None) -> None:
        del turn, reason
        catchup.exchange = 0
        self._page_of = None

    def _page(self, room: Room, catchup: CatchUp, key: str, turn: Turn, answer: Answer | None) -> None:
        catchup.exchange = 0
        self._page_of = None
        if not isinstance(answer, Page):
            if isinstance(answer, Refused) and answer.status in (403, 404):
                room.leave_out()
            reason = answer.code if isinstance(answer, Refused) else "malformed"
            self._exchanges.schedule(turn, "pull", key, reason, by_link=False)
            return
        room.head = max(room.head, answer.head)
        catchup.learn(answer.head, self._settings.max_lookback)
        self._take(room, catchup, key, turn, answer)

    def _take(self, room: Room, catchup: CatchUp, key: str, turn: Turn, page: Page) -> None:
        before = room.cursor.seq
        ready = self._ready(room, page.events)
        if len(ready) < len(page.events):
            page = replace(page, more=True)
        events = room.cursor.take(ready)
        self.duplicates += sum(1 for event in page.events if event.seq <= before)
        self.duplicates += room.hold.drop_through(room.cursor.seq)
        done = partial(self._page_done, room, catchup, key, before, len(events), page)
        self._page_of = catchup
        if events:
            self.batches += 1
            catchup.got += len(events)
            self._delivery.deliver(room, events, catchup.path(events[-1].seq), done)
        else:
            self._journal.then(turn, done)

    def _page_done(
        self, room: Room, catchup: CatchUp, key: str, before: int, got: int, page: Page, turn: Turn
    ) -> None:
        self._page_of = None
        if got:
            self._say(turn, room, catchup, "page", got, after=before)
        if room.catchup is not catchup:
            return
        # The next page is another group's, if one waits: no long backlog keeps the others from theirs.
        self._catching[room.name] = self._catching.pop(room.name)
        if page.more and got:
            return
        waiting = room.hold.take_after(room.cursor.seq)
        ready = self._ready(room, waiting)
        if room.cursor.seq + len(ready) < room.head:
            for event in waiting:
                room.hold.put(event)
            promised = max(catchup.asked_head, page.head)
            if not got and promised > room.cursor.seq:
                # It knows of more than it gives: asking again at once would be no use. (What was announced only
                # since it was asked is another matter.)
                reason = f"no_progress: expected events up to {promised}, got none after {room.cursor.seq}"
                self._exchanges.schedule(turn, "pull", key, reason, by_link=False)
            return
        self._end(turn, room, catchup)
        if waiting:
            self._delivery.deliver(room, room.cursor.take(waiting), "live")

    def body_came(self, group: str) -> None:
        """The body for which a group waited is here, or can never be: it goes on at once."""
        self._exchanges.retries.succeeded(f"pull:{group}")

    def _ready(self, room: Room, events: Sequence[Event]) -> Sequence[Event]:
        """Those of these events that can be delivered now: all before the first one that waits for its body."""
        for place, event in enumerate(events):
            if event.seq > room.cursor.seq and self._delivery.waits_for_body(room.name, event):
                return events[:place]
        return events

    def _end(self, turn: Turn, room: Room, catchup: CatchUp) -> None:
        room.catchup = None
        del self._catching[room.name]
        self._say(turn, room, catchup, "ended", catchup.got)
        if room.marker.blocked:
            room.marker.blocked = False
            self._delivery.catch_marker_up(room)

    def _say(
        self, turn: Turn, room: Room, catchup: CatchUp, state: str, got: int, after: int | None = None
    ) -> None:
        turn.observe(
            "catchup",
            group=room.name,
            state=state,
            after=catchup.first if after is None else after,
            got=got,
            head=room.head,
            reason=catchup.reason,
        )
