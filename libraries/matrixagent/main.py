"""One process: a Matrix device and its agent."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import uvloop

from matrixagent.adapter import MatrixAdapter
from matrixagent.config import Config, ConfigError, read_config
from matrixagent.store import StoreError
from syncstack.agent.config import ConfigError as UnreadableConfig
from syncstack.agent.config import read_config_file
from syncstack.agent.server import PortError
from syncstack.agent.serving import Ready, serve

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


def main(arguments: Sequence[str] | None = None) -> None:
    """Run an agent by hand: prints where it listens as one line of JSON on stdout."""
    parser = argparse.ArgumentParser(
        prog="python -m matrixagent", description="Run a Matrix device and its agent."
    )
    parser.add_argument(
        "--config",
        required=True,
        type=Path,
        help="JSON file: device, directory, password, host, port, seed, settings",
    )
    path = parser.parse_args(arguments).config
    try:
        config = read_config_file(path)
    except UnreadableConfig as error:
        print(f"matrixagent: {error}", file=sys.stderr)
        raise SystemExit(_CANNOT_START) from None
    run(config, lambda where: print(json.dumps(where), flush=True))


async def _serve(config: Config, ready: Ready) -> None:
    await serve(MatrixAdapter(config), config.host, config.port, ready)
