"""Devices that do not know whom to believe: they do less, and nothing wrong."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import NEVER
from syncproof.workloads.files.looks import differences
from syncproof.workloads.files.records import Folder, ModeChanged


def read_only_by(history: History, *, asked_ns: int, within_ns: int, device: str | None = None) -> Verdict:
    """By the deadline a device has said that it does not know whom to believe, and is read-only.

    device: judge only this one, by default each.
    """
    if not history.lines:
        return nothing_to_judge("read_only_by", "the history is empty")
    until = due(history, asked_ns, within_ns)
    names = [each for each in history.devices if device in (None, each)]
    said = [
        f"expected {name} to be read-only {within(within_ns)}"
        for name in names
        if not any(line.read_only and line.t_ns <= until for line in history.of(ModeChanged, name))
    ]
    return judge("read_only_by", said, (), f"{count(len(names), 'device')} is read-only")


def untouched_in_doubt(history: History, *, device: str | None = None) -> Verdict:
    """As long as a device is read-only its folder can be read, and nothing changes there or is delivered.

    Unknown where its folder was not looked at twice meanwhile.

    device: judge only this one.
    """
    faults: list[str] = []
    unknown: list[str] = []
    found = [(name, since, until) for name in history.devices for since, until in _doubts(history, name)]
    found = [each for each in found if device in (None, each[0])]
    for name, since, until in found:
        looks = [line for line in history.of(Folder, name) if since < line.t_ns < until]
        if len(looks) < 2 or not looks[0].files:
            unknown.append(f"nobody has read twice what {name} has while it was read-only")
        changed = [
            each
            for before, after in pairwise(looks)
            for each in differences({"before": before, "after": after})
        ]
        faults += [f"{name} was read-only, and its folder changed: {each}" for each in dict.fromkeys(changed)]
        came = sum(since < line.t_ns < until for line in history.deliveries(name))
        if came:
            faults.append(f"{name} was read-only, and {count(came, 'change')} was delivered there")
    if not found:
        return nothing_to_judge("untouched_in_doubt", "no device was read-only")
    return judge("untouched_in_doubt", faults, (), f"{count(len(found), 'time')} read-only", unknown)


def _doubts(history: History, name: str) -> Iterator[tuple[int, int]]:
    """When a device was read-only: from when to when."""
    since = None
    for line in history.of(ModeChanged, name):
        if line.read_only and since is None:
            since = line.t_ns
        elif not line.read_only and since is not None:
            yield since, line.t_ns
            since = None
    if since is not None:
        yield since, NEVER


LIVENESS = {"read_only_by": read_only_by, "untouched_in_doubt": untouched_in_doubt}
