"""A history as one inline SVG: a lane per device, time to the right, faults shaded.

Self-contained (no script, no reference to anything outside); what falls on one pixel is drawn once, so that
thousands of messages stay below 200 KB.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, tostring

from syncproof.evidence.history import History
from syncproof.evidence.records import Fault, Note
from syncproof.evidence.timeline import flows, lane
from syncproof.evidence.timeline.axis import Axis
from syncproof.evidence.timeline.drawing import shape, text
from syncproof.evidence.timeline.style import STYLE

WIDTH = 1000.0
LEFT, RIGHT, TOP = 110.0, WIDTH - 12, 26.0
LEGEND = (
    ("sent", "sent"),
    ("live", "got live"),
    ("catchup", "got by catch-up"),
    ("missing", "never got"),
    ("local", "read marker"),
    ("remote", "read marker, on the relay"),
    ("edge", "fault"),
)


def render(history: History) -> str:
    """The picture, as text to put into an HTML page. An empty history gives a picture that says so."""
    devices = [name for name in history.devices if name]
    faults = list(history.faults.values())
    targets = dict.fromkeys(name for edges in faults for name in edges[0].target if name not in devices)
    names = [*targets, *devices]
    times = [line.t_ns for line in history.lines if line.t_ns]
    axis = Axis(min(times, default=0), max(times, default=1), LEFT, RIGHT)
    tops = {name: TOP + k * lane.HEIGHT for k, name in enumerate(names)}
    bottom = TOP + len(names) * lane.HEIGHT
    height = bottom + 26
    root = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "sp-timeline",
            "viewBox": f"0 0 {WIDTH:g} {height:g}",
            "width": f"{WIDTH:g}",
            "role": "img",
            "aria-label": f"Timeline of {', '.join(names) or 'nothing'}",
        },
    )
    SubElement(root, "style").text = STYLE
    if not times:
        text(root, 8, 18, "Nothing was recorded.")
        return tostring(root, encoding="unicode")
    for x, label in axis.ticks():
        shape(root, "path", "rule", d=f"M{x:g} {TOP - 4:g}V{bottom:g}")
        text(root, x, TOP - 8, label, anchor="middle")
    _faults(root, faults, axis, tops)
    flows.draw(root, history, axis, {name: tops[name] + lane.HEIGHT / 2 for name in devices})
    for name in devices:
        lane.draw(root, history, axis, name, tops[name])
    for name in targets:
        text(root, 8, tops[name] + lane.HEIGHT / 2, name, "name")
    _legend(root, history, bottom + 16)
    return tostring(root, encoding="unicode")


def _faults(root: Element, faults: list[list[Fault]], axis: Axis, tops: dict[str, float]) -> None:
    """Shade every lane that a fault hits, from its start to its proved end."""
    labels: dict[str, int] = {}
    for edges in faults:
        first = edges[0]
        ended = next((edge.t_ns for edge in edges if edge.edge == "end"), None)
        left, right = axis.x(first.t_ns), axis.x(ended if ended is not None else axis.end_ns)
        amount = f" {first.requested}" if first.requested else ""
        title = f"{first.kind}{amount} on {', '.join(first.target)} from {axis.seconds(first.t_ns)} "
        title += f"to {axis.seconds(ended)}" if ended is not None else "on, never ended"
        for name in first.target:
            top = tops[name]
            width = max(right - left, 1.5)
            shape(root, "rect", "fault", title, x=left, y=top + 2, width=width, height=lane.HEIGHT - 4)
            shape(root, "path", "edge", d=f"M{left:g} {top + 2:g}v{lane.HEIGHT - 4:g}")
            # Faults that follow one another closely would write over each other.
            row = labels[name] = (labels.get(name, -1) + 1) % 3
            text(root, left + 3, top + lane.HEIGHT - 10 - 11 * row, f"{first.kind}{amount}"[:40])


def _legend(root: Element, history: History, y: float) -> None:
    x = LEFT
    for kind, label in LEGEND:
        shape(root, "path", kind, d=f"M{x:g} {y - 4:g}h14")
        text(root, x + 18, y, label)
        x += 30 + 6.2 * len(label)
    troubles = sum(1 for note in history.of(Note) if note.what in ("malformed_reply", "unreachable"))
    text(
        root,
        x,
        y,
        "\u25bc retry  \u25a0 breaker opened  \u25cf held back"
        + (f"  {troubles} agent errors" if troubles else ""),
    )
