"""A device and its companions in one process: they share its way to the relay, and lose it at the same moment."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import ClassVar

from syncproof_agentkit.errors import AgentError
from syncproof_agentkit.serving import agent_program
from syncproof_products.bundled.agent.adapter import Adapter
from syncproof_products.bundled.agent.config import Config, DeviceSettings
from syncproof_products.bundled.core.actions import Observe
from syncproof_products.bundled.core.exchanges import CONNECT
from syncproof_products.bundled.device.database import StorageError
from syncproof_products.bundled.device.runtime import Identity, RunningDevice

_log = logging.getLogger(__name__)


class CrowdSettings(DeviceSettings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """companions: how many devices there are beside the one that the agent speaks for."""

    companions: float = 0
    may_be_zero: ClassVar[frozenset[str]] = DeviceSettings.may_be_zero | {"companions"}


class CrowdConfig(Config, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """That of a device, and its companions."""

    settings: CrowdSettings = CrowdSettings()


class Crowd(Adapter):
    """Its companions are linked and connected as it is; of each it tells when it tries again, and when it is live.

    Without one of them it is not what was asked for: once one has died, every request to change something is refused.
    """

    def __init__(self, config: CrowdConfig) -> None:
        """Open the storage of all. Raises ConfigError, StorageError."""
        super().__init__(config)
        self._living: list[asyncio.Task[None]] = []
        #: What companions died of, in words.
        self._died: list[str] = []
        self._companions = [
            RunningDevice(
                Identity(f"{config.device}/{number}", config.secret),
                Path(config.directory) / f"companion-{number}",
                config.settings,
                patience=config.settings.patience,
                handshake_s=config.settings.handshake_s,
                memory_mb=1,
                clock=self._clock,
                rng=random.Random(f"{config.seed}:{config.device}/{number}"),
                pause=self._pause,
                observer=self._of(number),
            )
            for number in range(1, round(config.settings.companions) + 1)
        ]

    async def set_link(self, peer: str, address: str | None) -> None:
        """PUT and DELETE /links/{peer}, for all of them."""
        await super().set_link(peer, address)
        if not self._living:
            self._living = [self._begin(each) for each in self._companions]
        for each in self._companions:
            await each.set_link(peer, address)

    def connect(self, wanted: bool) -> None:
        """POST /connect and /disconnect, for all of them."""
        super().connect(wanted)
        for each in self._companions:
            if wanted:
                each.connect()
            else:
                each.disconnect()

    def _begin(self, companion: RunningDevice) -> asyncio.Task[None]:
        living = asyncio.ensure_future(companion.run())
        living.add_done_callback(partial(self._ended, companion.identity.device))
        return living

    def _ended(self, name: str, living: asyncio.Task[None]) -> None:
        """Only the end of this process cancels one; whatever else it ends with, it should be alive."""
        if not living.cancelled():
            error = living.exception()
            _log.error("the companion %s died", name, exc_info=error)
            self._died.append(f"{name} died of {error!r}")

    def _must_run(self) -> None:
        if self._died:
            raise AgentError(
                500, "companion_died", f"Companions of this device died: {'; '.join(self._died)}"
            )
        super()._must_run()

    def _of(self, number: int) -> Callable[[Observe], None]:
        def observe(seen: Observe) -> None:
            if seen.type == "retry" and seen.fields["what"] == CONNECT:
                told = {name: seen.fields[name] for name in ("attempt", "delay_ms", "due_ns")}
                self._ring.append("companion_retry", {"member": number, **told})
            elif seen.type == "connection" and seen.fields["state"] == "live":
                self._ring.append("companion_live", {"member": number})

        return observe


PROGRAM = agent_program(
    "syncproof_products.bundled.driver.crowd",
    "Run a device, its companions, and its agent.",
    CrowdConfig,
    Crowd,
    (StorageError,),
)
#: What the launcher calls, see `Program.run`.
run = PROGRAM.run
