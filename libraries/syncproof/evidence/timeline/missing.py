"""The messages that are missing, as a table below the picture: what to look for in the history file."""

from __future__ import annotations

import html

from syncproof.evidence.history import History
from syncproof.evidence.timeline.messages import messages

MOST_ROWS = 20


def missing_table(history: History, origin_ns: int | None = None) -> str:
    """HTML; empty where nothing is missing. origin_ns: when the test began (default: the first line)."""
    lacking = [message for message in messages(history) if message.missing]
    if not lacking:
        return ""
    origin = origin_ns if origin_ns is not None else history.lines[0].t_ns
    order = {line.op_id: line.server_order for lines in history.log.values() for line in lines}
    rows = []
    for message in lacking[:MOST_ROWS]:
        place = order.get(message.operation.op_id)
        acked = message.acked_ns
        cells = (
            message.name,
            " and ".join(message.missing),
            _seconds(message.operation.t_ns, origin),
            "never" if acked is None else _seconds(acked, origin),
            "not in it" if place is None else f"number {place}",
            message.operation.op_id,
        )
        rows.append("".join(f"<td>{html.escape(cell)}</td>" for cell in _shown(cells, order)))
    more = len(lacking) - MOST_ROWS
    if more > 0:
        rows.append(f'<td colspan="6">... and {more} more</td>')
    head = ("Missing message", "Who lacks it", "Asked for", "Acknowledged", "Relay's log", "op_id")
    return (
        '<table class="sp-missing"><tr>'
        + "".join(f"<th>{title}</th>" for title in _shown(head, order))
        + "</tr>"
        + "".join(f"<tr>{row}</tr>" for row in rows)
        + "</table>"
    )


def _shown(cells: tuple[str, ...], order: dict[str, int]) -> tuple[str, ...]:
    """Without the place in the relay's log, where that was not exported (yet)."""
    return cells if order else (*cells[:4], *cells[5:])


def _seconds(t_ns: int, origin: int) -> str:
    return f"{(t_ns - origin) / 1e9:.3f} s"
