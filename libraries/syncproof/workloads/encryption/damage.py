"""Payloads that arrive otherwise than they were sealed, from a broken client of a member."""

from __future__ import annotations

import json
from enum import Enum
from typing import TYPE_CHECKING, Protocol, Self, runtime_checkable

from syncproof.kernel.other_client import OtherClients
from syncproof.kernel.server import RawEvent
from syncproof.kernel.state import State
from syncproof.workloads.encryption.state import EncryptedGroup, not_encrypted

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class Damage(Enum):
    """What was done to a payload after it was sealed.

    ``a flipped bit``, ``its last byte cut off``, ``another tag``, ``a nonce of zeros``, ``the nonce of another
    message``, ``its encryption taken off``: then it arrives as plaintext.
    """

    BIT = "a flipped bit"
    CUT = "its last byte cut off"
    TAG = "another tag"
    ZERO_NONCE = "a nonce of zeros"
    OTHER_NONCE = "the nonce of another message"
    PLAIN = "its encryption taken off"

    @classmethod
    def parse(cls, text: str) -> Self:
        """One of these. Fails (ValueError) for anything else, and lists them."""
        try:
            return cls(text.strip().lower())
        except ValueError:
            words = ", ".join(each.value for each in cls)
            raise ValueError(f"'{text}' is no damage of a payload: write one of {words}.") from None

    def __str__(self) -> str:
        return self.value


@runtime_checkable
class DamagingServer(Protocol):
    """A server whose encrypted groups (capability `encrypted_groups`) the harness can be a broken member of."""

    def damaged_body(
        self,
        group: str,
        passphrase: str,
        derivation: str,
        author: str,
        op_id: str,
        plaintext: str,
        damage: str,
    ) -> str:
        """The body of an operation, sealed properly and damaged after that.

        derivation: of the group's key, as the device told it that made the group. damage: `bit` and `tag` flip one of
        the ciphertext or of its tag, `cut` takes its last byte, `zero_nonce` and `other_nonce` give it another nonce.
        `plain`: it is not sealed at all. `empty`: nothing is sealed, and nothing damaged.
        """


class DamagedPayloads(State):
    """Those of one scenario, and what stood in them. A payload that is sealed around nothing is one of them."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.op_ids: list[str] = []

    def send(self, name: str, damage: Damage | None) -> None:
        """Enqueue one; None: nothing was sealed, and what arrives is as it was sealed."""
        world = self._world
        server, group, secret_of = world.test_bed.server, world.topology.group, world.of(EncryptedGroup)
        if not (secret_of.passphrase and isinstance(server, DamagingServer)):
            raise not_encrypted()
        number = len(self.op_ids) + 1
        op_id = f"{group}/{name}/damaged-{number}"
        self.op_ids.append(op_id)
        in_the_clear = damage is Damage.PLAIN
        secret = "" if in_the_clear else f"what nobody may see of payload {number}"
        plaintext = json.dumps({"op_id": op_id, "text": secret})
        identity = world.node(name).identity
        how = "empty" if damage is None else damage.name.lower()
        body = server.damaged_body(
            group, secret_of.passphrase, secret_of.derivation, identity, op_id, plaintext, how
        )

        def push() -> None:
            event = RawEvent(op_id, body)
            places = world.of(OtherClients).push(name, f"{name}'s other client", [(number, event)])
            told = {"op_id": op_id, "secret": secret, "in_the_clear": in_the_clear}
            world.note("unreadable", device=name, server_order=places[op_id], **told)

        world.scheduler.at(world.scheduler.now(), push, f"{name}'s other client sends {op_id}")
