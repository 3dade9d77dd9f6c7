"""What a server has of the attachments of an encrypted group, and what a member makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from syncproof.workloads.encryption.state import EncryptedGroup, not_encrypted

if TYPE_CHECKING:
    from syncproof.kernel.world import World


@dataclass(frozen=True)
class SealedContent:
    """One attachment of an operation.

    digest: of the attachment, as the operation names it. address: sha256 of what the server has of it; "" where it has
    nothing. key: names the key by which it is sealed, and does not tell it. content: sha256 of what it opens to; ""
    where it does not open.
    """

    digest: str
    address: str
    key: str
    content: str


@runtime_checkable
class OpeningServer(Protocol):
    """A server at which the harness can read, as a member, what it has of an encrypted group."""

    def sealed_contents(
        self, group: str, passphrase: str, derivation: str, op_id: str
    ) -> list[SealedContent]:
        """What it has of the attachments of an operation, opened.

        derivation: of the group's key, as a device told it.
        """


def open_contents(world: World, op_id: str) -> None:
    """Put on record what the server has of an operation's attachments, and what a member reads in it."""
    server, group = world.test_bed.server, world.of(EncryptedGroup)
    if not (group.passphrase and isinstance(server, OpeningServer)):
        raise not_encrypted()
    for each in server.sealed_contents(world.topology.group, group.passphrase, group.derivation, op_id):
        world.note(
            "sealed_content",
            op_id=op_id,
            digest=each.digest,
            address=each.address,
            key=each.key,
            content=each.content,
        )
