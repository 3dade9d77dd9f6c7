"""Contents that were damaged between their encryption and their hash, by a broken client of a member."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from syncproof.evidence import records
from syncproof.kernel.agent import BlobRef
from syncproof.kernel.other_client import OtherClients
from syncproof.kernel.server import RawEvent
from syncproof.kernel.state import State
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.encryption.state import EncryptedGroup, not_encrypted

if TYPE_CHECKING:
    from syncproof.kernel.world import World


@dataclass(frozen=True)
class Damaged:
    """What a broken client hands in. stored: what it says of its blob; ciphertext: the blob; body: sealed."""

    body: str
    stored: BlobRef
    ciphertext: bytes


@dataclass(frozen=True)
class DamagedCollection:
    """What a broken client hands in. body: sealed around a damaged manifest. blobs: what is stored, as it should be."""

    body: str
    blobs: Sequence[tuple[BlobRef, bytes]]


@runtime_checkable
class ContentDamagingServer(Protocol):
    """A server to whose encrypted groups the harness can bring damaged contents, as a broken member."""

    def damaged_collection(
        self,
        group: str,
        passphrase: str,
        derivation: str,
        author: str,
        op_id: str,
        plaintext: str,
        contents: Sequence[tuple[BlobRef, bytes]],
    ) -> DamagedCollection:
        """A message with several attachments, in whose manifest a bit of a hash was flipped after it was signed."""

    def damaged_content(
        self,
        group: str,
        passphrase: str,
        derivation: str,
        author: str,
        op_id: str,
        plaintext: str,
        attachment: BlobRef,
        content: bytes,
    ) -> Damaged:
        """A message with one attachment, of whose ciphertext a bit was flipped before it was hashed."""


class DamagedContents(State):
    """Those of one scenario.

    digests: of what was sealed, where it was damaged. collections: operations whose manifest was.
    """

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.digests: list[str] = []
        self.collections: list[str] = []

    def send_collection(self, name: str, count: int, size: int) -> None:
        """Enqueue a message with so many contents of so many bytes, and a damaged manifest."""
        world = self._world
        server, group, secret_of = world.test_bed.server, world.topology.group, world.of(EncryptedGroup)
        if not (secret_of.passphrase and isinstance(server, ContentDamagingServer)):
            raise not_encrypted()
        if count < 1:
            raise InvalidScenario(f"A collection of {count} contents has no manifest: say at least 1.")
        op_id = f"{group}/{name}/damaged-collection-{len(self.collections) + 1}"
        self.collections.append(op_id)
        contents = []
        for number in range(count):
            content = random.Random(f"{op_id}/{number}").randbytes(size)
            ref = BlobRef(hashlib.sha256(content).hexdigest(), size, f"part-{number}.bin")
            contents.append((ref, content))
        plaintext = json.dumps({"op_id": op_id, "text": "an album"})
        made = server.damaged_collection(
            group,
            secret_of.passphrase,
            secret_of.derivation,
            world.node(name).identity,
            op_id,
            plaintext,
            contents,
        )

        def push() -> None:
            client, stored = world.of(OtherClients).of(name), tuple(ref for ref, _ in made.blobs)
            for ref, ciphertext in made.blobs:
                client.put_blob(ref.digest, ciphertext)
            number, author = len(self.collections), f"{name}'s other client"
            world.operations.invoke(name, author, number, group, RawEvent(op_id, made.body))
            places = client.push(group, [RawEvent(op_id, made.body, blobs=stored)])
            world.note(
                "unreadable",
                device=name,
                op_id=op_id,
                server_order=places[op_id],
                addresses=[ref.digest for ref in stored],
            )

        world.scheduler.at(world.scheduler.now(), push, f"{name}'s other client sends {op_id}")

    def send(self, name: str, size: int) -> None:
        """Enqueue a message with such a content of so many bytes."""
        world = self._world
        server, group, secret_of = world.test_bed.server, world.topology.group, world.of(EncryptedGroup)
        if not (secret_of.passphrase and isinstance(server, ContentDamagingServer)):
            raise not_encrypted()
        number = len(self.digests) + 1
        op_id, author = f"{group}/{name}/damaged-content-{number}", f"{name}'s other client"
        content = random.Random(op_id).randbytes(size)
        ref = BlobRef(hashlib.sha256(content).hexdigest(), size, f"damaged-{number}.bin")
        self.digests.append(ref.digest)
        plaintext = json.dumps({"op_id": op_id, "text": "a picture"})
        made = server.damaged_content(
            group,
            secret_of.passphrase,
            secret_of.derivation,
            world.node(name).identity,
            op_id,
            plaintext,
            ref,
            content,
        )

        def push() -> None:
            # First of all: as soon as the server has it, a device may tell of it.
            world.note("damaged_content", device=name, op_id=op_id, digest=ref.digest)
            world.operations.invoke(name, author, number, group, RawEvent(op_id, plaintext, blobs=(ref,)))
            client = world.of(OtherClients).of(name)
            client.put_blob(made.stored.digest, made.ciphertext)
            place = client.push(group, [RawEvent(op_id, made.body, blobs=(made.stored,))])[op_id]
            now = world.scheduler.now()
            world.record(records.Result(t_ns=now, device=name, op_id=op_id, outcome="ok", server_order=place))

        world.scheduler.at(world.scheduler.now(), push, f"{author} sends {op_id}")
