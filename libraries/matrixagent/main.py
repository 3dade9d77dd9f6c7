"""One process: a Matrix device and its agent."""

from __future__ import annotations

from collections.abc import Mapping

from matrixagent.adapter import MatrixAdapter
from matrixagent.config import read_config
from matrixagent.store import StoreError
from syncstack.agent.program import Program
from syncstack.agent.serving import Agent, Ready


def _make(values: Mapping[str, object]) -> tuple[Agent, str, int]:
    config = read_config(values)
    return MatrixAdapter(config), config.host, config.port


PROGRAM = Program(
    "matrixagent",
    "Run a Matrix device and its agent.",
    "device, directory, password, host, port, seed, settings, encrypt",
    _make,
    (StoreError,),
)


def run(config: Mapping[str, object], ready: Ready) -> None:
    """Run an agent until SIGTERM or SIGINT, see `Program.run`; config: fields of `Config`."""
    PROGRAM.run(config, ready)
