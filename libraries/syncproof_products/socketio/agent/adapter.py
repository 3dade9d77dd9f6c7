"""The client as its control port shows it."""

from __future__ import annotations

from syncproof_agentkit.workloads.channels.adapter import ChannelAdapter
from syncproof_products.socketio.agent.config import Config
from syncproof_products.socketio.agent.device import Device


class SocketIoAdapter(ChannelAdapter):
    """One client and its events. Must be made on the event loop."""

    product = "socketio-client/0.2.0"

    def __init__(self, config: Config) -> None:
        """Open the client's storage. Raises StoreError."""
        super().__init__()
        self.device = Device(config, self.observe)
        self._ring.incarnation = self.device.store.incarnation
