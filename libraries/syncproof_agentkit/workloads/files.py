"""A folder that is the same on several devices."""

from __future__ import annotations

from typing import Annotated, Literal, Protocol, runtime_checkable

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from syncproof_agentkit.answering import query, reply
from syncproof_agentkit.part import Answer, Part
from syncproof_agentkit.requests import Name
from syncproof_synckit.relative_path import RelativePath


class FileChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /files: what a user does to a file of the folder. to: the new path.

    mode: permissions, as a decimal number. of: op_id of the change that is taken
    back, or voted for.
    """

    op_id: Name
    group: Name
    action: Literal["write", "delete", "rename", "mode", "touch", "undo", "vote"]
    path: RelativePath
    to: RelativePath | None = None
    of: Name | None = None
    mode: Annotated[int, msgspec.Meta(ge=0, le=0o777)] | None = None


@runtime_checkable
class KeepsFolder(Protocol):
    """An adapter whose product keeps a folder the same on several devices."""

    async def change_file(self, wanted: FileChange, content: bytes) -> dict[str, object]: ...
    def folder(self, group: str) -> dict[str, object]: ...


async def _change_file(agent: KeepsFolder, request: Request, wanted: FileChange) -> Response:
    return reply(await agent.change_file(wanted, await request.body()), 202)


async def _folder(agent: KeepsFolder, request: Request, _: None) -> Response:
    return reply(agent.folder(query(request, "group")))


PARTS = (
    Part(
        KeepsFolder,
        "This product does not have a folder.",
        (Answer("POST", "/files", _change_file, query=FileChange), Answer("GET", "/files", _folder)),
    ),
)
