"""One process: a peer and its agent."""

from __future__ import annotations

from syncproof_agentkit.client import StoreError
from syncproof_agentkit.serving import agent_program
from syncproof_products.peers.agent.adapter import PeerAdapter
from syncproof_products.peers.agent.config import Config
from syncproof_products.peers.agent.rights import keep_to_permissions


def _agent(config: Config) -> PeerAdapter:
    keep_to_permissions()
    return PeerAdapter(config)


PROGRAM = agent_program(
    "syncproof_products.peers.agent", "Run a peer and its agent.", Config, _agent, (StoreError,)
)
#: What the launcher calls, see `Program.run`.
run = PROGRAM.run
