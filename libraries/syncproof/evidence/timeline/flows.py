"""Messages on their way: lines from the lane that sent to the lanes that got, bundled when there are many."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from xml.etree.ElementTree import Element

from syncproof.evidence.history import History
from syncproof.evidence.timeline.axis import Axis
from syncproof.evidence.timeline.drawing import shape

#: More lines than this are a grey area: bundles get wider until they fit.
MOST_LINES = 400


def draw(parent: Element, history: History, axis: Axis, lanes: Mapping[str, float]) -> None:
    """lanes: device -> y of its lane's middle."""
    arrivals = [
        (operation.device, device, axis.x(operation.t_ns), axis.x(entry.t_ns))
        for device in lanes
        for op_id, entry in history.delivered(device).items()
        if (operation := history.operations.get(op_id)) is not None
        and operation.device != device
        and operation.device in lanes
    ]
    width = 1.0
    while True:
        bundles = Counter(
            (sender, receiver, round(left / width) * width, round(right / width) * width)
            for sender, receiver, left, right in arrivals
        )
        if len(bundles) <= MOST_LINES:
            break
        width *= 2
    for (sender, receiver, left, right), number in bundles.items():
        shape(
            parent,
            "line",
            "flow",
            title=f"{number} from {sender} to {receiver}" if number > 1 else "",
            x1=left,
            y1=lanes[sender],
            x2=right,
            y2=lanes[receiver],
            **{"stroke-width": round(0.6 + math.log2(number) * 0.6, 1)},
        )
