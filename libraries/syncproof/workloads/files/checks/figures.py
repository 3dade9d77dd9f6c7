"""What a peer takes while it works as usual, and how soon others have what it says."""

from __future__ import annotations

import math
from collections.abc import Callable

from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.kernel.quantities import Size
from syncproof.workloads.files.checks.growth import Round, rounds
from syncproof.workloads.files.records import ChangeAlone

#: Changes times receivers without which nobody knows the slowest of a hundred.
_ENOUGH = 100


def soon_everywhere(history: History, *, most_ms: float, device: str | None = None) -> Verdict:
    """99 of 100 changes come to another device within a time of when their author had them.

    Changes that were made one by one are judged (`change_alone`): others wait for each other. What counts is when each
    device had stored it, less what a machine that had other things to do kept the author, the receiver and what is in
    between waiting for a processor: devices of a region have a processor each. Some of that wait may be beside the way
    of the change: a busy machine makes the check miss delays, and never lets it see one that is not there.

    What is taken off has no bound: a bound would let a busy machine fail a product that is as it should be. A delay is
    missed as far as these processes waited; the verdict says how long changes took with that as well.

    most_ms: the time. device: judge only what came to this one.
    """
    took: list[float] = []
    longest = 0.0
    unknown: list[str] = []
    for change in history.of(ChangeAlone):
        stored = {name: log.first.get(change.op_id) for name, log in history.devices.items()}
        said = stored.pop(change.device, None)
        for name, got in stored.items():
            if device not in (None, name):
                continue
            if said is None or got is None:
                unknown.append(f"nobody knows when {name} had {history.name(change.op_id)}")
                continue
            waited_s = sum(change.waited_s.get(each, 0.0) for each in ("", change.device, name))
            took_ms = (got.t_ns - said.t_ns) / 1e6
            longest = max(longest, took_ms)
            took.append(max(0.0, took_ms - waited_s * 1e3))
    if unknown or len(took) < _ENOUGH:
        few = f"{count(len(took), 'change')} came one by one: nobody knows the slowest of {_ENOUGH}"
        return nothing_to_judge("soon_everywhere", "; ".join(unknown[:3]) or few)
    half, slow = (sorted(took)[math.ceil(len(took) * part) - 1] for part in (0.5, 0.99))
    seen = (
        f"of {count(len(took), 'change')} half came within {half:.0f} ms and 99% within {slow:.0f} ms, less waits for "
        f"a processor; with these, all within {longest:.0f} ms"
    )
    faults = [f"{seen}; expected 99% within {most_ms:g} ms"] if slow > most_ms else []
    return judge("soon_everywhere", faults, (), seen)


def little_processor(history: History, *, most: float, device: str | None = None) -> Verdict:
    """No device needs more than a part of a processor for a load as it is every day.

    Rounds that were measured with changes are judged: what a process had of processors, over the time in which it did
    not wait for one that others had. So a busy machine makes nobody look idle.

    most: the part. device: judge only this one.
    """

    def part(load: Round, name: str) -> float:
        begin, end = load.begin[name], load.end[name]
        lasted_s = (end.t_ns - begin.t_ns) / 1e9 - max(0.0, end.waited_s - begin.waited_s)
        used_s = end.cpu_s - begin.cpu_s
        return used_s / max(lasted_s, used_s)

    return _little("little_processor", "of a processor", history, part, most, device, lambda x: f"{x:.1%}")


def little_memory(history: History, *, most: float, device: str | None = None) -> Verdict:
    """No device needs more memory than that for a load as it is every day: its program, and all that it keeps.

    Rounds that were measured with changes are judged: the highest resident memory of a process, shared parts included.

    most: bytes. device: judge only this one.
    """

    def peak(load: Round, name: str) -> float:
        return float(load.end[name].peak)

    return _little(
        "little_memory", "of memory", history, peak, most, device, lambda x: Size(round(x)).about()
    )


def _little(
    check: str,
    what: str,
    history: History,
    read: Callable[[Round, str], float],
    most: float,
    device: str | None,
    said: Callable[[float], str],
) -> Verdict:
    faults: list[str] = []
    highest = 0.0
    for load in rounds(history):
        if not any(load.during(each.t_ns) for each in history.operations.values()):
            continue
        for name in load.end:
            if device not in (None, name):
                continue
            seen = read(load, name)
            highest = max(highest, seen)
            if seen > most:
                faults.append(f"{name} needed {said(seen)} {what}; expected at most {said(most)}")
    if not highest:  # nothing that runs takes nothing
        return nothing_to_judge(check, "nobody measured what a load takes")
    return judge(check, faults, (), f"nobody needed more than {said(highest)} {what}")


LIVENESS: dict[str, Callable[..., Verdict]] = {
    "soon_everywhere": soon_everywhere,
    "little_processor": little_processor,
    "little_memory": little_memory,
}
