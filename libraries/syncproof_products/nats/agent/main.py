"""One process: a NATS device and its agent."""

from __future__ import annotations

from syncproof_agentkit.client import StoreError
from syncproof_agentkit.serving import agent_program
from syncproof_products.nats.agent.adapter import NatsAdapter
from syncproof_products.nats.agent.config import Config

PROGRAM = agent_program(
    "syncproof_products.nats.agent", "Run a NATS device and its agent.", Config, NatsAdapter, (StoreError,)
)
#: What the launcher calls, see `Program.run`.
run = PROGRAM.run
