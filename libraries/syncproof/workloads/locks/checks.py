"""Locks: at most one device has one at a time, whoever wants it gets it, and lock files say who has it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.workloads.locks.records import LockAsked, LockFilesSeen
from syncproof.workloads.locks.times import Term, called, terms


def one_holder(history: History, *, device: str | None = None) -> Verdict:
    """No two devices have the lock of one file at a time, and whoever has it next has it in a higher epoch.

    A device has a lock from when it says so until it says otherwise, until the end that it named has come, or until it
    is killed: a device that was suspended, and says later that it has lost the lock, has had it to that end only.

    device: judge only what it has to do with.
    """
    if not history.lines:
        return nothing_to_judge("one_holder", "the history is empty")
    faults: list[str] = []
    by_path: dict[str, list[Term]] = {}
    for term in terms(history):
        by_path.setdefault(term.path, []).append(term)
    for path, had in by_path.items():
        latest = had[0]
        for before, term in pairwise(had):
            latest = max(latest, before, key=lambda each: each.until)
            concerned = device in (None, term.device, latest.device)
            if concerned and term.device != latest.device and term.since < latest.until:
                faults.append(
                    f"{latest.device} and {term.device} had {called(path)} at once, for "
                    f"{(min(latest.until, term.until) - term.since) / 1e9:.3f} s"
                )
            if device in (None, term.device, before.device) and term.epoch <= before.epoch:
                faults.append(
                    f"{term.device} had {called(path)} in epoch {term.epoch}, after {before.device} in epoch "
                    f"{before.epoch}"
                )
    number = sum(len(had) for had in by_path.values())
    return judge("one_holder", faults, (), f"{count(number, 'lock')} held, each by one device")


def lock_held(history: History, *, device: str, path: str, asked_ns: int, within_ns: int) -> Verdict:
    """By the deadline a device has the lock of a file, which it was asked to have."""
    if not _was_asked(history, path, (device,)):
        return nothing_to_judge("lock_held", f"{device} was not asked to have {called(path)}")
    deadline = due(history, asked_ns, within_ns)
    there = [term for term in terms(history, path) if term.since <= deadline and term.until > asked_ns]
    if any(term.device == device for term in there):
        return Verdict("lock_held", "pass", f"{device} has {called(path)}")
    has = f"{there[-1].device} has it" if there else "nobody has it"
    return Verdict(
        "lock_held", "fail", f"expected {device} to have {called(path)} {within(within_ns)}; {has}"
    )


def lock_held_by_one(
    history: History,
    *,
    path: str,
    names: Sequence[str],
    asked_ns: int,
    within_ns: int,
    device: str | None = None,
) -> Verdict:
    """By the deadline one of some devices has the lock of a file, which all of them were asked to have.

    That no two of them have it at once is judged in every test.
    """
    del device
    if not _was_asked(history, path, names):
        return nothing_to_judge("lock_held_by_one", f"not all of them were asked to have {called(path)}")
    deadline = due(history, asked_ns, within_ns)
    there = [term.device for term in terms(history, path) if term.since <= deadline and term.until > asked_ns]
    said = f"expected one of {' and '.join(names)} to have {called(path)} {within(within_ns)}; none has it"
    faults = [] if set(there) & set(names) else [said]
    return judge("lock_held_by_one", faults, (), f"one has {called(path)}")


def lock_held_by_each(
    history: History,
    *,
    path: str,
    names: Sequence[str],
    asked_ns: int,
    within_ns: int,
    device: str | None = None,
) -> Verdict:
    """By the deadline each of some devices has had the lock of a file once."""
    del device
    deadline = due(history, asked_ns, within_ns)
    had = {term.device for term in terms(history, path) if term.since <= deadline}
    if not had:
        return nothing_to_judge("lock_held_by_each", f"nobody had {called(path)}")
    said = [
        f"expected {name} to have had {called(path)} {within(within_ns)}" for name in names if name not in had
    ]
    return judge("lock_held_by_each", said, (), f"each had {called(path)}")


def lock_held_by_nobody(
    history: History, *, path: str, asked_ns: int, within_ns: int, device: str | None = None
) -> Verdict:
    """Nobody has the lock of a file, which somebody was asked to have, for so long."""
    del device
    until = asked_ns + within_ns
    if not _was_asked(history, path, ()) or history.last_ns < until:
        return nothing_to_judge("lock_held_by_nobody", f"nobody wanted {called(path)}, or it was not so long")
    had = [term.device for term in terms(history, path) if term.since <= until and term.until > asked_ns]
    said = [
        f"expected nobody to have {called(path)} for {within_ns / 1e9:g} s; {name} had it" for name in had
    ]
    return judge("lock_held_by_nobody", said, (), f"nobody had {called(path)}")


def lock_lost(history: History, *, device: str, path: str, asked_ns: int, within_ns: int) -> Verdict:
    """By the deadline a device has said that it has lost the lock of a file, which it had, and has it no more."""
    deadline = due(history, asked_ns, within_ns)
    had = [term for term in terms(history, path) if term.device == device and term.since <= deadline]
    if not had:
        return nothing_to_judge("lock_lost", f"{device} never had {called(path)}")
    lost = had[-1].lost is not None and had[-1].lost <= deadline
    said = [] if lost else [f"expected {device} to say {within(within_ns)} that it has lost {called(path)}"]
    return judge("lock_lost", said, (), f"{device} has lost {called(path)}")


def lock_shown(
    history: History, *, device: str, path: str, owner: str, asked_ns: int, within_ns: int
) -> Verdict:
    """By the deadline a lock file in a device's folder says who has the lock; owner "": there is none."""
    deadline = due(history, asked_ns, within_ns)
    looks = [line for line in history.of(LockFilesSeen, device) if line.t_ns <= deadline]
    if not looks:
        return nothing_to_judge("lock_shown", f"nobody looked at {device}'s lock files")
    there = looks[-1].owners
    if there.get(path, "") == owner and (path in there) == bool(owner):
        return Verdict("lock_shown", "pass", f"{device} shows who has {called(path)}")
    has = (
        "there is none"
        if path not in there
        else f"it names {there[path]}"
        if there[path]
        else "nobody can read it"
    )
    wanted = f"name {owner}" if owner else "be gone"
    said = f'expected {device}\'s lock file of "{path}" to {wanted} {within(within_ns)}; {has}'
    return Verdict("lock_shown", "fail", said)


def _was_asked(history: History, path: str, names: Sequence[str]) -> bool:
    asked = {line.device for line in history.of(LockAsked) if line.path == path and line.action == "lock"}
    return bool(asked) and asked.issuperset(names)


SAFETY = {"one_holder": one_holder}
LIVENESS = {
    "lock_held": lock_held,
    "lock_held_by_one": lock_held_by_one,
    "lock_held_by_each": lock_held_by_each,
    "lock_held_by_nobody": lock_held_by_nobody,
    "lock_lost": lock_lost,
    "lock_shown": lock_shown,
}
