"""Programs that do not keep to what the harness may expect of them: they do not start, end, or answer nonsense.

No scenario is there for these bugs; they show how the harness itself speaks of them.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from syncproof_agentkit import app
from syncproof_agentkit.controls import Controls
from syncproof_defects import alters, breaks
from syncproof_products.bundled.agent.adapter import Adapter
from syncproof_products.bundled.relay import main as relay_main
from syncproof_products.bundled.relay.start_error import StartError

Handler = Callable[[Adapter, Request], Awaitable[Response]]
Routes = tuple[tuple[str, str, Handler], ...]


async def _web_page(_agent: Adapter, _request: Request) -> Response:
    answers_operations_with_a_web_page.ran()
    return HTMLResponse("<html>It works!</html>")


@alters(app, "_ROUTES")
def answers_operations_with_a_web_page(routes: Routes) -> Routes:
    """The agent answers an operation with an HTML page, as a web server in its place would."""
    return tuple((m, path, _web_page if path == "/ops" else served) for m, path, served in routes)


@breaks(Controls, "events")
async def forgets_the_type_of_events(
    original: Callable[..., Awaitable[Any]], self: Controls, *position: Any
) -> Any:
    """What the agent reports on its event stream does not say what it is."""
    reply = await original(self, *position)
    if reply["events"]:
        forgets_the_type_of_events.ran()
    untyped = [msgspec.Raw(bytes(event).replace(b'"type":', b'"t":')) for event in reply["events"]]
    return {**reply, "events": untyped}


@breaks(Adapter, "about")
def speaks_another_protocol(original: Callable[..., Any], self: Adapter) -> Any:
    """The agent is of a version that the harness does not speak."""
    speaks_another_protocol.ran()
    return {**original(self), "protocol": "2"}


@breaks(Adapter, "submit")
async def ends_at_the_third_operation(
    original: Callable[..., Awaitable[Any]], self: Adapter, *operation: Any
) -> Any:
    """The device's process ends by itself when it is asked for its third operation."""
    state = ends_at_the_third_operation.state
    state["asked"] = state.get("asked", 0) + 1
    if state["asked"] == 3:
        ends_at_the_third_operation.ran()
        print("out of luck", file=sys.stderr, flush=True)
        os._exit(3)
    return await original(self, *operation)


@breaks(Adapter, "deliveries")
async def falls_silent_about_its_deliveries(
    original: Callable[..., Awaitable[Any]], self: Adapter, after: int, limit: int
) -> Any:
    """Once it has told of five deliveries, the agent answers everything but what came after them."""
    if after >= 5:
        falls_silent_about_its_deliveries.ran()
        await asyncio.Event().wait()
    return await original(self, after, limit)


@breaks(relay_main, "Directory")
def relay_does_not_start(_original: Callable[..., Any], path: Path) -> Any:
    """The relay ends before it serves, with its reason on stderr."""
    relay_does_not_start.ran()
    raise StartError(f"{path} belongs to another relay")
