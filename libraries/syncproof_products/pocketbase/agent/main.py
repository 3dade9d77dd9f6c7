"""One process: a client of PocketBase and its agent."""

from __future__ import annotations

from syncproof_agentkit.client import StoreError
from syncproof_agentkit.serving import agent_program
from syncproof_products.pocketbase.agent.adapter import PocketBaseAdapter
from syncproof_products.pocketbase.agent.config import Config

PROGRAM = agent_program(
    "syncproof_products.pocketbase.agent",
    "Run a client of PocketBase and its agent.",
    Config,
    PocketBaseAdapter,
    (StoreError,),
)
#: What the launcher calls, see `Program.run`.
run = PROGRAM.run
