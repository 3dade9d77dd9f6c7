"""One process: a client of the task server and its agent."""

from __future__ import annotations

from syncproof_agentkit.client import StoreError
from syncproof_agentkit.serving import agent_program
from syncproof_products.taskserver.agent.adapter import TaskAdapter
from syncproof_products.taskserver.agent.config import Config

PROGRAM = agent_program(
    "syncproof_products.taskserver.agent",
    "Run a client of the task server and its agent.",
    Config,
    TaskAdapter,
    (StoreError,),
)
#: What the launcher calls, see `Program.run`.
run = PROGRAM.run
