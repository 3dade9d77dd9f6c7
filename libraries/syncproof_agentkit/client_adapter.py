"""What the adapter of every `Client` answers alike."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import ClassVar

from syncproof_agentkit import requests
from syncproof_agentkit.client import Client
from syncproof_agentkit.controls import Controls
from syncproof_agentkit.errors import AgentError
from syncproof_agentkit.platform_name import platform_name


class ClientAdapter(Controls):
    """One device and what its agent adds. product, capabilities: what it tells about itself. device: set it first."""

    product: ClassVar[str]
    capabilities: ClassVar[Mapping[str, object]]
    device: Client

    def about(self) -> dict[str, object]:
        """GET /about."""
        name = self.device.name
        return {
            "protocol": "1",
            "agent": self.product,
            "device": name,
            "capabilities": self.capabilities,
            "platform": platform_name(),
        }

    def identity(self) -> dict[str, object]:
        """GET /identity."""
        return {"device": self.device.name, "id": self.device.name}

    def status(self) -> dict[str, object]:
        """GET /status."""
        device, address = self.device, self.device.address
        return {
            "device": device.name,
            "incarnation": device.kept.incarnation,
            "boot_id": self._boot_id,
            "monotonic_ns": time.monotonic_ns(),
            "pid": os.getpid(),
            "links": [{"peer": "relay", "address": address}] if address else [],
            "groups": device.joined(),
            "connection": device.connection,
            "pipeline": "running" if self._pause.open else "paused",
            "breaker": device.breaker_state,
            "pending": device.pending(),
            "deliveries": device.kept.count(),
        }

    async def set_link(self, peer: str, address: str | None) -> None:
        """PUT and DELETE /links/{peer}."""
        self._must_run()
        if peer != "relay":
            message = f"This product links devices to their server (`relay`) only, not to {peer!r}."
            raise AgentError(501, "unsupported", message)
        if address is not None:
            requests.read_address(address)
        self.device.set_address(address or "")

    def connect(self, wanted: bool) -> None:
        """POST /connect and /disconnect."""
        self._must_run()
        self.device.connect(wanted)
