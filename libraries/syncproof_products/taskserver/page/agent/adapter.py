"""The browser as its control port shows it."""

from __future__ import annotations

from syncproof_agentkit.workloads.channels.adapter import CAPABILITIES, ChannelAdapter
from syncproof_agentkit.workloads.orders import NewChange
from syncproof_products.taskserver.broadcast.agent.config import Config
from syncproof_products.taskserver.page.agent.device import Device

_CAPABILITIES = {
    **CAPABILITIES,
    "workloads": ["orders"],
    "order": "none",
    "leave": False,
    "delivery": "all",
}


class PageAdapter(ChannelAdapter):
    """One user's browser: an order is an operation, its list is the group. Must be made on the event loop."""

    product = "taskserver-page/0.1.0"
    capabilities = _CAPABILITIES
    device: Device

    def __init__(self, config: Config) -> None:
        """Open the store. Raises StoreError."""
        super().__init__()
        self.device = Device(config, self.observe)
        self._ring.incarnation = self.device.store.incarnation

    async def change_order(self, wanted: NewChange) -> None:
        """POST /orders/changes."""
        await self.device.change(wanted)

    def open_tabs(self, count: int) -> None:
        """POST /orders/tabs."""
        self.device.open_tabs(count)

    async def screenshot(self) -> str:
        """GET /orders/screenshot."""
        return await self.device.screenshot()
