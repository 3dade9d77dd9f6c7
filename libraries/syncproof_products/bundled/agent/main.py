"""One process: a device and its agent."""

from __future__ import annotations

from syncproof_agentkit.serving import agent_program
from syncproof_products.bundled.agent.adapter import Adapter
from syncproof_products.bundled.agent.config import Config
from syncproof_products.bundled.device.database import StorageError

PROGRAM = agent_program(
    "syncproof_products.bundled.agent", "Run a device and its agent.", Config, Adapter, (StorageError,)
)
#: What the launcher calls, see `Program.run`.
run = PROGRAM.run
