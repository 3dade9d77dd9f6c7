"""The configuration of an agent's process."""

from __future__ import annotations

from typing import ClassVar

from syncproof_agentkit.config import AgentConfig
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.device.http_client import Patience


class DeviceSettings(Settings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Those of the core, and those of its edge.

    hidden_s: how long the slowest link worth waiting for takes (see `Patience.hidden_s`). memory_mb: of the device, in
    MB; 0 for what the machine has. handshake_s: how long the handshake of a secured connection may take.
    """

    hidden_s: float = 32.0
    memory_mb: float = 0
    handshake_s: float = 5.0
    may_be_zero: ClassVar[frozenset[str]] = Settings.may_be_zero | {"memory_mb"}

    @property
    def patience(self) -> Patience:
        """That of the device's links."""
        return Patience(self.idle_timeout_s, self.hidden_s)


class Config(AgentConfig, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """secret: of the relay."""

    secret: str
    settings: DeviceSettings = DeviceSettings()
