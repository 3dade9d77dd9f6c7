"""Locks of files, which at most one device has at a time, and who leads."""

from __future__ import annotations

from typing import Literal, Protocol, runtime_checkable

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from syncproof_agentkit.answering import query, reply
from syncproof_agentkit.part import Answer, Part
from syncproof_agentkit.requests import Name
from syncproof_synckit.relative_path import RelativePath


class LockChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /locks: a device wants the lock of a file, or does not need it any more."""

    group: Name
    action: Literal["lock", "unlock"]
    path: RelativePath


class Leadership(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """PUT /leadership: a device wants to lead the group, or does not any more."""

    group: Name
    stands: bool


@runtime_checkable
class KeepsLocks(Protocol):
    """An adapter whose product has locks of files."""

    def change_lock(self, wanted: LockChange) -> None: ...
    def set_leadership(self, wanted: Leadership) -> None: ...
    def locks(self, group: str) -> dict[str, object]: ...


async def _change_lock(agent: KeepsLocks, _: Request, wanted: LockChange) -> Response:
    agent.change_lock(wanted)
    return reply({}, 202)


async def _set_leadership(agent: KeepsLocks, _: Request, wanted: Leadership) -> Response:
    agent.set_leadership(wanted)
    return reply({}, 202)


async def _locks(agent: KeepsLocks, request: Request, _: None) -> Response:
    return reply(agent.locks(query(request, "group")))


PARTS = (
    Part(
        KeepsLocks,
        "This product does not have locks.",
        (
            Answer("POST", "/locks", _change_lock, content=LockChange),
            Answer("GET", "/locks", _locks),
            Answer("PUT", "/leadership", _set_leadership, content=Leadership),
        ),
    ),
)
