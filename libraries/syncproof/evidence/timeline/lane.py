"""One device's lane: what it sent and got, its marker, its link, its retries and restarts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TypeVar
from xml.etree.ElementTree import Element

from syncproof.evidence.checkers.no_loss import taken
from syncproof.evidence.history import History
from syncproof.evidence.records import Breaker, Connection, Held, Invoke, Marker, Record, Retry
from syncproof.evidence.timeline.axis import Axis
from syncproof.evidence.timeline.drawing import bars, shape, text

HEIGHT = 76.0
#: Of bars that stand on the lane's middle (sent) or hang from it (got).
BAR = 22.0
#: Retries, breaker edges and held messages that are drawn one by one in a lane; more are bundled by place.
MOST_MARKS = 80
R = TypeVar("R", bound=Record)


def draw(parent: Element, history: History, axis: Axis, device: str, top: float) -> None:
    """Draw the lane of a device whose upper edge is at `top`."""
    middle = top + HEIGHT / 2
    shape(parent, "rect", "band", x=axis.left, y=top + 2, width=axis.right - axis.left, height=HEIGHT - 4)
    text(parent, 8, middle - 2, device, "name")
    text(parent, 8, middle + 12, f"{len(history.deliveries(device))} delivered")
    shape(parent, "path", "base", d=f"M{axis.left:g} {middle:g}H{axis.right:g}")
    sent = [axis.x(line.t_ns) for line in history.of(Invoke, device)]
    bars(parent, "sent", sent, middle, -BAR)
    got = history.deliveries(device)
    bars(parent, "live", (axis.x(entry.t_ns) for entry in got if entry.path == "live"), middle, BAR)
    bars(parent, "catchup", (axis.x(entry.t_ns) for entry in got if entry.path != "live"), middle, BAR)
    _missing(parent, history, axis, device, middle)
    _markers(parent, history, axis, device, top)
    _link(parent, history.of(Connection, device), axis, top + HEIGHT - 5)
    _marks(parent, history, axis, device, top)
    for begun in history.notes("incarnation", device):
        if begun.incarnation > 1 and begun.fields.get("before") != 0:
            x = axis.x(begun.t_ns)
            shape(parent, "path", "restart", f"{device} restarted", d=f"M{x:g} {top + 2:g}v{HEIGHT - 4:g}")
            text(parent, x + 3, top + 12, "restarted")


def _markers(parent: Element, history: History, axis: Axis, device: str, top: float) -> None:
    """A step line per scope: from the lane's foot (nothing read) to its head (everything delivered read)."""
    whole = max(len(history.deliveries(device)), 1)
    for (owner, _, scope), moves in history.markers.items():
        if owner != device:
            continue
        path: list[str] = []
        at = -1.0
        for move in _thinned(moves, axis):
            x = axis.x(move.t_ns)
            y = top + HEIGHT - 8 - (HEIGHT - 16) * min(move.n / whole, 1)
            path.append(f"M{x:g} {y:.1f}" if at < 0 else f"H{x:g}V{y:.1f}")
            at = x
        path.append(f"H{axis.right:g}")
        shape(parent, "path", scope, f"{device}'s {scope} read marker", d="".join(path))


def _thinned(moves: Iterable[Marker], axis: Axis) -> list[Marker]:
    """The last move of every pixel, and every move that goes back."""
    kept: list[Marker] = []
    for move in moves:
        if kept and move.n >= kept[-1].n and axis.x(move.t_ns) - axis.x(kept[-1].t_ns) < 1:
            kept[-1] = move
        else:
            kept.append(move)
    return kept


def _link(parent: Element, states: Iterable[Connection], axis: Axis, y: float) -> None:
    """A strip in the colour of the connection's state."""
    known = list(states)
    ends = [after.t_ns for _, after in pairwise(known)] + [axis.end_ns]
    paths: dict[str, list[str]] = {}
    for state, end in zip(known, ends, strict=False):
        left, right = axis.x(state.t_ns), axis.x(end)
        if right > left:
            paths.setdefault(state.state, []).append(f"M{left:g} {y:g}H{right:g}")
    for name, parts in paths.items():
        shape(parent, "path", f"on-{name}", name.replace("_", " "), d="".join(parts))


def _missing(parent: Element, history: History, axis: Axis, device: str, middle: float) -> None:
    """What the system took and this device never got, at the time of its sending."""
    delivered = history.delivered(device)
    missing = [
        axis.x(history.operations[op_id].t_ns)
        for group, op_ids in taken(history, durable_outbox=True).items()
        if device in history.members.get(group, {})
        for op_id in op_ids
        if op_id not in delivered
    ]
    bars(parent, "missing", missing, middle, BAR)


def _marks(parent: Element, history: History, axis: Axis, device: str, top: float) -> None:
    """Triangles for scheduled retries, squares for openings of the breaker, circles for held messages."""
    for x, retries in _by_place(history.of(Retry, device), axis).items():
        first = retries[0]
        title = f"retry {first.attempt} of {first.what} in {first.delay_ms:g} ms"
        title += f" ({first.reason})" if first.reason else ""
        title += _more(retries)
        shape(parent, "path", "retry", title, d=f"M{x - 3.5:g} {top + 4:g}h7l-3.5 6z")
    opened = [edge for edge in history.of(Breaker, device) if edge.state == "open"]
    for x, edges in _by_place(opened, axis).items():
        title = f"circuit breaker opened after {edges[0].failures} failures" + _more(edges)
        shape(parent, "rect", "alarm", title, x=x - 3, y=top + 12, width=6, height=6)
    for x, held in _by_place(history.of(Held, device), axis).items():
        title = f"{history.name(held[0].op_id)} held back until catch-up got there" + _more(held)
        shape(parent, "circle", "retry", title, cx=x, cy=top + HEIGHT - 14, r=2.5)


def _more(there: Sequence[Record]) -> str:
    return f", and {len(there) - 1} more" if len(there) > 1 else ""


def _by_place(lines: Iterable[R], axis: Axis) -> dict[float, list[R]]:
    """Lines by where they stand, places far enough apart to be few."""
    width, found = 1.0, list(lines)
    while True:
        places: dict[float, list[R]] = {}
        for line in found:
            places.setdefault(round(axis.x(line.t_ns) / width) * width, []).append(line)
        if len(places) <= MOST_MARKS:
            return places
        width *= 2
