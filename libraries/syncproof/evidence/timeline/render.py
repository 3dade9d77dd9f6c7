"""A history as one inline SVG: a lane per device and one for the relay, time to the right, faults shaded.

Self-contained: no script, no reference to anything outside; the browser's own titles tell what is under the
pointer. What falls together is drawn once, so that thousands of messages stay readable and below 400 KB.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Any

import drawsvg

from syncproof.evidence.history import History
from syncproof.evidence.records import (
    Blob,
    Breaker,
    Catchup,
    Connection,
    Entry,
    Fault,
    Held,
    Invoke,
    Marker,
    Note,
    Result,
    Retry,
)
from syncproof.evidence.timeline import faults, flows, lane, legend, marks
from syncproof.evidence.timeline.axis import Axis
from syncproof.evidence.timeline.drawing import group, path, rect, text
from syncproof.evidence.timeline.messages import Message, messages
from syncproof.evidence.timeline.style import STYLE

WIDTH = 1080.0
LEFT, RIGHT, TOP = 120.0, WIDTH - 14, 44.0
_DRAWN = (Invoke, Result, Marker, Connection, Retry, Breaker, Catchup, Held, Fault, Blob, Entry)


def render(history: History, *, origin_ns: int | None = None, failed_ns: int | None = None) -> str:
    """The picture, as text to put into an HTML page. An empty history gives a picture that says so.

    origin_ns: when the test began (default: the first line). failed_ns: when it gave up.
    """
    if not any(line.t_ns for line in history.lines):
        drawing = _canvas(60)
        text(drawing, 10, 24, "Nothing was recorded.")
        return _svg(drawing)
    found = messages(history)
    axis = Axis.over(_times(history, failed_ns), LEFT, RIGHT, origin_ns or history.lines[0].t_ns)
    lanes = _lanes(history, found)
    bottom = max((top + height for top, height in lanes.values()), default=TOP)
    devices = {name: lanes[name][0] + lane.HEIGHT / 2 for name in lanes if name in history.devices}
    relays = [name for name in lanes if name not in history.devices]
    relay = lanes[relays[0]][0] + lane.RELAY_HEIGHT / 2 if relays else None
    drawing = _canvas(bottom + 66)
    for top, height in lanes.values():
        rect(drawing, "band", 2, top + 1, WIDTH - 4, height - 2, rx=4)
    _scale(drawing, axis, bottom)
    edges = list(history.faults.values())
    faults.draw(drawing, edges, axis, lanes)
    _steps(drawing, history, axis, bottom)
    flows.draw(drawing, found, axis, devices, relay)
    kinds: set[str] = set()
    for name in devices:
        lane.draw(drawing, history, found, axis, name, lanes[name][0])
        kinds |= marks.draw(drawing, history, axis, name, lanes[name][0], lane.HEIGHT)
    for name in relays:
        lane.draw_relay(drawing, found if name == relays[0] else [], axis, name, lanes[name][0])
    flows.draw_missing(drawing, found, axis, devices, relay)
    faults.draw_labels(drawing, edges, axis, lanes)
    if failed_ns is not None:
        _gave_up(drawing, axis, failed_ns, bottom)
    end = legend.draw(drawing, kinds | _kinds(history, found), LEFT, RIGHT, bottom + 20)
    return _svg(drawing, end)


def _canvas(height: float) -> Any:
    drawing = drawsvg.Drawing(WIDTH, height, class_="sp-timeline", role="img")
    drawing.append_css(STYLE)
    return drawing


def _svg(drawing: Any, height: float | None = None) -> str:
    if height is not None:
        drawing.height = height
        drawing.view_box = (0, 0, WIDTH, height)
    return str(drawing.as_svg(header=""))


def _times(history: History, failed_ns: int | None) -> Iterable[int]:
    """Every time at which something is drawn, from the first message or fault on: starting devices is no story."""
    first = min((line.t_ns for kind in (Invoke, Fault) for line in history.of(kind)), default=0)
    times = [t_ns for t_ns in _all_times(history, failed_ns) if t_ns >= first]
    yield from times
    if first:
        yield first - (max(times) - first) // 50


def _all_times(history: History, failed_ns: int | None) -> Iterable[int]:
    for kind in _DRAWN:
        yield from (line.t_ns for line in history.of(kind))
    for log in history.devices.values():
        for entries in log.by_incarnation.values():
            yield from (entry.t_ns for entry in entries)
    yield from (note.t_ns for note in history.of(Note) if note.what in ("step", "incarnation"))
    if failed_ns is not None:
        yield failed_ns


def _lanes(history: History, found: list[Message]) -> dict[str, tuple[float, float]]:
    """Name -> upper edge and height: the first device, the relay, the others (what most send comes from the first)."""
    devices = [name for name in history.devices if name]
    edges = history.faults.values()
    relays = list(dict.fromkeys(name for fault in edges for name in fault[0].target if name not in devices))
    if not relays and any(message.stored_ns is not None for message in found):
        relays = [history.header.server if history.header else "relay"]
    lanes: dict[str, tuple[float, float]] = {}
    top = TOP
    for name in [*devices[:1], *relays, *devices[1:]]:
        height = lane.RELAY_HEIGHT if name in relays else lane.HEIGHT
        lanes[name] = (top, height)
        top += height
    return lanes


def _scale(drawing: Any, axis: Axis, bottom: float) -> None:
    for x, label in axis.ticks():
        path(drawing, "rule", f"M{x:g} {TOP - 2:g}V{bottom:g}")
        text(drawing, x, TOP - 6, label, anchor="middle")
    for stretch in axis.stretches:
        if stretch.quiet:
            middle = (stretch.left + stretch.right) / 2
            words = f"{(stretch.end_ns - stretch.start_ns) / 1e9:.1f} s"
            hidden = group(drawing, "quiet", f"{words} in which nothing happened, drawn short")
            rect(hidden, "pause", stretch.left, TOP, stretch.right - stretch.left, bottom - TOP)
            text(hidden, middle, TOP - 6, f"\u2026 {words} \u2026", anchor="middle")


def _steps(drawing: Any, history: History, axis: Axis, bottom: float) -> None:
    """A numbered flag where each sentence of the scenario began; of those that fall together, the first to the last."""
    placed: list[tuple[float, list[tuple[int, Note]]]] = []
    for number, note in enumerate(history.notes("step"), 1):
        x = axis.x(note.t_ns)
        if placed and x - placed[-1][0] < 17:
            placed[-1][1].append((number, note))
        else:
            placed.append((x, [(number, note)]))
    for x, there in placed:
        told = [
            f"step {number} at {axis.seconds(n.t_ns)}: {n.fields.get('sentence', '')}" for number, n in there
        ]
        flag = group(drawing, "step", "\n".join("\n  ".join(textwrap.wrap(line, 100)) for line in told))
        first, last = there[0][0], there[-1][0]
        words = f"{first}" if first == last else f"{first}\u2013{last}"
        width = 9 + 6 * len(words)
        path(flag, "pole", f"M{x:g} 16V{bottom:g}")
        rect(flag, "flag", x - 0.5, 5, width, 14, rx=3)
        text(flag, x - 0.5 + width / 2, 15.5, words, "flag-number", "middle")


def _gave_up(drawing: Any, axis: Axis, failed_ns: int, bottom: float) -> None:
    x = axis.x(failed_ns)
    told = group(drawing, "gave-up", f"the test failed at {axis.seconds(failed_ns)}")
    path(told, "gave-up", f"M{x:g} {TOP - 18:g}V{bottom:g}")
    text(told, x, TOP - 20, "failed", "bad", "end")


def _kinds(history: History, found: list[Message]) -> set[str]:
    """What else the legend has to explain."""
    kinds = {f"marker {scope}" for _, _, scope in history.markers} | {"sent"}
    kinds |= {f"on-{line.state}" for line in history.of(Connection)}
    kinds |= {"slowed" if edges[0].slows else "stopped" for edges in history.faults.values()}
    if any(step.state in lane.MOVING for step in history.of(Blob)):
        kinds.add("transfer")
    for message in found:
        if message.missing:
            kinds.add("lost-cross")
        for name, entry in message.arrivals.items():
            way = "own" if name == message.operation.device else "live" if entry.path == "live" else "catchup"
            kinds.add(f"got {way}")
    return kinds
