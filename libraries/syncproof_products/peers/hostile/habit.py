"""What all peers that do harm have in common: each is a peer as it should be, but for one habit."""

from __future__ import annotations

from typing import Any

from syncproof_agentkit.client import StoreError
from syncproof_agentkit.program import Program
from syncproof_agentkit.serving import agent_program
from syncproof_products.peers.agent.adapter import PeerAdapter
from syncproof_products.peers.agent.config import Config
from syncproof_products.peers.agent.device import Device
from syncproof_products.peers.core.node import Node


class Habit(Node):
    """Base of them. harm: how often it has done what it should not."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.harm = 0


def program(module: str, about: str, node: type[Habit], device: type[Device] = Device) -> Program[Config]:
    """The program of a peer with a habit. device: its shell."""
    return agent_program(module, about, Config, adapter(node, device), (StoreError,))


def adapter(node: type[Habit], device: type[Device] = Device) -> type[PeerAdapter]:
    """The agent of a peer with a habit, which says in its metrics how much harm it has done."""

    class Shell(device):  # type: ignore[misc, valid-type]
        makes = node

    class Adapter(PeerAdapter):
        makes = Shell

        def metrics(self) -> dict[str, float]:
            mine = self.device.node
            assert isinstance(mine, Habit), "this is what its shell makes"
            return {**super().metrics(), "harmDone": mine.harm}

    return Adapter
