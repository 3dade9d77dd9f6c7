"""Bugs that keep in memory what belongs on disk."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from syncproof_defects import breaks
from syncproof_products.bundled.core.catchup import CatchUp
from syncproof_products.bundled.core.receiving import Receiver
from syncproof_products.bundled.core.room import Room
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.wire import Event, Page


@breaks(Receiver, "_take")
def loads_whole_backlog(
    original: Callable[..., None],
    self: Receiver,
    room: Room,
    catchup: CatchUp,
    key: str,
    turn: Turn,
    page: Page,
) -> None:
    """Catch-up gathers all its pages in memory and delivers them together, when it has the last one."""
    gathered: list[Event] = loads_whole_backlog.state.setdefault("gathered", [])
    if not page.more and not gathered:
        original(self, room, catchup, key, turn, page)
        return
    gathered.extend(room.cursor.take(page.events))
    self.batches += 1
    if page.more:
        loads_whole_backlog.ran()
        return
    events = gathered.copy()
    gathered.clear()
    self._page_of = catchup
    catchup.got += len(events)
    before = events[0].seq - 1
    done = partial(self._page_done, room, catchup, key, before, len(events), page)
    self._delivery.deliver(room, events, catchup.path(events[-1].seq), done)


@breaks(Receiver, "_take")
def keeps_every_page(original: Callable[..., None], self: Receiver, *found: Any) -> None:
    """Every page of catch-up is delivered as it comes, and kept in memory as well."""
    kept: list[Page] = keeps_every_page.state.setdefault("kept", [])
    kept.append(found[-1])
    if len(kept) > 1:
        keeps_every_page.ran()
    original(self, *found)
