"""What was asked of locks, what devices say of them, and what lock files say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Self

from syncproof.evidence.records import NEVER, Event, Interval, Record


class LockAsked(Record, frozen=True, kw_only=True, tag="lock_asked"):
    """A device was asked to have the lock of a file, or to need it no more (`unlock`). path: "" for the leadership."""

    path: str
    action: str

    @classmethod
    def outstanding(cls, lines: Sequence[Self]) -> Iterator[Interval]:
        """A lock from when it is wanted until it is no more."""
        since: dict[str, int] = {}
        for line in lines:
            if line.action == "lock":
                since.setdefault(line.path, line.t_ns)
            elif line.path in since:
                yield since.pop(line.path), line.t_ns
        yield from ((begin, NEVER) for begin in since.values())


class Lock(Event, frozen=True, kw_only=True, tag="lock"):
    """What a device has of a lock: ``held``, ``given_back``, ``lost``. path: "" for the leadership.

    epoch: another one each time that the lock is had anew, by whomever. until_ns: of one that is held, when it ends
    unless the device says so again. So long it has the lock though it be suspended meanwhile.
    """

    path: str
    state: str
    epoch: int
    until_ns: int = 0


class LockFilesSeen(Record, frozen=True, kw_only=True, tag="lock_files"):
    """All lock files of a device's folder at one moment: who has the lock by what they say, by path.

    "" stands for one that cannot be read.
    """

    owners: dict[str, str]
