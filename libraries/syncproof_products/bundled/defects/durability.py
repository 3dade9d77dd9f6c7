"""Bugs that only the end of a process shows: what was promised to be on disk is in memory."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable

from syncproof_defects import breaks
from syncproof_products.bundled.core.records import Change, Delivered
from syncproof_products.bundled.core.relay.actions import Commit, MembersAdded
from syncproof_products.bundled.device import runtime
from syncproof_products.bundled.relay.writer import Done, Job, Probe, Writer

#: How long the relay keeps what it has acknowledged in memory, seconds.
_WRITE_BEHIND_S = 5.0
#: How many deliveries the device keeps for its next page.
_KEPT = 5


@breaks(Writer, "_store")
def acknowledges_before_commit(
    original: Callable[..., list[Done]], self: Writer, group: list[Job]
) -> list[Done]:
    """The relay acknowledges events at once and writes them seconds later, together with others."""
    kept: list[Job] = acknowledges_before_commit.state.setdefault("kept", [])
    if not kept:
        first = group[0]
        # Later ones have a time of their own: what has been written meanwhile must not shorten it.
        flush = threading.Timer(_WRITE_BEHIND_S, lambda: self.submit(Probe()) if first in kept[:1] else None)
        flush.daemon = True
        flush.start()
    kept.extend(group)
    if all(isinstance(job, Commit) and not _opens_a_room(job) for job in kept):
        acknowledges_before_commit.ran()
        return [Done(job, None) for job in group]
    done = original(self, list(kept))[-len(group) :]
    kept.clear()
    return done


@breaks(runtime, "apply")
def keeps_deliveries_in_memory(
    original: Callable[..., None], connection: sqlite3.Connection, changes: Iterable[Change], t_ns: int
) -> None:
    """The last few deliveries of a page are written with those of the next one; the cursor is written at once."""
    new, state = list(changes), keeps_deliveries_in_memory.state
    deliveries = [change for change in new if isinstance(change, Delivered)]
    if not deliveries:
        original(connection, new, t_ns)
        return
    late = deliveries[-_KEPT:] if len(deliveries) > _KEPT else []
    now = [*state.get("kept", ()), *(change for change in new if change not in late)]
    state["kept"] = late
    if late:
        keeps_deliveries_in_memory.ran()
    original(connection, now, t_ns)


def _opens_a_room(commit: Commit) -> bool:
    return any(isinstance(change, MembersAdded) for change in commit.changes)
