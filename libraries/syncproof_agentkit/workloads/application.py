"""The application in the hands of a user: what it shows of the syncing, and how it is left, flushed and closed."""

from __future__ import annotations

import time
from typing import Annotated, Protocol, runtime_checkable

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from syncproof_agentkit.answering import reply
from syncproof_agentkit.part import Answer, Part


class Focus(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """PUT /application/focus."""

    focused: bool


class Within(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /application/flush and /application/close. within_ms: how long the user waits, at most."""

    within_ms: Annotated[float, msgspec.Meta(ge=0, le=60_000)]


@runtime_checkable
class HasApplication(Protocol):
    """An adapter whose product is used through an application, which is left and closed."""

    def sync_status(self) -> dict[str, object]: ...
    def set_focus(self, focused: bool) -> None: ...
    async def flush(self, within_s: float) -> dict[str, object]: ...
    async def close_application(self, within_s: float) -> dict[str, object]: ...


async def _sync_status(agent: HasApplication, _: Request, __: None) -> Response:
    return reply(agent.sync_status())


async def _focus(agent: HasApplication, _: Request, wanted: Focus) -> Response:
    began_ns = time.monotonic_ns()
    agent.set_focus(wanted.focused)
    took_ms = (time.monotonic_ns() - began_ns) / 1e6
    return reply({"focused": wanted.focused, "took_ms": round(took_ms, 1)}, 202)


async def _flush(agent: HasApplication, _: Request, wanted: Within) -> Response:
    return reply(await agent.flush(wanted.within_ms / 1000))


async def _close(agent: HasApplication, _: Request, wanted: Within) -> Response:
    return reply(await agent.close_application(wanted.within_ms / 1000))


PARTS = (
    Part(
        HasApplication,
        "Nobody uses an application on a device of this product.",
        (
            Answer("GET", "/application", _sync_status),
            Answer("PUT", "/application/focus", _focus, content=Focus),
            Answer("POST", "/application/flush", _flush, content=Within),
            Answer("POST", "/application/close", _close, content=Within),
        ),
    ),
)
