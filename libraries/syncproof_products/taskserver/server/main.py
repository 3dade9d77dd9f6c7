"""A server process: from its configuration to SIGTERM."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from starlette.applications import Starlette

from syncproof_agentkit.program import Program, Ready, until_told_to_stop
from syncproof_agentkit.server import HttpServer
from syncproof_products.taskserver.broadcast.server import Broadcast
from syncproof_products.taskserver.page.invalidating import Invalidating
from syncproof_products.taskserver.page.pages import Pages
from syncproof_products.taskserver.server.app import Api
from syncproof_products.taskserver.server.settings import Config
from syncproof_products.taskserver.server.store import Store

_DRAIN_S = 1.0


async def _serve(config: Config, ready: Ready) -> None:
    settings, folder = config.settings, Path(config.directory)
    stopping = until_told_to_stop()
    store = Store(folder.parent / "shared" if settings.shared_file else folder)
    broadcast = Broadcast(config.links.get("redis", ""), settings.channel_prefix, settings.heartbeat_s)
    invalidating = Invalidating(broadcast)
    telling = asyncio.create_task(invalidating.run())
    telling.add_done_callback(lambda _: stopping.set())  # without it subscribers would wait in vain
    try:
        await broadcast.start()
        app = Api(store, settings, invalidating.changed).app((*broadcast.routes, *Pages().routes))
        # `websockets` and not its sans-I/O sibling: that one answers a close frame with the wrong code.
        server = HttpServer(app, websockets="websockets", ping_s=settings.heartbeat_s)
        async with _mcp(app) if settings.mcp else contextlib.nullcontext():
            host, port = await server.listen(config.host, config.port)
            ready({"host": host, "port": port})
            await stopping.wait()
            await server.close(_DRAIN_S)
    finally:
        was_telling = telling.cancel()
        await asyncio.wait([telling])
        await broadcast.close()
        store.close()
        if not was_telling:
            telling.result()


def _mcp(app: Starlette) -> AbstractAsyncContextManager[None]:
    """The tools at `/mcp/`; the package is an extra, and takes a second to import."""
    from syncproof_products.taskserver.mcp_server.mounted import mount

    return mount(app).session_manager.run()


PROGRAM = Program(
    "syncproof_products.taskserver.server", "Run a task server.", Config, _serve, (sqlite3.Error,)
)
#: What the launcher calls, see `Program.run`.
run = PROGRAM.run
