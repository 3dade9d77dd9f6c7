"""Faults: every lane that one hits is shaded from its start to its proved end, and says which one it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from syncproof.evidence.records import Fault
from syncproof.evidence.timeline.axis import Axis
from syncproof.evidence.timeline.drawing import group, path, rect, text

#: Labels of one lane that stand on rows of their own before they share.
ROWS = 3
MOST_LETTERS = 40


def draw(
    parent: Any, faults: Sequence[Sequence[Fault]], axis: Axis, lanes: Mapping[str, tuple[float, float]]
) -> None:
    """lanes: name -> upper edge and height."""
    for edges, target, left, right in _places(faults, axis):
        top, height = lanes[target]
        kind = "slowed" if edges[0].slows else "stopped"
        hit = group(parent, f"fault {kind}", _title(edges, axis))
        rect(hit, "shade", left, top + 1, max(right - left, 1.5), height - 2)
        path(hit, "edge", f"M{left:g} {top + 1:g}v{height - 2:g}")
        if _end(edges) is not None:
            path(hit, "edge", f"M{right:g} {top + 1:g}v{height - 2:g}")


def draw_labels(
    parent: Any, faults: Sequence[Sequence[Fault]], axis: Axis, lanes: Mapping[str, tuple[float, float]]
) -> None:
    """Above everything else, on plates, so that no line crosses a word."""
    reach: dict[tuple[str, int], float] = {}
    for edges, target, left, _ in _places(faults, axis):
        top, height = lanes[target]
        words = _words(edges[0])[:MOST_LETTERS]
        width = 8 + 6.7 * len(words)
        x = max(min(left + 3, axis.right - width), axis.left)
        rows = max(min(ROWS, int(height / 18)), 1)
        row = next((k for k in range(rows) if reach.get((target, k), -1.0) <= x), None)
        if row is None:
            continue  # its shade has the words under the pointer
        reach[target, row] = x + width
        y = top + height - 22 - 15 * row if height > 60 else top + 4 + 15 * row
        label = group(parent, "plaque", _title(edges, axis))
        rect(label, "plate", x, y, width, 13, rx=3)
        text(label, x + 4, y + 10, words, "fault-name")


def _places(faults: Sequence[Sequence[Fault]], axis: Axis) -> list[tuple[Sequence[Fault], str, float, float]]:
    return [
        (edges, target, axis.x(edges[0].t_ns), axis.right if ended is None else axis.x(ended))
        for edges in faults
        for ended in (_end(edges),)
        for target in edges[0].target
    ]


def _end(edges: Sequence[Fault]) -> int | None:
    return next((edge.t_ns for edge in edges if edge.edge == "end"), None)


def _words(fault: Fault) -> str:
    direction = f" {fault.direction}" if fault.direction != "both" else ""
    return f"{fault.kind}{f' {fault.requested}' if fault.requested else ''}{direction}"


def _title(edges: Sequence[Fault], axis: Axis) -> str:
    first, ended = edges[0], _end(edges)
    title = f"{_words(first)} on {', '.join(first.target)} from {axis.seconds(first.t_ns)} "
    title += f"to {axis.seconds(ended)}" if ended is not None else "on, still on at the end"
    proof = next((edge.proof for edge in edges if edge.effective and edge.proof), "")
    return title + (f"\nseen: {proof}" if proof else "\nnot seen to take effect")
