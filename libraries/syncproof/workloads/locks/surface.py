"""What the workload asks of an agent, beyond what every agent answers."""

from __future__ import annotations

from typing import Literal

import msgspec

from syncproof.kernel.agent import Accepted, Request


class Noted(msgspec.Struct, frozen=True):
    """Nothing: what becomes of it is told by events."""


class LockChange(Request[Noted], frozen=True):
    """A device wants the lock of a file, or needs it no more."""

    method = "POST"
    route = "/locks"
    group: str
    action: Literal["lock", "unlock"]
    path: str


class SetLeadership(Request[Noted], frozen=True):
    """A device wants to lead the group, or does not any more."""

    method = "PUT"
    route = "/leadership"
    group: str
    stands: bool


class LockFile(msgspec.Struct, frozen=True):
    """Where a lock file lies, and who has the lock by what it says; "" where it cannot be read."""

    file: str
    owner: str


class LockFiles(msgspec.Struct, frozen=True):
    """By the path of what is locked."""

    locks: dict[str, LockFile]


class ReadLocks(Request[LockFiles], frozen=True):
    """The lock files of a device's folder as they are."""

    method = "GET"
    route = "/locks"
    group: str


class InFolder(Request[Accepted], frozen=True, kw_only=True):
    """What a user or a program does to a lock file, or to the directory in which it lies.

    mode: permissions, as a number.
    """

    method = "POST"
    route = "/files"
    in_query = True
    op_id: str
    group: str
    action: Literal["write", "mode"]
    path: str
    mode: int | None = None
