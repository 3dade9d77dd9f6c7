"""Tasks: several changes as one, and further connections that watch them; beside it, what clients of tasks share."""

from __future__ import annotations

from typing import Annotated, Literal, Protocol, runtime_checkable

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from syncproof_agentkit.answering import reply
from syncproof_agentkit.part import Answer, Part
from syncproof_agentkit.requests import Name, NewOp

_LACKING = "This product does not have tasks."


class NewBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /tasks/batches: operations on tasks that are sent together. strategy: for those that are out of date.

    together: False where they are taken together, and each is sent by itself.
    """

    batch: Name
    ops: Annotated[tuple[NewOp, ...], msgspec.Meta(min_length=1)]
    strategy: Literal["server_wins", "client_wins", "manual"] = "server_wins"
    together: bool = True


class NewWatchers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /tasks/watchers: further connections that are told of a group's changes."""

    group: Name
    count: Annotated[int, msgspec.Meta(ge=1, le=1000)]


@runtime_checkable
class Batches(Protocol):
    """An adapter whose product takes several changes of tasks as one."""

    async def submit_batch(self, wanted: NewBatch) -> dict[str, object]: ...


@runtime_checkable
class Watches(Protocol):
    """An adapter whose product can watch tasks with further connections."""

    async def watch(self, wanted: NewWatchers) -> None: ...


async def _submit_batch(agent: Batches, _: Request, wanted: NewBatch) -> Response:
    return reply(await agent.submit_batch(wanted), 202)


async def _watch(agent: Watches, _: Request, wanted: NewWatchers) -> Response:
    await agent.watch(wanted)
    return reply({"group": wanted.group, "count": wanted.count}, 201)


PARTS = (
    Part(Batches, _LACKING, (Answer("POST", "/tasks/batches", _submit_batch, content=NewBatch),)),
    Part(Watches, _LACKING, (Answer("POST", "/tasks/watchers", _watch, content=NewWatchers),)),
)
