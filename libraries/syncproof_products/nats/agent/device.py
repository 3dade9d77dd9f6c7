"""A NATS device: what it is wanted to do, and one session after the other to do it in."""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path

from syncproof_agentkit.client import Client, Observe
from syncproof_agentkit.retries import Retries
from syncproof_products.nats.agent.config import Config
from syncproof_products.nats.agent.session import Session, SessionLost
from syncproof_products.nats.agent.store import Operation, Store
from syncproof_synckit.breaker import Breaker

_CONNECT = "connect"


class Device(Client):
    """`run` is its life; everything else tells it what is wanted."""

    def __init__(self, config: Config, observe: Observe) -> None:
        """Open the store. Raises StoreError."""
        self.store = Store(Path(config.directory))
        super().__init__(config.device, self.store, observe)
        self._settings = config.settings
        self.retries = Retries(config.settings, random.Random(config.seed), observe)
        self.breaker = Breaker(config.settings.breaker_failures, config.settings.breaker_cooldown_s)
        self.counted = {"reconnects": 0, "catchupBatches": 0, "duplicatesIgnored": 0}
        self._session: Session | None = None

    # -- what is wanted

    def set_group(self, group: str, members: list[str]) -> list[str]:
        """Be in a group with these; answers all members that are wanted."""
        before = self.store.groups().get(group)
        wanted = list(dict.fromkeys([*(before.members if before else ()), *members]))
        self.store.put_members(group, wanted)
        if self._session is not None:
            self._session.groups_changed()
        return wanted

    def submit(self, operation: Operation) -> None:
        """Put an operation into the outbox."""
        self.store.accept(operation)
        if self._session is not None:
            self._session.submitted(operation.group)

    # -- its life

    def joined(self) -> list[str]:
        """The groups whose streams the server has."""
        return [group.name for group in self.store.groups().values() if group.joined]

    def pending(self) -> dict[str, int]:
        """What is still to do, by kind."""
        nothing = dict.fromkeys(("uploads", "downloads", "held", "markers"), 0)
        return {**nothing, "outbox": self.store.outbox(), "retries": len(self.retries)}

    @property
    def breaker_state(self) -> str:
        """closed, open or half_open."""
        return self.breaker.state

    def _rest(self) -> None:
        self.retries.succeeded(_CONNECT)

    async def _online(self) -> None:
        """One session after the other, with backoff where one is lost."""
        while True:
            self._show("connecting", "")
            await self._pass_breaker()
            session = Session(
                self.name,
                self.store,
                self._settings,
                self._observe,
                self.counted,
                self._connected,
                self._settled,
            )
            self._session = session
            try:
                await session.run(self.address)
            except SessionLost as lost:
                await self._back_off(str(lost))
            finally:
                self._session = None
                self.breaker.cancelled()

    async def _pass_breaker(self) -> None:
        cooled = self.breaker.cooled_at
        if cooled is not None:
            await asyncio.sleep(max(0.0, cooled - time.monotonic()))
            if self.breaker.look(time.monotonic()):
                self._tell_breaker()
        self.breaker.began()

    async def _back_off(self, reason: str) -> None:
        what = "pull" if self.connection in ("catching_up", "live") else "connect"
        self._show("connecting", reason)
        self.retries.tell_failed(what, reason)
        if self.breaker.failed(time.monotonic()):
            self._tell_breaker()
        await self.retries.put_off(_CONNECT, reason)

    def _connected(self) -> None:
        self.counted["reconnects"] += 1
        self._observe("attempt", {"what": "connect", "outcome": "ok", "reason": ""})
        if self.breaker.succeeded():
            self._tell_breaker()
        self._show("catching_up", "")

    def _settled(self, caught_up: bool) -> None:
        if caught_up:
            self.retries.succeeded(_CONNECT)
        self._show("live" if caught_up else "catching_up", "")

    def _tell_breaker(self) -> None:
        self._observe("breaker", {"state": self.breaker.state, "failures": self.breaker.failures})
