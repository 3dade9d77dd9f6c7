"""One catch-up of a group: from the cursor to the head, page by page."""

from __future__ import annotations

from dataclasses import dataclass

from syncproof_products.bundled.core.records import Path


@dataclass(slots=True)
class CatchUp:
    """A catch-up that is wanted or runs.

    reason: connected, joined, behind, gap or wake. started: the first pull was begun. first: the cursor then.
    got: events delivered by it so far. backfill_to: events up to here are older than max_lookback lets catch-up
    reach; they are fetched all the same, first, and marked as backfill. asked_head: the head that was known when
    the pull under way began. exchange: the pull under way, 0 for none.
    """

    reason: str
    started: bool = False
    first: int = 0
    got: int = 0
    backfill_to: int = 0
    asked_head: int = 0
    exchange: int = 0

    def start(self, cursor: int, head: int, max_lookback: int) -> None:
        """The first pull begins."""
        self.started = True
        self.first = cursor
        self.learn(head, max_lookback)

    def learn(self, head: int, max_lookback: int) -> None:
        """The first page told where the head really is."""
        if self.got == 0:
            self.backfill_to = max(0, head - max_lookback)

    def path(self, last: int) -> Path:
        """How the events of a page that ends at `last` come in."""
        return "backfill" if last <= self.backfill_to else "catchup"

    def limit(self, cursor: int, page_events: int) -> int:
        """Events to ask for, so that no page is half backfill."""
        older = self.backfill_to - cursor
        return min(page_events, older) if older > 0 else page_events
