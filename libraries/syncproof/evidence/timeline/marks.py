"""The small marks of a lane: retries, breaker, what arrived twice or late, conflicts, what was held back, restarts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from syncproof.evidence.checkers import no_duplicates, sender_order
from syncproof.evidence.history import History
from syncproof.evidence.records import Breaker, Deliver, Entry, Held, Note, Quarantined, Record, Retry
from syncproof.evidence.timeline.axis import Axis
from syncproof.evidence.timeline.drawing import Labels, by_place, group, listed, path, rect, text

#: Kind -> the path of its glyph, from its centre.
GLYPHS = {
    "retry": "m-3.5 -3h7l-3.5 6z",
    "alarm": "m-3 -3h6v6h-6z",
    "conflict": "m0 -4.5l4.5 4.5l-4.5 4.5l-4.5 -4.5z",
    "twice": "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0",
    "late": "m4 -3h-8m3 -3l-3 3l3 3",
    "quarantined": "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0m1.2 2.8l5.6 -5.6",
    "held": "m-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0",
}

#: What arrived wrongly is named beside its mark, where it is no more than this.
MOST_NAMED = 6


def wrong(history: History, device: str) -> tuple[set[str], set[str]]:
    """op_ids of what the device got twice, and of what it got behind a later one of the same author."""
    doubled = set(no_duplicates.check(history, device=device).witness)
    return doubled, set(sender_order.check(history, device=device).witness)


def glyph(parent: Any, kind: str, x: float, y: float, title: str = "") -> None:
    """One mark, its centre at x, y."""
    path(parent, f"mark {kind}", f"M{x:g} {y:g}{GLYPHS[kind]}", title)


def draw(parent: Any, history: History, axis: Axis, device: str, top: float, height: float) -> set[str]:
    """Draw the marks of a device's lane; returns the kinds that there were."""
    middle = top + height / 2
    drawn: set[str] = set()
    labels = Labels()

    def put(kind: str, y: float, lines: Sequence[Record], told: Callable[[Any], str]) -> None:
        for x, there in by_place(lines, axis):
            glyph(parent, kind, x, y, listed([f"{axis.seconds(line.t_ns)}: {told(line)}" for line in there]))
            drawn.add(kind)
            named = [line.op_id for line in there if isinstance(line, Deliver)]
            if kind in ("twice", "late") and len(lines) <= MOST_NAMED:
                labels.put(parent, x + 8, y - 6, [history.operations[op_id].author_n for op_id in named])

    opened = [edge for edge in history.of(Breaker, device) if edge.state == "open"]
    got = history.deliveries(device)
    doubled, late = wrong(history, device)
    put("retry", top + 8, history.of(Retry, device), _retry)
    put("alarm", top + 20, opened, lambda edge: f"circuit breaker opened after {edge.failures} failures")
    put(
        "held",
        top + height - 27,
        history.of(Held, device),
        lambda held: f"{history.name(held.op_id)} held back until catch-up got there",
    )
    put("quarantined", middle, history.of(Quarantined, device), lambda aside: _quarantined(history, aside))
    first = history.delivered(device)
    again = [entry for entry in got if entry.op_id in doubled and first[entry.op_id] is not entry]
    put("twice", middle, again, lambda entry: f"{device} got {history.name(entry.op_id)} a second time")
    behind = [entry for entry in got if entry.op_id in late]
    put(
        "late",
        middle,
        behind,
        lambda entry: f"{history.name(entry.op_id)} came behind a later one of its author",
    )
    put("conflict", middle, _conflicts(history, device), lambda line: _conflict(history, line))
    for begun in history.notes("incarnation", device):
        if begun.incarnation > 1 and begun.fields.get("before") != 0:
            x = axis.x(begun.t_ns)
            told = group(parent, "restart", f"{device} restarted at {axis.seconds(begun.t_ns)}")
            path(told, "restart", f"M{x:g} {top + 2:g}v{height - 4:g}")
            rect(told, "plate", x + 2, top + 3, 48, 12)
            text(told, x + 4, top + 12, "restarted")
    return drawn


def _retry(retry: Retry) -> str:
    reason = f" ({retry.reason})" if retry.reason else ""
    return f"retry {retry.attempt} of {retry.what} in {retry.delay_ms:.0f} ms{reason}"


def _quarantined(history: History, aside: Quarantined) -> str:
    reason = f" ({aside.reason})" if aside.reason else ""
    return f"{history.name(aside.op_id)} quarantined: it cannot be read{reason}"


def _conflicts(history: History, device: str) -> list[Record]:
    """Where the device reported a conflict, or where an entry was first read with more versions than before."""
    found: list[Record] = list(history.notes("conflict", device))
    siblings: dict[tuple[str, str], int] = {}
    for view in history.of(Entry, device):
        key = (view.group, view.entry)
        if len(view.siblings) > max(siblings.get(key, 1), 1):
            found.append(view)
        siblings[key] = len(view.siblings)
    return sorted(found, key=lambda line: line.t_ns)


def _conflict(history: History, line: Record) -> str:
    if isinstance(line, Entry):
        return f"entry '{line.entry}' has {len(line.siblings)} versions side by side, the winner is {line.winner}"
    if isinstance(line, Note):
        about = ", ".join(f"{key} {value}" for key, value in line.fields.items())
        return f"conflict: {about}" if about else "conflict"
    if isinstance(line, Deliver):
        return f"conflict at {history.name(line.op_id)}"
    return "conflict"
