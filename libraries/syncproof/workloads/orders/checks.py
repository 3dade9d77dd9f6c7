"""What pages must show: every order once, what a user does at once, and the same in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import NEVER
from syncproof.workloads.orders.records import OrderRefused, PageMessages, PageRow, PageShows, PageTabs


def order_once(history: History, *, device: str | None = None) -> Verdict:
    """No tab ever showed one order twice: not its user's change beside what the server made of it either.

    A history without pages passes. device: judge only this one.
    """
    if not history.lines:
        return nothing_to_judge("order_once", "the history is empty")
    faults: dict[str, None] = {}
    judged = 0
    for line in history.of(PageShows):
        if device in (None, line.device):
            judged += 1
            for text, times in Counter(row.text for row in line.rows).items():
                if times > 1:
                    faults[f"{line.device}'s page showed order {_called(text)} {times} times at once"] = None
    return judge("order_once", list(faults), (), f"{count(judged, 'view')} of pages, each order once in each")


def order_shown(history: History, *, device: str, text: str, asked_ns: int, within_ns: int) -> Verdict:
    """Every tab of a browser shows an order by the deadline, saved or not."""
    return _is_shown("order_shown", history, device, text, asked_ns, within_ns, wanted=True)


def order_gone(history: History, *, device: str, text: str, asked_ns: int, within_ns: int) -> Verdict:
    """No tab of a browser shows an order by the deadline; unknown where none has ever shown it."""
    if not any(_shows(line.rows, text) for line in history.of(PageShows, device)):
        return nothing_to_judge("order_gone", f"{device}'s page has never shown order {_called(text)}")
    return _is_shown("order_gone", history, device, text, asked_ns, within_ns, wanted=False)


def _is_shown(
    check: str, history: History, device: str, text: str, asked_ns: int, within_ns: int, *, wanted: bool
) -> Verdict:
    if not history.of(PageShows, device):
        return nothing_to_judge(check, f"{device}'s page showed nothing")
    deadline = due(history, asked_ns, within_ns)
    shown = f"to show order {_called(text)}{'' if wanted else ' no more'}"
    wrong: list[int] = []
    for tabs in _views(history, device, asked_ns, deadline):
        wrong = [tab for tab, rows in tabs.items() if _shows(rows, text) != wanted]
        if tabs and not wrong:
            return Verdict(check, "pass", f"every tab of {device} came {shown}")
    said = (
        f"tab {', '.join(map(str, wrong))} {'does not' if wanted else 'still does'}"
        if wrong
        else "none shows anything"
    )
    return Verdict(check, "fail", f"expected every tab of {device} {shown} {within(within_ns)}; {said}")


def orders_alike(
    history: History,
    *,
    names: Sequence[str],
    number: int,
    asked_ns: int,
    within_ns: int,
    device: str | None = None,
) -> Verdict:
    """By the deadline every tab of these browsers shows the same so many orders, all of them saved."""
    del device
    deadline = due(history, asked_ns, within_ns)
    last = {name: _last(history, name, deadline) for name in names}
    if not all(last.values()):
        silent = [name for name in names if not last[name]]
        return nothing_to_judge("orders_alike", f"the page of {' and '.join(silent)} showed nothing")
    views = {
        f"tab {tab} of {name}": sorted((row.text, row.state) for row in rows)
        for name, tabs in last.items()
        for tab, rows in tabs.items()
    }
    faults = []
    for where, rows in views.items():
        saved = [text for text, state in rows if state == "saved"]
        pending = len(rows) - len(saved)
        if len(saved) != number or pending:
            more = f" and {pending} that are not saved" if pending else ""
            faults.append(
                f"expected {where} to show {count(number, 'saved order')} {within(within_ns)}; it shows "
                f"{len(saved)}{more}"
            )
    reference = next(iter(views))
    for where, rows in views.items():
        only = [text for text, _ in rows if text not in {other for other, _ in views[reference]}]
        if only:
            faults.append(f"{where} shows {', '.join(map(_called, only))}, which {reference} does not")
    return judge(
        "orders_alike", faults, (), f"{count(len(views), 'tab')} show the same {count(number, 'order')}"
    )


def order_at_once(history: History, *, device: str, text: str) -> Verdict:
    """A page showed its user's order before the server had saved it, then as saved, and never without it in between."""
    states = [
        next((row.state for row in line.rows if row.text == text), "")
        for line in history.of(PageShows, device)
        if line.tab == 1
    ]
    seen = states[next((n for n, state in enumerate(states) if state), len(states)) :]
    if not seen:
        return nothing_to_judge("order_at_once", f"{device}'s page has never shown order {_called(text)}")
    faults = []
    if seen[0] != "pending":
        faults.append(f"{device}'s page showed order {_called(text)} only when it was saved")
    if "saved" not in seen:
        faults.append(f"{device}'s page never showed order {_called(text)} as saved")
    if "" in seen:
        faults.append(f"order {_called(text)} vanished from {device}'s page meanwhile")
    return judge("order_at_once", faults, (), f"{device}'s page showed order {_called(text)} at once")


def refusal_shown(history: History, *, device: str, text: str, asked_ns: int, within_ns: int) -> Verdict:
    """A page told its user by the deadline that what an order was to say is refused, and shows it no more."""
    deadline = due(history, asked_ns, within_ns)
    pages = [line for line in history.of(PageShows, device) if line.t_ns <= deadline]
    if not any(_shows(line.rows, text) for line in pages):
        return nothing_to_judge("refusal_shown", f"{device}'s page has never shown {_called(text)}")
    told = [line for line in history.of(OrderRefused, device) if line.text == text and line.t_ns <= deadline]
    faults = []
    if not told:
        faults.append(f"expected {device} to be told {within(within_ns)} that {_called(text)} was refused")
    still = [tab for tab, rows in _last(history, device, deadline).items() if _shows(rows, text)]
    if still:
        faults.append(
            f"tab {', '.join(map(str, still))} of {device} still shows {_called(text)}, which was refused"
        )
    return judge("refusal_shown", faults, (), f"{device} was told that {_called(text)} was refused")


def tab_messages(history: History, *, device: str, most: int) -> Verdict:
    """The tabs of a browser sent each other so many messages at most; unknown where they sent none."""
    tabs = max((line.count for line in history.of(PageTabs, device)), default=1)
    seen = sum(line.count for line in history.of(PageMessages, device))
    if tabs < 2 or not seen:
        return nothing_to_judge("tab_messages", f"no tab of {device} has told another one anything")
    said = f"the {tabs} tabs of {device} sent each other {count(seen, 'message')}"
    return judge("tab_messages", [f"{said}, and should at most {most}"] if seen > most else [], (), said)


def _views(
    history: History, device: str, since_ns: int, until_ns: int
) -> Iterator[dict[int, tuple[PageRow, ...]]]:
    """What all tabs show at a moment, and after each change of one of them up to another moment."""
    tabs = _last(history, device, since_ns)
    yield dict(tabs)
    for line in history.of(PageShows, device):
        if since_ns < line.t_ns <= until_ns:
            tabs[line.tab] = line.rows
            yield dict(tabs)


def _last(history: History, device: str, at_ns: int = NEVER) -> dict[int, tuple[PageRow, ...]]:
    """What each tab of a browser shows at a moment."""
    return {line.tab: line.rows for line in history.of(PageShows, device) if line.t_ns <= at_ns}


def _shows(rows: Sequence[PageRow], text: str) -> bool:
    return any(row.text == text for row in rows)


def _called(text: str) -> str:
    return f'"{text}"'


SAFETY = {"order_once": order_once}
LIVENESS = {
    "order_shown": order_shown,
    "order_gone": order_gone,
    "orders_alike": orders_alike,
    "order_at_once": order_at_once,
    "refusal_shown": refusal_shown,
    "tab_messages": tab_messages,
}
