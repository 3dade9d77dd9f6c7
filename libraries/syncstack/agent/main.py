"""One process: a device and its agent."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import uvloop

from syncstack.agent.adapter import Adapter
from syncstack.agent.config import Config, ConfigError, read_config, read_config_file
from syncstack.agent.server import PortError
from syncstack.agent.serving import Ready, serve
from syncstack.device.database import StorageError

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
    await serve(Adapter(config), config.host, config.port, ready)
