"""One device's lane: what it sent and got, its marker, its link, its attachments; and the relay's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from syncproof.evidence.history import History
from syncproof.evidence.records import Blob, Catchup, Connection, Deliver, Marker
from syncproof.evidence.timeline.axis import Axis
from syncproof.evidence.timeline.drawing import bars, path, rect, text
from syncproof.evidence.timeline.marks import wrong
from syncproof.evidence.timeline.messages import Message

HEIGHT = 92.0
RELAY_HEIGHT = 44.0
#: Of bars that stand on the lane's middle (sent) or hang from it (got).
BAR = 16.0
#: More pages of catch-up than this would rub the strip out.
MOST_PAGES = 60
#: What a device tells of a transfer; the other states are what the harness saw when it asked.
MOVING = frozenset({"uploading", "uploaded", "downloading", "interrupted", "complete"})
#: Height of the strip at the lane's foot that shows the state of the link.
STRIP = 5.0


def draw(
    parent: Any, history: History, found: Sequence[Message], axis: Axis, device: str, top: float
) -> None:
    """Draw the lane of a device whose upper edge is at `top`."""
    middle = top + HEIGHT / 2
    path(parent, "base", f"M{axis.left:g} {middle:g}H{axis.right:g}")
    _markers(parent, history, axis, device, top)
    bars(
        parent,
        "sent",
        (axis.x(m.operation.t_ns) for m in found if m.operation.device == device),
        middle,
        -BAR,
    )
    arrivals = [m.arrivals[device] for m in found if device in m.arrivals]
    own, live, catchup = _by_way(history, device, arrivals)
    for kind, entries in (("own", own), ("live", live), ("catchup", catchup)):
        bars(parent, f"got {kind}", (axis.x(entry.t_ns) for entry in entries), middle, BAR)
    _link(parent, history, axis, device, top + HEIGHT - 2 - STRIP)
    _transfers(parent, history.of(Blob, device), axis, top + HEIGHT - 27)
    _told(parent, history, found, device, middle)


def _told(parent: Any, history: History, found: Sequence[Message], device: str, middle: float) -> None:
    """The device's name, and in words what it has and what is wrong with that."""
    lacking = sum(device in message.missing for message in found)
    doubled, late = wrong(history, device)
    got = len(history.delivered(device))
    has = f"has {got} of {got + lacking}" if lacking else f"has all {got}" if got else "has nothing"
    troubles = ((lacking, "missing"), (len(doubled), "twice"), (len(late), "out of order"))
    bad = [f"{number} {words}" for number, words in troubles if number]
    y = middle + 2 - 6 * (1 + len(bad))
    text(parent, 10, y, device, "who")
    text(parent, 10, y + 14, has)
    for k, words in enumerate(bad):
        text(parent, 10, y + 27 + 13 * k, words, "bad")


def draw_relay(parent: Any, found: Sequence[Message], axis: Axis, name: str, top: float) -> None:
    """The relay's lane: a dot's bar where it first showed that it had a message."""
    middle = top + RELAY_HEIGHT / 2
    path(parent, "base", f"M{axis.left:g} {middle:g}H{axis.right:g}")
    stored = [axis.x(m.stored_ns) for m in found if m.stored_ns is not None]
    bars(parent, "stored", stored, middle - 4, 8)
    text(parent, 10, middle - 2, name, "who")
    text(parent, 10, middle + 11, f"took {len(stored)}")


def _by_way(
    history: History, device: str, arrivals: Iterable[Deliver]
) -> tuple[list[Deliver], list[Deliver], list[Deliver]]:
    """Its own (confirmed by the system), what came live, what came by catch-up."""
    own: list[Deliver] = []
    live: list[Deliver] = []
    catchup: list[Deliver] = []
    for entry in arrivals:
        if history.operations[entry.op_id].device == device:
            own.append(entry)
        else:
            (live if entry.path == "live" else catchup).append(entry)
    return own, live, catchup


def _markers(parent: Any, history: History, axis: Axis, device: str, top: float) -> None:
    """A step line per scope: from the lane's foot (nothing read) to its head (everything delivered read)."""
    whole = max(len(history.deliveries(device)), 1)
    for (owner, _, scope), moves in history.markers.items():
        if owner != device:
            continue
        steps: list[str] = []
        for move in _thinned(moves, axis):
            x = axis.x(move.t_ns)
            y = top + HEIGHT - 10 - (HEIGHT - 18) * min(move.n / whole, 1)
            steps.append(f"H{x:g}V{y:.1f}" if steps else f"M{x:g} {top + HEIGHT - 10:g}V{y:.1f}")
        last = moves[-1]
        title = f"{device}'s {scope} read marker; in the end at {last.n} of {whole} (version {last.new})"
        path(parent, f"marker {scope}", "".join(steps) + f"H{axis.right:g}", title)


def _thinned(moves: Iterable[Marker], axis: Axis) -> list[Marker]:
    """The last move of every pixel, and every move that goes back."""
    kept: list[Marker] = []
    for move in moves:
        if kept and move.n >= kept[-1].n and axis.x(move.t_ns) - axis.x(kept[-1].t_ns) < 1:
            kept[-1] = move
        else:
            kept.append(move)
    return kept


def _link(parent: Any, history: History, axis: Axis, device: str, y: float) -> None:
    """A strip in the colour of the connection's state, with a notch for every page of catch-up."""
    known = history.of(Connection, device)
    ends = [*(line.t_ns for line in known[1:]), axis.end_ns]
    left = -1.0
    for state, end in zip(known, ends, strict=False):
        left = max(axis.x(state.t_ns), left)
        right = axis.x(end)
        if right > left:
            reason = f" ({state.reason})" if state.reason else ""
            title = f"{device} {state.state.replace('_', ' ')}{reason}, "
            title += f"{axis.seconds(state.t_ns)} to {axis.seconds(end)}"
            rect(parent, f"wire on-{state.state}", left, y, right - left, STRIP, title=title)
            left = right
    pages = dict.fromkeys(axis.x(line.t_ns) for line in history.of(Catchup, device) if line.state == "page")
    if 0 < len(pages) <= MOST_PAGES:
        path(parent, "page", "".join(f"M{x:g} {y:g}v{STRIP:g}" for x in pages))


def _transfers(parent: Any, steps: Sequence[Blob], axis: Axis, y: float) -> None:
    """A line per attachment from the first step of its transfer to the last, broken off where it was cut."""
    begun: dict[str, Blob] = {}
    for step in steps:
        if step.state not in MOVING:
            continue
        start = begun.setdefault(step.digest, step)
        if step is start:
            continue
        x, end = axis.x(start.t_ns), axis.x(step.t_ns)
        title = f"attachment {step.digest[:12]}: {step.state} at byte {step.offset} of {step.size}"
        title += f", {axis.seconds(start.t_ns)} to {axis.seconds(step.t_ns)}"
        cut = "m-3 -3l6 6m0 -6l-6 6" if step.state == "interrupted" else ""
        path(parent, f"transfer {step.state}", f"M{x:g} {y:g}H{max(end, x + 2):g}{cut}", title)
        begun[step.digest] = step
