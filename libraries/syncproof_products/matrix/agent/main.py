"""One process: a Matrix device and its agent."""

from __future__ import annotations

from syncproof_agentkit.client import StoreError
from syncproof_agentkit.serving import agent_program
from syncproof_products.matrix.agent.adapter import MatrixAdapter
from syncproof_products.matrix.agent.config import Config

PROGRAM = agent_program(
    "syncproof_products.matrix.agent",
    "Run a Matrix device and its agent.",
    Config,
    MatrixAdapter,
    (StoreError,),
)
#: What the launcher calls, see `Program.run`.
run = PROGRAM.run
