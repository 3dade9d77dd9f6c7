"""The client as its control port shows it."""

from __future__ import annotations

from syncproof_agentkit.workloads.channels.adapter import ChannelAdapter
from syncproof_products.taskserver.broadcast.agent.config import Config
from syncproof_products.taskserver.broadcast.agent.device import Device


class BroadcastAdapter(ChannelAdapter):
    """One client and its events. Must be made on the event loop."""

    product = "taskserver-broadcast-client/0.1.0"

    def __init__(self, config: Config) -> None:
        """Open the client's storage. Raises StoreError."""
        super().__init__()
        self.device = Device(config, self.observe)
        self._ring.incarnation = self.device.store.incarnation
