"""A device that invites another one to a group, by a short code or a QR code."""

from __future__ import annotations

from typing import Annotated, Protocol, runtime_checkable

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from syncproof_agentkit.answering import reply
from syncproof_agentkit.part import Answer, Part
from syncproof_agentkit.requests import Name


class Invite(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /invites. valid_s: how long it can be used, s."""

    group: Name
    valid_s: Annotated[float, msgspec.Meta(gt=0, le=86_400)] = 600.0


class Join(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /invites/join. invite: a short code, or the text of a QR code."""

    invite: Annotated[str, msgspec.Meta(max_length=16_384)]


@runtime_checkable
class Pairs(Protocol):
    """An adapter whose product brings devices into a group by invites."""

    async def invite(self, group: str, valid_s: float) -> dict[str, object]: ...
    async def join(self, invite: str) -> dict[str, object]: ...


async def _invite(agent: Pairs, _: Request, wanted: Invite) -> Response:
    return reply(await agent.invite(wanted.group, wanted.valid_s), 201)


async def _join(agent: Pairs, _: Request, wanted: Join) -> Response:
    return reply(await agent.join(wanted.invite))


PARTS = (
    Part(
        Pairs,
        "Devices of this product do not invite each other.",
        (
            Answer("POST", "/invites", _invite, content=Invite),
            Answer("POST", "/invites/join", _join, content=Join),
        ),
    ),
)
