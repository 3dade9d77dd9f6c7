"""The group of a scenario, where it is encrypted from end to end."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from syncproof.kernel.agent import Agent, Capabilities
from syncproof.kernel.state import State
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.encryption.checks.derivations import DERIVED
from syncproof.workloads.encryption.surface import PutIntoGroup

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class EncryptedGroup(State):
    """passphrase: "" where the group is not encrypted. derivation: of its key, by the word of the one that made it."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.passphrase = self.derivation = ""

    def begin(self) -> None:
        """Devices that are put into the group from now on are told a passphrase, which is drawn here."""
        self.passphrase = secrets.token_urlsafe(16)

    def promised(self, declared: Capabilities) -> Capabilities:
        """Encryption from end to end, which the product leaves to the group."""
        return msgspec.structs.replace(declared, e2ee=True) if self.passphrase else declared

    def put_into_group(self, agent: Agent, identities: Sequence[str]) -> bool:
        """With its passphrase, where it is encrypted."""
        if not self.passphrase:
            return False
        asked = PutIntoGroup(self._world.topology.group, tuple(identities), self.passphrase, self.derivation)
        told = agent.ask(asked)
        self.derivation = told.derivation
        self._world.note(DERIVED, device=agent.device, derivation=told.derivation, took_ms=told.took_ms)
        return True


def not_encrypted() -> InvalidScenario:
    """A sentence means nothing in a group that is not encrypted, or at a server that knows of no such group."""
    return InvalidScenario("There is no encrypted group: begin with '... are syncing end-to-end encrypted'.")
