"""A server process: from its configuration to SIGTERM."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from syncproof_agentkit.program import Program, Ready, until_told_to_stop
from syncproof_agentkit.server import HttpServer
from syncproof_products.taskserver.broadcast.server import Broadcast
from syncproof_products.taskserver.server.app import Api
from syncproof_products.taskserver.server.settings import Config
from syncproof_products.taskserver.server.store import Store

_DRAIN_S = 1.0


async def _serve(config: Config, ready: Ready) -> None:
    stopping, store = until_told_to_stop(), Store(Path(config.directory))
    settings = config.settings
    broadcast = Broadcast(config.links.get("redis", ""), settings.channel_prefix, settings.heartbeat_s)
    try:
        await broadcast.start()
        # `websockets` and not its sans-I/O sibling: that one answers a close frame with the wrong code.
        server = HttpServer(
            Api(store, settings).app(broadcast.routes), websockets="websockets", ping_s=settings.heartbeat_s
        )
        host, port = await server.listen(config.host, config.port)
        ready({"host": host, "port": port})
        await stopping.wait()
        await server.close(_DRAIN_S)
    finally:
        await broadcast.close()
        store.close()


PROGRAM = Program(
    "syncproof_products.taskserver.server", "Run a task server.", Config, _serve, (sqlite3.Error,)
)
#: What the launcher calls, see `Program.run`.
run = PROGRAM.run
