"""An agent or a server as a program: its log, its life on an event loop, and how it says that it cannot start."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import signal
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import uvloop

from syncproof_agentkit.config import ConfigError, ServerConfig, read_config, read_config_file
from syncproof_agentkit.server import PortError

#: Called with host and port as soon as the program answers.
Ready = Callable[[Mapping[str, object]], None]

C = TypeVar("C", bound=ServerConfig)

_CANNOT_START = 2


@dataclass(frozen=True)
class Program(Generic[C]):
    """A program of one product.

    name: as for `python -m`. about: a sentence. config: what its configuration has to look like. serve: its life, on
    the event loop; raises ConfigError, PortError, OSError or one of `cannot` where it cannot start.
    """

    name: str
    about: str
    config: type[C]
    serve: Callable[[C, Ready], Coroutine[Any, Any, None]]
    cannot: tuple[type[Exception], ...]

    def run(self, config: Mapping[str, object], ready: Ready) -> None:
        """Run the program until SIGTERM or SIGINT.

        ready: called with host and port once it answers. Raises SystemExit with a status other than 0, after a line on
        stderr, if it cannot start.
        """
        logging.basicConfig(
            stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
        )
        # uvicorn says at level INFO that a stream was accepted.
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
        cannot: tuple[type[Exception], ...] = (ConfigError, PortError, OSError, *self.cannot)
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(self.serve(read_config(config, self.config), ready))
        except cannot as error:
            raise self._exit(error) from None

    def main(self, arguments: Sequence[str] | None = None) -> None:
        """Run the program by hand: prints where it listens as one line of JSON on stdout."""
        parser = argparse.ArgumentParser(prog=f"python -m {self.name}", description=self.about)
        fields = ", ".join(self.config.__struct_fields__)
        parser.add_argument("--config", required=True, type=Path, help=f"JSON file: {fields}")
        path = parser.parse_args(arguments).config
        try:
            config = read_config_file(path)
        except ConfigError as error:
            raise self._exit(error) from None
        self.run(config, lambda where: print(json.dumps(where), flush=True))

    def _exit(self, error: Exception) -> SystemExit:
        print(f"{self.name}: {error}", file=sys.stderr)
        return SystemExit(_CANNOT_START)


def until_told_to_stop() -> asyncio.Event:
    """Set at SIGTERM and SIGINT. Must be made on the event loop."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    return stopping
