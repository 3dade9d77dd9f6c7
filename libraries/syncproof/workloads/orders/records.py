"""What users ask for beside adding orders, and what their pages show."""

from __future__ import annotations

import msgspec

from syncproof.evidence.records import Event, Record


class PageRow(msgspec.Struct, frozen=True, kw_only=True):
    """One order as a page shows it. op_id: "" where it was changed. state: saved, or pending until that is decided."""

    text: str
    op_id: str
    state: str


class PageShows(Event, frozen=True, kw_only=True, tag="page_shows"):
    """All that a tab shows from now on. tab: of its browser, from 1."""

    tab: int
    rows: tuple[PageRow, ...]


class PageMessages(Event, frozen=True, kw_only=True, tag="page_messages"):
    """So many messages the tabs of a browser have sent each other since it told so last."""

    count: int


class OrderRefused(Event, frozen=True, kw_only=True, tag="order_refused"):
    """A page told its user that a change was refused. text: what the order was to say."""

    tab: int
    text: str


class OrderChange(Record, frozen=True, kw_only=True, tag="order_change"):
    """A user was asked to change an order, or to remove it. order: what it said; text: what it shall."""

    order: str
    text: str


class PageTabs(Record, frozen=True, kw_only=True, tag="page_tabs"):
    """So many tabs of a browser show the list from now on."""

    count: int
