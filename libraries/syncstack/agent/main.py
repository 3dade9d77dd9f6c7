"""One process: a device and its agent."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import uvloop

from syncstack.agent.adapter import Adapter
from syncstack.agent.app import make_app
from syncstack.agent.config import Config, ConfigError, read_config, read_config_file
from syncstack.agent.server import HttpServer, PortError
from syncstack.device.database import StorageError

Ready = Callable[[Mapping[str, object]], None]

_DRAIN_S = 1.0
_CANNOT_START = 2


def run(config: Mapping[str, object], ready: Ready) -> None:
    """Run an agent until SIGTERM or SIGINT.

    config: device, directory, host, port (0: a free one), secret, seed, settings. ready: called with host and port
    once the agent answers. Raises SystemExit with a status other than 0, after a line on stderr, if it cannot start.
    """
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(read_config(config), ready))
    except (ConfigError, StorageError, PortError, OSError) as error:
        print(f"syncstack.agent: {error}", file=sys.stderr)
        raise SystemExit(_CANNOT_START) from None


def main(arguments: Sequence[str] | None = None) -> None:
    """Run an agent by hand: prints where it listens as one line of JSON on stdout."""
    parser = argparse.ArgumentParser(
        prog="python -m syncstack.agent", description="Run a device and its agent."
    )
    parser.add_argument(
        "--config",
        required=True,
        type=Path,
        help="JSON file: device, directory, host, port, secret, seed, settings",
    )
    path = parser.parse_args(arguments).config
    try:
        config = read_config_file(path)
    except ConfigError as error:
        print(f"syncstack.agent: {error}", file=sys.stderr)
        raise SystemExit(_CANNOT_START) from None
    run(config, lambda where: print(json.dumps(where), flush=True))


async def _serve(config: Config, ready: Ready) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    agent = Adapter(config)
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
