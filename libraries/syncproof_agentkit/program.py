"""An agent as a program: its log, its life on an event loop, and how it says that it cannot start."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import uvloop

from syncproof_agentkit.config import ConfigError, read_config_file
from syncproof_agentkit.server import PortError
from syncproof_agentkit.serving import Agent, Ready, serve

_CANNOT_START = 2


@dataclass(frozen=True)
class Program:
    """An agent of one product.

    name: as for `python -m`. about: a sentence. fields: those of its configuration file. make: the agent with the host
    and port that it is to listen on (0: a free one), made on the event loop; raises ConfigError, OSError, or one of
    `cannot`: the ways in which this product's device cannot start.
    """

    name: str
    about: str
    fields: str
    make: Callable[[Mapping[str, object]], tuple[Agent, str, int]]
    cannot: tuple[type[Exception], ...]

    def run(self, config: Mapping[str, object], ready: Ready) -> None:
        """Run the agent until SIGTERM or SIGINT.

        ready: called with host and port once the agent answers. Raises SystemExit with a status other than 0, after a
        line on stderr, if it cannot start.
        """
        logging.basicConfig(
            stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
        )
        cannot: tuple[type[Exception], ...] = (ConfigError, PortError, OSError, *self.cannot)
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(self._serve(config, ready))
        except cannot as error:
            raise self._exit(error) from None

    def main(self, arguments: Sequence[str] | None = None) -> None:
        """Run the agent by hand: prints where it listens as one line of JSON on stdout."""
        parser = argparse.ArgumentParser(prog=f"python -m {self.name}", description=self.about)
        parser.add_argument("--config", required=True, type=Path, help=f"JSON file: {self.fields}")
        path = parser.parse_args(arguments).config
        try:
            config = read_config_file(path)
        except ConfigError as error:
            raise self._exit(error) from None
        self.run(config, lambda where: print(json.dumps(where), flush=True))

    async def _serve(self, config: Mapping[str, object], ready: Ready) -> None:
        agent, host, port = self.make(config)
        await serve(agent, host, port, ready)

    def _exit(self, error: Exception) -> SystemExit:
        print(f"{self.name}: {error}", file=sys.stderr)
        return SystemExit(_CANNOT_START)
