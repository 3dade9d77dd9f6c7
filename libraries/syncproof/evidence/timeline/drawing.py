"""Small shapes of the picture, and what keeps thousands of marks readable: what falls together is drawn once."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import Any, TypeVar

import drawsvg

from syncproof.evidence.records import Record
from syncproof.evidence.timeline.axis import Axis

#: Pixels over which what falls together is drawn as one bar.
BIN = 1.0
#: Pixels that one mark takes: of those that stand closer, the first is drawn and the others are counted.
MARK = 8.0
R = TypeVar("R", bound=Record)


def group(parent: Any, kind: str, title: str = "") -> Any:
    """A group of a CSS class; the title shows under the pointer."""
    found = drawsvg.Group(class_=kind)
    if title:
        found.append_title(title)
    parent.append(found)
    return found


def path(parent: Any, kind: str, d: str, title: str = "") -> None:
    """A path of a CSS class."""
    found = drawsvg.Path(d=d, class_=kind)
    if title:
        found.append_title(title)
    parent.append(found)


def rect(parent: Any, kind: str, x: float, y: float, width: float, height: float, **more: Any) -> None:
    """A rectangle of a CSS class; `title` among the further arguments shows under the pointer."""
    title = more.pop("title", "")
    found = drawsvg.Rectangle(
        round(x, 1), round(y, 1), round(width, 1), round(height, 1), class_=kind, **more
    )
    if title:
        found.append_title(title)
    parent.append(found)


def text(parent: Any, x: float, y: float, words: str, kind: str = "words", anchor: str = "start") -> None:
    """Words; the class gives them their size."""
    parent.append(drawsvg.Text(words, None, round(x, 1), round(y, 1), class_=kind, text_anchor=anchor))


def bars(parent: Any, kind: str, places: Iterable[float], y: float, longest: float) -> None:
    """One path with a bar per bin, from y (down if `longest` is positive); longer where more fall together."""
    counts = Counter(round(place / BIN) * BIN for place in places)
    if not counts:
        return
    least = longest * 0.45
    path(
        parent,
        kind,
        "".join(
            f"M{x:g} {y:g}v{least + (longest - least) * min(math.log2(number) / 6, 1):.1f}"
            for x, number in sorted(counts.items())
        ),
    )


def by_place(lines: Iterable[R], axis: Axis) -> list[tuple[float, list[R]]]:
    """Lines by where they stand, those that would be drawn over each other together."""
    places: list[tuple[float, list[R]]] = []
    for line in lines:
        x = axis.x(line.t_ns)
        if places and x - places[-1][0] < MARK:
            places[-1][1].append(line)
        else:
            places.append((x, [line]))
    return places


def listed(titles: list[str], most: int = 4) -> str:
    """Titles of marks that stand together, one a line."""
    more = [f"... and {len(titles) - most} more"] if len(titles) > most else []
    return "\n".join([*titles[:most], *more])


def numbers(found: list[int]) -> str:
    """Numbers of messages, short: `#3, #5-#9`."""
    runs: list[list[int]] = []
    for number in sorted(set(found)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"#{run[0]}" if len(run) == 1 else f"#{run[0]}\u2013#{run[-1]}" for run in runs)


class Labels:
    """Names beside the marks of one lane, above its middle or below it, where there is room; else none."""

    def __init__(self) -> None:
        self._ends = [-1.0, -1.0]

    def put(self, parent: Any, x: float, y: float, found: list[int]) -> None:
        """Name the messages of a mark; x, y: where the label begins in the upper row."""
        words = numbers(found)
        width = 7.0 * len(words)
        for row, end in enumerate(self._ends):
            if x > end:
                self._ends[row] = x + width
                rect(parent, "plate", x - 2, y - 10 + 20 * row, width + 3, 13, rx=3)
                text(parent, x, y + 20 * row, words, "lost-name")
                return
