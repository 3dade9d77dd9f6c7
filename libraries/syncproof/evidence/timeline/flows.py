"""Messages on their way: from the lane that sent, by way of the relay, to the lanes that got; and what never came.

Every message is a group of its own, which lights up under the pointer and tells its story; of many messages,
neighbours share a group.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from syncproof.evidence.timeline.axis import Axis
from syncproof.evidence.timeline.drawing import MARK, Labels, group, listed, path
from syncproof.evidence.timeline.messages import Message

#: More groups than this nobody can tell apart.
MOST_GROUPS = 240
#: Missing messages that are named beside their crosses.
MOST_NAMED = 6

Span = tuple[float, float]


def draw(
    parent: Any, found: Sequence[Message], axis: Axis, lanes: Mapping[str, float], relay: float | None
) -> None:
    """lanes: device -> y of its lane's middle. relay: y of the relay's lane, None where there is none."""
    for together in _together(found):
        drawn = group(parent, "flight", _story(together, axis))
        sender = together[0].operation.device
        if sender not in lanes:
            continue
        asked = _span([axis.x(message.operation.t_ns) for message in together])
        via, start = asked, lanes[sender]
        stored = [axis.x(message.stored_ns) for message in together if message.stored_ns is not None]
        if relay is not None and stored:
            via, start = _span(stored), relay
            _leg(drawn, "flow", asked, lanes[sender], via, relay)
        for device, y in lanes.items():
            if device == sender:
                continue
            arrivals = [m.arrivals[device] for m in together if device in m.arrivals]
            for kind in ("live", "catchup"):
                at = [axis.x(entry.t_ns) for entry in arrivals if (entry.path == "live") == (kind == "live")]
                if at:
                    _leg(drawn, f"flow {kind}", via, start, _span(at), y)


def draw_missing(
    parent: Any, found: Sequence[Message], axis: Axis, lanes: Mapping[str, float], relay: float | None
) -> None:
    """A cross in the lane of everybody who never got a message, where the system could have sent it on."""
    for device, y in lanes.items():
        lacking = [message for message in found if device in message.missing]
        named = len(lacking) <= MOST_NAMED
        placed: list[tuple[float, list[Message]]] = []
        for message in sorted(lacking, key=_since):
            x = axis.x(_since(message))
            if placed and x - placed[-1][0] < MARK:
                placed[-1][1].append(message)
            else:
                placed.append((x, [message]))
        labels = Labels()
        for x, there in placed:
            told = [f"{device} never got {_told(message, axis)}" for message in there]
            mark = group(parent, "lost", listed(told))
            start = relay if relay is not None else lanes.get(there[0].operation.device, y)
            if start != y and there[0].operation.device != device:
                path(mark, "lost-way", f"M{x:g} {start:g}V{y:g}")
            path(mark, "lost-cross", f"M{x - 4:g} {y - 4:g}l8 8m0 -8l-8 8")
            if named:
                labels.put(mark, x + 8, y - 6, [message.operation.author_n for message in there])


def _since(message: Message) -> int:
    return message.operation.t_ns if message.stored_ns is None else message.stored_ns


def _together(found: Sequence[Message]) -> Iterator[Sequence[Message]]:
    """Messages of one sender in their order, so many of them that there are few groups."""
    size = math.ceil(len(found) / MOST_GROUPS)
    by_sender: dict[str, list[Message]] = {}
    for message in found:
        by_sender.setdefault(message.operation.device, []).append(message)
    for own in by_sender.values():
        for k in range(0, len(own), size):
            yield own[k : k + size]


def _span(places: Sequence[float]) -> Span:
    return min(places), max(places)


def _leg(parent: Any, kind: str, start: Span, y1: float, end: Span, y2: float) -> None:
    """A line where there is one message, the area between the first and the last where there are several."""
    if start[1] - start[0] < 0.5 and end[1] - end[0] < 0.5:
        d = f"M{start[0]:g} {y1:g}L{end[0]:g} {y2:g}"
        path(parent, f"{kind} line", d)
        path(parent, "reach", d)
    else:
        path(
            parent,
            f"{kind} area",
            f"M{start[0]:g} {y1:g}H{start[1] + 0.6:g}L{end[1] + 0.6:g} {y2:g}H{end[0]:g}Z",
        )


def _told(message: Message, axis: Axis) -> str:
    """One message's name and identity, for the one who goes on in the history file."""
    asked = f"asked for at {axis.seconds(message.operation.t_ns)}"
    if message.acked_ns is not None:
        return f"{message.name}, {asked}, acknowledged at {axis.seconds(message.acked_ns)} ({message.operation.op_id})"
    return f"{message.name}, {asked}, never acknowledged ({message.operation.op_id})"


def _story(together: Sequence[Message], axis: Axis) -> str:
    """What became of one message, or of several."""
    if len(together) > 1:
        first, last = together[0], together[-1]
        lines = [
            f"{first.name} to #{last.operation.author_n} ({len(together)} messages)",
            f"asked for from {axis.seconds(first.operation.t_ns)} to {axis.seconds(last.operation.t_ns)}",
        ]
        devices = dict.fromkeys(
            name for message in together for name in (*message.arrivals, *message.missing)
        )
        for name in devices:
            got = [message.arrivals[name].t_ns for message in together if name in message.arrivals]
            line = f"{name}: {len(got)} of {len(together)}"
            if got:
                line += f", from {axis.seconds(min(got))} to {axis.seconds(max(got))}"
            lacking = [f"#{message.operation.author_n}" for message in together if name in message.missing]
            lines.append(line + (f", never {', '.join(lacking)}" if lacking else ""))
        return "\n".join(lines)
    (message,) = together
    operation = message.operation
    lines = [
        f"{message.name}  ({operation.op_id})",
        f"{operation.kind}, {operation.size} bytes, asked for at {axis.seconds(operation.t_ns)}",
    ]
    if message.acked_ns is None:
        lines.append("never acknowledged")
    else:
        took = (message.acked_ns - operation.t_ns) / 1e6
        lines.append(f"acknowledged at {axis.seconds(message.acked_ns)} (after {took:.0f} ms)")
    for name, entry in message.arrivals.items():
        took = (entry.t_ns - operation.t_ns) / 1e6
        lost = ", and lost it again" if name in message.missing else ""
        lines.append(f"{name} got it at {axis.seconds(entry.t_ns)} (after {took:.0f} ms, {entry.path}){lost}")
    lines += [f"{name} never got it" for name in message.missing if name not in message.arrivals]
    return "\n".join(lines)
