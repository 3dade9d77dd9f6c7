"""One process: a Socket.IO client and its agent."""

from __future__ import annotations

from syncproof_agentkit.client import StoreError
from syncproof_agentkit.serving import agent_program
from syncproof_products.socketio.agent.adapter import SocketIoAdapter
from syncproof_products.socketio.agent.config import Config

PROGRAM = agent_program(
    "syncproof_products.socketio.agent",
    "Run a Socket.IO client and its agent.",
    Config,
    SocketIoAdapter,
    (StoreError,),
)
#: What the launcher calls, see `Program.run`.
run = PROGRAM.run
