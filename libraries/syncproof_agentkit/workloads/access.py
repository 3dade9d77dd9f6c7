"""Who may read and who may write which files of a shared folder, by rules of the folder's owner."""

from __future__ import annotations

from typing import Annotated, Protocol, runtime_checkable

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from syncproof_agentkit.answering import reply
from syncproof_agentkit.part import Answer, Part
from syncproof_agentkit.requests import Name
from syncproof_synckit.relative_path import RelativePath

_Names = Annotated[tuple[Name, ...], msgspec.Meta(max_length=1000)]


class Owner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """PUT /owner: whose rules count, as that device's agent calls its author."""

    owner: Name


class NewRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /rules: who may read and write the files whose paths fit; the last rule about a path counts.

    path: of a file or a directory; `*`, `?` and `[...]` stand for others. readers: ids of devices. writers: what the
    agents of devices call their authors. None stands for everybody; who keeps others from reading names the writers.
    """

    op_id: Name
    path: RelativePath
    readers: _Names = ()
    writers: _Names = ()


@runtime_checkable
class KeepsAccess(Protocol):
    """An adapter whose product lets the owner of a folder say who may read and write which files."""

    def author(self) -> dict[str, object]: ...
    def set_owner(self, wanted: Owner) -> None: ...
    def make_rule(self, wanted: NewRule) -> dict[str, object]: ...


async def _author(agent: KeepsAccess, _: Request, __: None) -> Response:
    return reply(agent.author())


async def _set_owner(agent: KeepsAccess, _: Request, wanted: Owner) -> Response:
    agent.set_owner(wanted)
    return reply({}, 202)


async def _make_rule(agent: KeepsAccess, _: Request, wanted: NewRule) -> Response:
    return reply(agent.make_rule(wanted), 202)


PARTS = (
    Part(
        KeepsAccess,
        "This product does not have rules of who may read and write which files.",
        (
            Answer("GET", "/author", _author),
            Answer("PUT", "/owner", _set_owner, content=Owner),
            Answer("POST", "/rules", _make_rule, content=NewRule),
        ),
    ),
)
