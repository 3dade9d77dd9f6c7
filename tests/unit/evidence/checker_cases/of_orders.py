"""Pages with a list of orders: what each of their tabs shows, and what their users are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.evidence.checker_cases.case import Case, Mutant, bad, empty, good, told, unknown, wait
from tests.unit.evidence.histories import MS, Story

from syncproof.workloads.orders.records import OrderRefused, PageMessages, PageRow, PageShows, PageTabs

Act = Callable[[Story], object]
BY: dict[str, Any] = {"asked_ns": 1000 * MS, "within_ns": 200 * MS}
TEA: dict[str, Any] = {"device": "Bob", "text": "tea", **BY}
ALIKE: dict[str, Any] = {"names": ["Alice", "Bob"], "number": 1, **BY}


def shows(device: str, *orders: str, tab: int = 1) -> Act:
    """A tab shows these orders from now on, those that begin with `?` as not saved."""
    rows = tuple(
        PageRow(text=order.lstrip("?"), op_id="", state="pending" if order.startswith("?") else "saved")
        for order in orders
    )
    return lambda story: story.add(PageShows, device=device, source=device, tab=tab, rows=rows)


def is_refused(device: str, order: str = "tea") -> Act:
    """A user is told of a refusal."""
    return lambda story: story.add(OrderRefused, device=device, source=device, tab=1, text=order)


def has_tabs(device: str, count: int) -> Act:
    """A browser has so many tabs."""
    return lambda story: story.add(PageTabs, device=device, count=count)


def have_sent(device: str, count: int) -> Act:
    """Its tabs have sent each other so many messages."""
    return lambda story: story.add(PageMessages, device=device, source=device, count=count)


CASES: dict[str, tuple[Case, ...]] = {
    "order_once": (
        unknown("empty", empty, "the history is empty"),
        good("no pages", told(lambda story: story.send("Alice")), "0 views"),
        good("each once", told(shows("Bob", "tea", "coffee")), "1 view of pages, each order once"),
        bad("beside its change", told(shows("Bob", "tea", "?tea")), 'Bob\'s page showed order "tea" 2 times at once'),
        bad("for a moment", told(shows("Bob", "tea", "tea"), shows("Bob", "tea")), "2 times"),
        good("in two tabs", told(shows("Bob", "tea"), shows("Bob", "tea", tab=2))),
        good("only Alice is judged", told(shows("Bob", "tea", "tea")), device="Alice"),
        bad("Bob is judged", told(shows("Bob", "tea", "tea")), device="Bob"),
    ),
    "order_shown": (
        unknown("empty", empty, "Bob's page showed nothing", **TEA),
        unknown("only Alice shows anything", told(shows("Alice", "tea")), **TEA),
        good("saved", told(shows("Bob"), shows("Bob", "tea")), **TEA),
        good("not yet saved", told(shows("Bob", "?tea")), **TEA),
        bad("another one", told(shows("Bob", "coffee")),
            'expected every tab of Bob to show order "tea"', "tab 1 does not", **TEA),
        bad("only Alice", told(shows("Bob"), shows("Alice", "tea")), **TEA),
        bad("in one tab of two", told(shows("Bob", tab=2), shows("Bob", "tea")), "tab 2 does not", **TEA),
        good("in both tabs", told(shows("Bob", "tea"), shows("Bob", tab=2), shows("Bob", "tea", tab=2)), **TEA),
        bad("too late", told(shows("Bob"), wait(300), shows("Bob", "tea")), **TEA),
        bad("nothing was shown until too late", told(wait(300), shows("Bob", "tea")), "none shows anything", **TEA),
        good("until it was removed", told(shows("Bob", "tea"), shows("Bob")), **TEA),
        bad("it was removed before that", told(shows("Bob", "tea"), shows("Bob")), **{**TEA, "asked_ns": 1050 * MS}),
        good("it was there before that", told(shows("Bob", "tea")), **{**TEA, "asked_ns": 1050 * MS}),
        bad("one tab after the other", told(
            shows("Bob", tab=2), shows("Bob", "tea"), shows("Bob"), shows("Bob", "tea", tab=2)), **TEA),
    ),
    "order_gone": (
        unknown("empty", empty, 'Bob\'s page has never shown order "tea"', **TEA),
        unknown("it was never there", told(shows("Bob", "coffee")), **TEA),
        unknown("it was at another one's", told(shows("Bob"), shows("Alice", "tea")), **TEA),
        good("removed", told(shows("Bob", "tea"), shows("Bob", "coffee")), **{**TEA, "asked_ns": 1050 * MS}),
        bad("still there", told(shows("Bob", "tea")),
            'expected every tab of Bob to show order "tea" no more', "tab 1 still does", **TEA),
        bad("still there in one tab", told(shows("Bob", "tea"), shows("Bob", "tea", tab=2), shows("Bob")),
            "tab 2 still does", **{**TEA, "asked_ns": 1050 * MS}),
        bad("too late", told(shows("Bob", "tea"), wait(300), shows("Bob")), **{**TEA, "asked_ns": 1050 * MS}),
    ),
    "orders_alike": (
        unknown("empty", empty, "the page of Alice and Bob showed nothing", **ALIKE),
        unknown("Bob's shows nothing", told(shows("Alice", "tea")), "the page of Bob", **ALIKE),
        good("the same", told(shows("Alice", "tea"), shows("Bob", "tea")), "2 tabs show the same 1 order", **ALIKE),
        bad("one lacks it", told(shows("Alice", "tea"), shows("Bob")),
            "expected tab 1 of Bob to show 1 saved order", "it shows 0", **ALIKE),
        bad("one has it not saved", told(shows("Alice", "tea"), shows("Bob", "?tea")),
            "it shows 0 and 1 that are not saved", **ALIKE),
        bad("one has more that is not saved", told(shows("Alice", "tea"), shows("Bob", "tea", "?coffee")), **ALIKE),
        bad("both have one more that is not saved", told(
            shows("Alice", "tea", "?coffee"), shows("Bob", "tea", "?coffee")), **ALIKE),
        bad("both have too many", told(shows("Alice", "tea", "coffee"), shows("Bob", "tea", "coffee")), **ALIKE),
        bad("others", told(shows("Alice", "tea"), shows("Bob", "coffee")),
            'tab 1 of Bob shows "coffee", which tab 1 of Alice does not', **ALIKE),
        bad("another tab lacks it", told(shows("Alice", "tea"), shows("Bob", "tea"), shows("Bob", tab=2)),
            "tab 2 of Bob", **ALIKE),
        bad("too late", told(shows("Alice", "tea"), shows("Bob"), wait(300), shows("Bob", "tea")), **ALIKE),
        good("one was without it before", told(shows("Bob"), shows("Alice", "tea"), shows("Bob", "tea")), **ALIKE),
        good("Carol is not asked", told(shows("Alice", "tea"), shows("Bob", "tea"), shows("Carol"),
            devices=("Alice", "Bob", "Carol")), **ALIKE),
    ),
    "order_at_once": (
        unknown("empty", empty, 'Bob\'s page has never shown order "tea"', device="Bob", text="tea"),
        unknown("only at Alice's", told(shows("Alice", "?tea"), shows("Alice", "tea")), device="Bob", text="tea"),
        good("before it was saved", told(shows("Bob"), shows("Bob", "?tea"), shows("Bob", "tea")),
            device="Bob", text="tea"),
        bad("only when it was saved", told(shows("Bob"), shows("Bob", "tea")), "only when it was saved",
            device="Bob", text="tea"),
        bad("never saved", told(shows("Bob", "?tea")), "never showed order", device="Bob", text="tea"),
        bad("not in between", told(shows("Bob", "?tea"), shows("Bob"), shows("Bob", "tea")), "vanished",
            device="Bob", text="tea"),
        good("another tab was later", told(shows("Bob", "?tea"), shows("Bob", tab=2), shows("Bob", "tea")),
            device="Bob", text="tea"),
    ),
    "refusal_shown": (
        unknown("empty", empty, 'Bob\'s page has never shown "tea"', **TEA),
        unknown("it was never shown", told(is_refused("Bob"), shows("Bob", "coffee")), **TEA),
        good("taken back", told(shows("Bob", "?tea"), shows("Bob"), is_refused("Bob")), **TEA),
        bad("still there", told(shows("Bob", "?tea"), is_refused("Bob")), "tab 1 of Bob still shows", **TEA),
        bad("nothing was said", told(shows("Bob", "?tea"), shows("Bob")), "expected Bob to be told", **TEA),
        bad("another one was refused", told(shows("Bob", "?tea"), shows("Bob"), is_refused("Bob", "coffee")), **TEA),
        bad("another one was told", told(shows("Bob", "?tea"), shows("Bob"), is_refused("Alice")), **TEA),
        bad("told too late", told(shows("Bob", "?tea"), shows("Bob"), wait(300), is_refused("Bob")), **TEA),
        bad("taken back too late", told(shows("Bob", "?tea"), is_refused("Bob"), wait(300), shows("Bob")), **TEA),
    ),
    "tab_messages": (
        unknown("empty", empty, "no tab of Bob has told another one anything", device="Bob", most=2),
        unknown("one tab", told(have_sent("Bob", 1)), device="Bob", most=2),
        unknown("no messages", told(has_tabs("Bob", 3)), device="Bob", most=2),
        good("few", told(has_tabs("Bob", 3), have_sent("Bob", 1), have_sent("Bob", 1)),
            "the 3 tabs of Bob sent each other 2 messages", device="Bob", most=2),
        bad("one too many", told(has_tabs("Bob", 3), have_sent("Bob", 2), have_sent("Bob", 1)),
            "3 messages, and should at most 2", device="Bob", most=2),
        good("those of others", told(has_tabs("Bob", 3), have_sent("Bob", 2), have_sent("Alice", 9)),
            device="Bob", most=2),
    ),
}  # fmt: skip

MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "order_once": (
        ("if times > 1", "if times > 2"),
        ("if device in (None, line.device)", "if True"),
    ),
    "order_shown": (
        ("if tabs and not wrong", "if False"),
        ("if tabs and not wrong", "if not wrong"),
        ("if since_ns < line.t_ns <= until_ns", "if since_ns < line.t_ns"),
        ("tabs[line.tab] = line.rows", "tabs[1] = line.rows"),
        ("if line.t_ns <= at_ns", "if True"),
    ),
    "order_gone": (
        ("if not any(_shows(line.rows, text) for line in history.of(PageShows, device))", "if False"),
        ("wanted=False", "wanted=True"),
    ),
    "orders_alike": (
        ("if len(saved) != number or pending", "if len(saved) != number"),
        ('if state == "saved"]', "]"),
        ("if only:", "if False:"),
        ("last = {name: _last(history, name, deadline)", "last = {name: _last(history, name)"),
    ),
    "order_at_once": (
        ('if seen[0] != "pending"', "if False"),
        ('if "saved" not in seen', "if False"),
        ('if "" in seen', "if False"),
        ("if line.tab == 1", "if True"),
    ),
    "refusal_shown": (
        ("if line.text == text and line.t_ns <= deadline", "if line.t_ns <= deadline"),
        ("if line.text == text and line.t_ns <= deadline", "if line.text == text"),
        ("if still:", "if False:"),
        ("_last(history, device, deadline).items() if _shows", "_last(history, device).items() if _shows"),
    ),
    "tab_messages": (
        ("if seen > most", "if seen > most + 1"),
        ("if tabs < 2 or not seen", "if not seen"),
        ("history.of(PageMessages, device)", "history.of(PageMessages)"),
    ),
}
