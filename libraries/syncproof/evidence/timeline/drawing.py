"""Small shapes of SVG as elements: ElementTree escapes what people and systems call things."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement

#: Pixels over which what falls together is drawn as one.
BIN = 1.0


def shape(parent: Element, tag: str, kind: str, title: str = "", **attributes: object) -> Element:
    """Add a shape of a CSS class; the title shows under the pointer."""
    numbers = {
        name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in attributes.items()
    }
    element = SubElement(parent, tag, {"class": kind, **numbers})
    if title:
        SubElement(element, "title").text = title
    return element


def text(parent: Element, x: float, y: float, words: str, kind: str = "small", anchor: str = "start") -> None:
    """Add words."""
    element = SubElement(parent, "text", {"class": kind, "x": f"{x:g}", "y": f"{y:g}", "text-anchor": anchor})
    element.text = words


def bars(parent: Element, kind: str, places: Iterable[float], y: float, longest: float) -> None:
    """One path with a bar per bin, from y (down if `longest` is positive); longer where more fall together."""
    counts = Counter(round(place / BIN) * BIN for place in places)
    if not counts:
        return
    least = longest * 0.35
    path = [
        f"M{x:g} {y:g}v{least + (longest - least) * min(math.log2(number) / 6, 1):.1f}"
        for x, number in sorted(counts.items())
    ]
    shape(parent, "path", kind, d="".join(path))
