"""The legend: only what is in the picture."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from syncproof.evidence.timeline.drawing import path, rect, text
from syncproof.evidence.timeline.marks import glyph

#: Kind -> its words, in the order of the legend.
WORDS = {
    "sent": "sent",
    "got live": "got live",
    "got catchup": "got by catch-up",
    "got own": "own, confirmed",
    "lost-cross": "never got",
    "twice": "got twice",
    "late": "out of order",
    "conflict": "conflict",
    "marker local": "read marker",
    "marker remote": "read marker, on the relay",
    "stopped": "fault",
    "slowed": "slowed down",
    "retry": "retry",
    "alarm": "circuit breaker opened",
    "held": "held back",
    "quarantined": "quarantined as unreadable",
    "transfer": "attachment",
    "on-live": "link live",
    "on-catching_up": "catching up",
    "on-connecting": "connecting",
    "on-offline": "offline",
}
BARS = frozenset({"sent", "got live", "got catchup", "got own"})
MARKS = frozenset({"twice", "late", "conflict", "retry", "alarm", "held", "quarantined"})


def draw(parent: Any, kinds: Iterable[str], left: float, right: float, y: float) -> float:
    """Draw it from y downwards, in rows; returns where it ends."""
    there = set(kinds)
    x = left
    for kind, words in WORDS.items():
        if kind not in there:
            continue
        width = 34 + 5.6 * len(words)
        if x + width > right:
            x, y = left, y + 17
        _sample(parent, kind, x, y)
        text(parent, x + 20, y, words)
        x += width
    return y + 8


def _sample(parent: Any, kind: str, x: float, y: float) -> None:
    if kind in BARS:
        path(parent, kind, f"M{x + 4:g} {y + 1:g}v-9m4 9v-9m4 9v-9")
    elif kind in MARKS:
        glyph(parent, kind, x + 8, y - 4)
    elif kind == "lost-cross":
        path(parent, kind, f"M{x + 4:g} {y - 8:g}l8 8m0 -8l-8 8")
    elif kind.startswith("on-"):
        rect(parent, f"wire {kind}", x, y - 6, 15, 5)
    elif kind in ("stopped", "slowed"):
        rect(parent, f"fault-sample {kind}", x, y - 9, 15, 10)
    else:
        path(parent, kind, f"M{x:g} {y - 4:g}h15")
