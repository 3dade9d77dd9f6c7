"""One process: a Matrix device and its agent."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Mapping

import uvloop

from matrixagent.adapter import MatrixAdapter
from matrixagent.config import Config, ConfigError, read_config
from matrixagent.store import StoreError
from syncstack.agent.app import make_app
from syncstack.agent.server import HttpServer, PortError

Ready = Callable[[Mapping[str, object]], None]

_DRAIN_S = 1.0
_CANNOT_START = 2


def run(config: Mapping[str, object], ready: Ready) -> None:
    """Run an agent until SIGTERM or SIGINT.

    config: fields of `Config`. ready: called with host and port once the agent answers. Raises SystemExit with a status
    other than 0, after a line on stderr, if it cannot start.
    """
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(read_config(config), ready))
    except (ConfigError, StoreError, PortError, OSError) as error:
        print(f"matrixagent: {error}", file=sys.stderr)
        raise SystemExit(_CANNOT_START) from None


async def _serve(config: Config, ready: Ready) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    agent = MatrixAdapter(config)
    living = loop.create_task(agent.device.run())
    living.add_done_callback(lambda _: stopping.set())
    server = HttpServer(make_app(agent))
    host, port = await server.listen(config.host, config.port)
    ready({"host": host, "port": port})
    await stopping.wait()
    agent.close_events()
    await server.close(_DRAIN_S)
    if not living.cancel():
        living.result()
    await asyncio.wait([living])
