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
from syncproof_defects import Ran, defect, replace
from syncproof_products.bundled.agent.adapter import Adapter
from syncproof_products.bundled.relay import main as relay_main
from syncproof_products.bundled.relay.start_error import StartError

Handler = Callable[[Adapter, Request], Awaitable[Response]]
Routes = tuple[tuple[str, str, Handler], ...]


@defect
def answers_operations_with_a_web_page(ran: Ran) -> None:
    """The agent answers an operation with an HTML page, as a web server in its place would."""

    async def page(_agent: Adapter, _request: Request) -> Response:
        ran()
        return HTMLResponse("<html>It works!</html>")

    _replace_route("/ops", page)


@defect
def forgets_the_type_of_events(ran: Ran) -> None:
    """What the agent reports on its event stream does not say what it is."""

    def broken(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def events(self: Controls, *position: Any) -> Any:
            reply = await original(self, *position)
            if reply["events"]:
                ran()
            untyped = [msgspec.Raw(bytes(event).replace(b'"type":', b'"t":')) for event in reply["events"]]
            return {**reply, "events": untyped}

        return events

    replace(Controls, "events", broken)


@defect
def speaks_another_protocol(ran: Ran) -> None:
    """The agent is of a version that the harness does not speak."""

    def broken(original: Callable[[Adapter], Any]) -> Callable[[Adapter], Any]:
        def about(self: Adapter) -> Any:
            ran()
            return {**original(self), "protocol": "2"}

        return about

    replace(Adapter, "about", broken)


@defect
def ends_at_the_third_operation(ran: Ran) -> None:
    """The device's process ends by itself when it is asked for its third operation."""
    asked = 0

    def broken(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def submit(self: Adapter, *operation: Any) -> Any:
            nonlocal asked
            asked += 1
            if asked == 3:
                ran()
                print("out of luck", file=sys.stderr, flush=True)
                os._exit(3)
            return await original(self, *operation)

        return submit

    replace(Adapter, "submit", broken)


@defect
def falls_silent_about_its_deliveries(ran: Ran) -> None:
    """Once it has told of five deliveries, the agent answers everything but what came after them."""

    def broken(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def deliveries(self: Adapter, after: int, limit: int) -> Any:
            if after >= 5:
                ran()
                await asyncio.Event().wait()
            return await original(self, after, limit)

        return deliveries

    replace(Adapter, "deliveries", broken)


@defect
def relay_does_not_start(ran: Ran) -> None:
    """The relay ends before it serves, with its reason on stderr."""

    def broken(_original: Callable[[Path], Any]) -> Callable[[Path], Any]:
        def directory(path: Path) -> Any:
            ran()
            raise StartError(f"{path} belongs to another relay")

        return directory

    replace(relay_main, "Directory", broken)


def _replace_route(path: str, handler: Handler) -> None:
    def broken(routes: Routes) -> Routes:
        return tuple((m, p, handler if p == path else served) for m, p, served in routes)

    replace(app, "_ROUTES", broken)
