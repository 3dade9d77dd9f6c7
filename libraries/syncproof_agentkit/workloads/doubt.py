"""Products that stop believing others when too much is wrong, until a user says so."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from starlette.requests import Request
from starlette.responses import Response

from syncproof_agentkit.answering import reply
from syncproof_agentkit.part import Answer, Part


@runtime_checkable
class Doubts(Protocol):
    """An adapter whose product is read-only when it does not know whom to believe."""

    def go_on(self) -> None: ...


async def _go_on(agent: Doubts, _: Request, __: None) -> Response:
    agent.go_on()
    return reply({}, 202)


PARTS = (Part(Doubts, "This product believes whomever it believes.", (Answer("POST", "/go-on", _go_on),)),)
