"""Two devices that verify each other."""

from __future__ import annotations

from typing import Literal, Protocol, runtime_checkable

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from syncproof_agentkit.answering import reply
from syncproof_agentkit.part import Answer, Part
from syncproof_agentkit.requests import Name


class Verify(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /verifications."""

    peer: Name


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /verifications/{id}."""

    decision: Literal["match", "mismatch", "cancel"]


@runtime_checkable
class Verifies(Protocol):
    """An adapter whose product lets two devices verify each other (capability `verification`)."""

    async def verify(self, peer: str) -> dict[str, object]: ...
    async def decide(self, number: str, wanted: Decision) -> dict[str, object]: ...
    def verifications(self) -> dict[str, object]: ...


async def _verify(agent: Verifies, _: Request, wanted: Verify) -> Response:
    return reply(await agent.verify(wanted.peer), 202)


async def _verifications(agent: Verifies, _: Request, __: None) -> Response:
    return reply(agent.verifications())


async def _decide(agent: Verifies, request: Request, wanted: Decision) -> Response:
    return reply(await agent.decide(request.path_params["id"], wanted))


PARTS = (
    Part(
        Verifies,
        "Devices of this product do not verify each other.",
        (
            Answer("POST", "/verifications", _verify, content=Verify),
            Answer("GET", "/verifications", _verifications),
            Answer("POST", "/verifications/{id:path}", _decide, content=Decision),
        ),
    ),
)
