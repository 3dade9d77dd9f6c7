"""Channels: how many are subscribed; `client` and `adapter` are what clients of channels have in common."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from starlette.requests import Request
from starlette.responses import Response

from syncproof_agentkit.answering import reply
from syncproof_agentkit.part import Answer, Part


@runtime_checkable
class Counts(Protocol):
    """An adapter whose server counts who is subscribed to a channel."""

    async def subscribers(self, channel: str) -> dict[str, object]: ...


async def _subscribers(agent: Counts, request: Request, _: None) -> Response:
    return reply(await agent.subscribers(request.path_params["channel"]))


PARTS = (
    Part(
        Counts,
        "This product does not have channels.",
        (Answer("GET", "/channels/{channel:path}", _subscribers),),
    ),
)
