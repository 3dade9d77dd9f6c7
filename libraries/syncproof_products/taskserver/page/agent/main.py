"""One process: a user's browser, and its agent."""

from __future__ import annotations

from syncproof_agentkit.client import StoreError
from syncproof_agentkit.serving import agent_program
from syncproof_products.taskserver.broadcast.agent.config import Config
from syncproof_products.taskserver.page.agent.adapter import PageAdapter
from syncproof_products.taskserver.page.agent.turns import NoTurn

PROGRAM = agent_program(
    "syncproof_products.taskserver.page.agent",
    "Run a browser with the list of orders, and its agent.",
    Config,
    PageAdapter,
    (StoreError, NoTurn),
)
#: What the launcher calls, see `Program.run`.
run = PROGRAM.run
