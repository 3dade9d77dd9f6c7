"""How what a load costs grows with the number of peers, of files or of changes."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.workloads.files.records import CostMark, FileTransfer

#: Rounds, and by how much the last one must be larger than the first, without which nobody sees how anything grows.
_ROUNDS, _SPREAD = 3, 2.5


@dataclass
class Round:
    """A load that was measured. begin, end: what was read of each device."""

    begin: dict[str, CostMark] = field(default_factory=dict)
    end: dict[str, CostMark] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether every device was read again."""
        return bool(self.begin) and self.begin.keys() == self.end.keys()

    def during(self, t_ns: int) -> bool:
        """Whether that was in it: from before any device was read to when all were read again."""
        first = min(mark.t_ns for mark in self.begin.values())
        return first <= t_ns <= max(mark.t_ns for mark in self.end.values())

    def grown(self, read: Callable[[CostMark], float], device: str | None) -> float:
        """By how much that grew, over all devices or of one."""
        return sum(
            read(self.end[name]) - read(self.begin[name]) for name in self.begin if device in (None, name)
        )


#: What is measured, of all devices together or of one. None: nobody measured it.
Measure = Callable[[History, Round, str | None], float | None]


def _messages(history: History, load: Round, device: str | None) -> float:
    return sum(load.during(line.t_ns) for line in history.of(FileTransfer, device))


def _bytes(history: History, load: Round, device: str | None) -> float:
    return sum(line.size for line in history.of(FileTransfer, device) if load.during(line.t_ns))


def _links(_: History, load: Round, device: str | None) -> float | None:
    used = [mark.links for name, mark in load.end.items() if device in (None, name)]
    return None if None in used else float(sum(each for each in used if each))


def _counted(name: str) -> Measure:
    def measure(_: History, load: Round, device: str | None) -> float | None:
        if any(name not in mark.counted for mark in (*load.begin.values(), *load.end.values())):
            return None
        return load.grown(lambda mark: mark.counted[name], device)

    return measure


def _processor(_: History, load: Round, device: str | None) -> float:
    return load.grown(lambda mark: mark.cpu_s, device)


FIGURES: Mapping[str, Measure] = {
    "messages": _messages,
    "bytes": _bytes,
    "connections": _links,
    "processor time": _processor,
    "log": _counted("logBytes"),
    "hashed files": _counted("filesHashed"),
}
#: Those of which more is needed the more is changed.
_OF_CHANGES = ("messages", "bytes", "processor time", "log", "hashed files")


#: What each device has for itself; anything else is for the others, and costs one that is alone nothing.
_OF_EACH = ("log",)


def _number(history: History, load: Round, over: str, figure: str) -> int:
    if over == "changes":
        return sum(load.during(each.t_ns) for each in history.operations.values())
    return len(load.begin) - (figure not in _OF_EACH)


def growth(history: History, *, figure: str, over: str, most: float, device: str | None = None) -> Verdict:
    """What a load costs all devices together grows no faster than a power of the number of peers, or of changes.

    The exponent is fitted over all rounds: 1 is growth in line, 2 is what comes of everybody telling everybody.

    figure: what it costs, one of `FIGURES`. over: `peers`, all but one of them where it is for the others, or
    `changes`. Where it is peers, the cost of one change counts, however many there were. most: the exponent. device:
    what it costs this one alone.
    """
    loads = rounds(history)
    points: list[tuple[float, float]] = []
    for load in loads:
        cost, number = FIGURES[figure](history, load, device), _number(history, load, over, figure)
        changes = _number(history, load, "changes", figure)
        if cost is None:
            return nothing_to_judge("growth", f"nobody measured the {figure}")
        if cost > 0 and number > 0 and changes > 0:
            per_change = figure in _OF_CHANGES and over == "peers"
            points.append((number, cost / changes if per_change else cost))
    if len(points) < _ROUNDS or points[-1][0] < _SPREAD * points[0][0]:
        return nothing_to_judge("growth", f"{count(len(points), 'round')} of different size show no growth")
    exponent = fitted(points)
    seen = ", ".join(f"{cost:.4g} for {number:g}" for number, cost in points)
    told = f"the {figure} grew with the power {exponent:.2f} of the number of {over} ({seen})"
    return judge("growth", [f"{told}; expected at most {most:g}"] if exponent > most else [], (), told)


def rounds(history: History) -> list[Round]:
    """The rounds of a history that were measured to their end, in their order."""
    found: defaultdict[int, Round] = defaultdict(Round)
    for mark in history.of(CostMark):
        read = found[mark.round].begin if mark.edge == "begin" else found[mark.round].end
        read[mark.device] = mark
    return [found[number] for number in sorted(found) if found[number].whole]


def fitted(points: list[tuple[float, float]]) -> float:
    """The exponent of the power of x that y is nearest to, by least squares of their logarithms."""
    logs = [(math.log(x), math.log(y)) for x, y in points]
    mean_x, mean_y = (sum(each) / len(logs) for each in zip(*logs, strict=True))
    apart = sum((x - mean_x) ** 2 for x, _ in logs)
    return float(sum((x - mean_x) * (y - mean_y) for x, y in logs) / apart) if apart else 0.0


LIVENESS = {"growth": growth}
