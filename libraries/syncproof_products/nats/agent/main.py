"""One process: a NATS device and its agent."""

from __future__ import annotations

from collections.abc import Mapping

from syncproof_agentkit.program import Program
from syncproof_agentkit.serving import Agent, Ready
from syncproof_products.nats.agent.adapter import NatsAdapter
from syncproof_products.nats.agent.config import read_config
from syncproof_products.nats.agent.store import StoreError


def _make(values: Mapping[str, object]) -> tuple[Agent, str, int]:
    config = read_config(values)
    return NatsAdapter(config), config.host, config.port


PROGRAM = Program(
    "syncproof_products.nats.agent",
    "Run a NATS device and its agent.",
    "device, directory, host, port, secret, seed, settings",
    _make,
    (StoreError,),
)


def run(config: Mapping[str, object], ready: Ready) -> None:
    """Run an agent until SIGTERM or SIGINT, see `Program.run`; config: fields of `Config`."""
    PROGRAM.run(config, ready)
