"""One process: an Atuin device and its agent."""

from __future__ import annotations

from syncproof_agentkit.client import StoreError
from syncproof_agentkit.serving import agent_program
from syncproof_products.atuin.agent.adapter import AtuinAdapter
from syncproof_products.atuin.agent.config import Config

PROGRAM = agent_program(
    "syncproof_products.atuin.agent",
    "Run an Atuin device and its agent.",
    Config,
    AtuinAdapter,
    (StoreError,),
)
#: What the launcher calls, see `Program.run`.
run = PROGRAM.run
