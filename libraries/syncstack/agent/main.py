"""One process: a device and its agent."""

from __future__ import annotations

from collections.abc import Mapping

from syncstack.agent.adapter import Adapter
from syncstack.agent.config import read_config
from syncstack.agent.program import Program
from syncstack.agent.serving import Agent, Ready
from syncstack.device.database import StorageError


def _make(values: Mapping[str, object]) -> tuple[Agent, str, int]:
    config = read_config(values)
    return Adapter(config), config.host, config.port


PROGRAM = Program(
    "syncstack.agent",
    "Run a device and its agent.",
    "device, directory, host, port, secret, seed, settings",
    _make,
    (StorageError,),
)


def run(config: Mapping[str, object], ready: Ready) -> None:
    """Run an agent until SIGTERM or SIGINT, see `Program.run`; config: fields of `Config`."""
    PROGRAM.run(config, ready)
