"""An Atuin device: what it is wanted to do, and one session after the other to do it in."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

from syncproof_agentkit.client import Client, Observe
from syncproof_agentkit.retries import Retries
from syncproof_products.atuin.agent.account import Account, account
from syncproof_products.atuin.agent.command_line import Atuin
from syncproof_products.atuin.agent.config import Config
from syncproof_products.atuin.agent.session import Session, SessionLost
from syncproof_products.atuin.agent.store import Operation, Store

_CONNECT = "connect"


class Device(Client):
    """`run` is its life; everything else tells it what is wanted."""

    def __init__(self, config: Config, observe: Observe) -> None:
        """Open the store. Raises StoreError."""
        self.store = Store(Path(config.directory))
        super().__init__(config.device, self.store, observe)
        self._config, self._settings = config, config.settings
        self.retries = Retries(config.settings, random.Random(config.seed), observe)
        self.counted = {"reconnects": 0, "catchupBatches": 0}
        self._session: Session | None = None
        #: Groups in which something may have been left half done: by an earlier process of this device, before this one
        #: has worked in them, or by a command of this one that failed.
        self._recovering = {*self.store.groups()} if self.store.incarnation > 1 else set[str]()

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
        """The groups into whose accounts it is logged."""
        return [group.name for group in self.store.groups().values() if group.joined]

    def pending(self) -> dict[str, int]:
        """What is still to do, by kind."""
        nothing = dict.fromkeys(("uploads", "downloads", "held", "markers"), 0)
        return {**nothing, "outbox": self.store.outbox(), "retries": len(self.retries)}

    @property
    def breaker_state(self) -> str:
        """It has none."""
        return "closed"

    def _rest(self) -> None:
        self.retries.succeeded(_CONNECT)

    async def _online(self) -> None:
        """One session after the other, with backoff where one is lost."""
        while True:
            self._show("connecting", "")
            self._session = Session(
                self.name,
                self.store,
                self._settings,
                self._account,
                self._atuin,
                self._recovering,
                self._observe,
                self.counted,
                self._connected,
                self._settled,
            )
            try:
                await self._session.run(self.address)
            except SessionLost as lost:
                await self._back_off(str(lost))
            finally:
                self._session = None

    def _account(self, group: str) -> Account:
        return account(self._config.secret, group)

    def _atuin(self, group: str) -> Atuin:
        home = Path(self._config.directory) / "groups" / hashlib.sha256(group.encode()).hexdigest()[:16]
        config, settings = self._config, self._settings
        return Atuin(config.client, home, self.name, self._account(group), settings.sync_timeout_s)

    async def _back_off(self, reason: str) -> None:
        what = "pull" if self.connection in ("catching_up", "live") else _CONNECT
        self._show("connecting", reason)
        self.retries.tell_failed(what, reason)
        await self.retries.put_off(_CONNECT, reason)

    def _connected(self) -> None:
        self.counted["reconnects"] += 1
        self._observe("attempt", {"what": _CONNECT, "outcome": "ok", "reason": ""})
        self._show("catching_up", "")

    def _settled(self, caught_up: bool) -> None:
        if caught_up:
            self.retries.succeeded(_CONNECT)
        self._show("live" if caught_up else "catching_up", "")
