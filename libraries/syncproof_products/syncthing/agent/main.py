"""One process: a device and its agent. Syncthing is a process of its own below it."""

from __future__ import annotations

from syncproof_agentkit.client import StoreError
from syncproof_agentkit.serving import agent_program
from syncproof_products.syncthing.agent.adapter import SyncthingAdapter
from syncproof_products.syncthing.agent.config import Config
from syncproof_products.syncthing.agent.daemon import SyncthingEnded

PROGRAM = agent_program(
    "syncproof_products.syncthing.agent",
    "Run a Syncthing device and its agent.",
    Config,
    SyncthingAdapter,
    (StoreError, SyncthingEnded),
)
#: What the launcher calls, see `Program.run`.
run = PROGRAM.run
