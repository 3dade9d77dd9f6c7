"""What devices got from each other: no more than it takes, and in the end nothing."""

from __future__ import annotations

from collections import Counter

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import NEVER
from syncproof.kernel.quantities import Size
from syncproof.workloads.files.records import FileTransfer, Folder


def bounded_transfers(history: History, *, most: int, device: str | None = None) -> Verdict:
    """A change costs each device a few transfers, however many others have it.

    Each part of a file comes to a device at most so often; and of changes, without their content, so many times as
    many as others have made. A loop, or a storm in which everybody sends everything to everybody, costs more.

    most: transfers. device: judge only what this one got.
    """
    if not any(True for _ in history.of(FileTransfer)):
        return nothing_to_judge("bounded_transfers", "nothing was transferred")
    often_at_most = "once" if most == 1 else f"{most} times"
    faults: list[str] = []
    for name in history.devices:
        if device not in (None, name):
            continue
        got = history.of(FileTransfer, name)
        blocks = Counter(line.digest for line in got if line.what == "block")
        often = [times for times in blocks.values() if times > most]
        if often:
            faults.append(
                f"{name} got {count(len(often), 'part')} of files too often, one of them {max(often)} times "
                f"instead of {most}"
            )
        changes = sum(line.count for line in got if line.what == "ops")
        made = sum(each.device != name for each in history.operations.values())
        if changes > most * made:
            faults.append(
                f"expected {name} to be told of each change {often_at_most} at most; others made {made}, "
                f"and it was told of {changes}"
            )
    return judge("bounded_transfers", faults, (), f"at most {most} transfers of each change at each device")


def quiescence(
    history: History, *, quiet_ns: int, asked_ns: int, within_ns: int, device: str | None = None
) -> Verdict:
    """Nothing is transferred and no folder changes, for so long without a break: there is no loop.

    Unknown where a folder was not looked at before and at the end.

    quiet_ns: how long. asked_ns, within_ns: when it was asked for, and by when it must have been so.

    device: judge only this one.
    """
    del asked_ns
    looks = history.notes("quiet_looked")
    if not looks or not history.operations:
        return nothing_to_judge("quiescence", "nothing was asked for, or nobody looked")
    until = looks[-1].t_ns
    faults: list[str] = []
    unknown: list[str] = []
    for name in history.devices:
        if device not in (None, name):
            continue
        busy = [line.t_ns for line in history.of(FileTransfer, name)]
        busy += [entry.t_ns for entry in history.deliveries(name)]
        last = max(busy, default=0)
        if until - last < quiet_ns:
            after = sum(t_ns > until - within_ns for t_ns in busy)
            faults.append(
                f"expected nothing to be transferred for {quiet_ns / 1e9:g} s; {name} still got something "
                f"{(until - last) / 1e9:.1f} s ago, {count(after, 'time')} in {within_ns / 1e9:g} s"
            )
        folders = history.of(Folder, name)
        before = [folder for folder in folders if folder.t_ns <= until - quiet_ns]
        during = [folder for folder in folders if until - quiet_ns < folder.t_ns <= until]
        if any(folder.files != before[-1].files for folder in during if before):
            faults.append(f"expected no folder to change for {quiet_ns / 1e9:g} s; {name}'s did")
        elif not before or not during:
            unknown.append(f"nobody looked at {name}'s folder before and after")
    said = f"nothing was transferred for {quiet_ns / 1e9:g} s"
    return judge("quiescence", faults, (), said, unknown)


def paths_used(history: History, *, device: str, number: int, asked_ns: int, within_ns: int) -> Verdict:
    """By the deadline a device got parts of files from so many others.

    number: of others, at least.
    """
    deadline = due(history, asked_ns, within_ns)
    got = [
        line for line in history.of(FileTransfer, device) if line.what == "block" and line.t_ns <= deadline
    ]
    if not history.operations:
        return nothing_to_judge("paths_used", "nothing was asked for")
    said = f"{device} got parts of files from {count(len({line.peer for line in got}), 'device')}"
    if len({line.peer for line in got}) < number:
        return Verdict("paths_used", "fail", f"expected {number} {within(within_ns)}: {said}")
    return Verdict("paths_used", "pass", said)


def bytes_of(history: History, device: str, until: int = NEVER) -> int:
    """How many bytes of different parts of files a device got by then."""
    got = history.of(FileTransfer, device)
    return sum(
        {line.digest: line.size for line in got if line.what == "block" and line.t_ns <= until}.values()
    )


def bytes_arrived(history: History, *, device: str, size: int, asked_ns: int, within_ns: int) -> Verdict:
    """By the deadline a device has got so many bytes of files; a part that came twice counts once."""
    if not history.operations:
        return nothing_to_judge("bytes_arrived", "nothing was asked for")
    got = bytes_of(history, device, due(history, asked_ns, within_ns))
    wanted = f"{Size(size)} of files"
    said = f"expected {device} to have got {wanted} {within(within_ns)}; it has got {Size(got).about()}"
    return judge("bytes_arrived", [said] if got < size else [], (), f"{device} has got {wanted}")


LIVENESS = {
    "bounded_transfers": bounded_transfers,
    "quiescence": quiescence,
    "bytes_arrived": bytes_arrived,
    "paths_used": paths_used,
}
