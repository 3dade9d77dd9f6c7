"""One process: a client of the broadcast and its agent."""

from __future__ import annotations

from syncproof_agentkit.client import StoreError
from syncproof_agentkit.serving import agent_program
from syncproof_products.taskserver.broadcast.agent.adapter import BroadcastAdapter
from syncproof_products.taskserver.broadcast.agent.config import Config

PROGRAM = agent_program(
    "syncproof_products.taskserver.broadcast.agent",
    "Run a client of the task server's broadcast and its agent.",
    Config,
    BroadcastAdapter,
    (StoreError,),
)
#: What the launcher calls, see `Program.run`.
run = PROGRAM.run
