"""Attachments of a scenario as the server has them, and what can befall them there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from syncproof.faults.storage.attachment import DamagedAttachment, MissingAttachment
from syncproof.faults.storage.attachments import LosesAttachments
from syncproof.kernel.host import Storage
from syncproof.kernel.operations import PATIENCE_S
from syncproof.kernel.server import BlobServer
from syncproof.kernel.state import State
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.attachments.sent import Sent
from syncproof.workloads.attachments.state import Attachments

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class AtRelay(State):
    """Finds them there, and makes the faults that lose or damage them."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._attachments = world.of(Attachments)

    def address(self, sent: Sent) -> str:
        """By which digest the server knows an attachment; its own where the server knows nothing of it yet."""
        server = self._world.test_bed.server
        if isinstance(server, BlobServer):
            known = server.addresses(self._world.topology.group, sent.op_id)
            if sent.place < len(known):
                return known[sent.place]
        return sent.ref.digest

    def note_addresses(self) -> None:
        """Put on record by which digests the server knows what was sent, as far as these are others than its own."""
        for sent in self._attachments.sent:
            if (address := self.address(sent)) != sent.ref.digest:
                self._world.note("stored_as", digest=sent.ref.digest, address=address)

    def server(self) -> BlobServer:
        """The server, as one that keeps attachments. Raises InvalidScenario where the harness cannot look into it."""
        server = self._world.test_bed.server
        if isinstance(server, BlobServer):
            return server
        raise InvalidScenario("This system's server does not show the harness its attachments.")

    def missing_on_relay(self, author: str) -> MissingAttachment:
        """The fault that the relay loses the author's last attachment, once it has it."""
        return MissingAttachment(*self._stored(author))

    def damaged_on_relay(self, author: str) -> DamagedAttachment:
        """The fault that the relay has other bytes of the author's last attachment, once it has it."""
        if not self._attachments.last_of(author).ref.size:
            raise InvalidScenario("An empty attachment has no byte that could be another one.")
        return DamagedAttachment(*self._stored(author))

    def lost_on_relay(self, author: str, count: int) -> LosesAttachments:
        """The fault that the relay loses so many attachments of the author's last message, once it has them."""
        together = self._attachments.together_with(self._attachments.last_of(author))
        if not 0 < count < len(together):
            raise InvalidScenario(
                f"Of {len(together)} attachments the relay cannot lose {count} and keep some."
            )
        server = self.server()
        node, _, _, files, _, _ = self._stored(author)
        addresses = [self.address(sent) for sent in together[:count]]
        paths = {address: server.blob_path(address) for address in addresses}
        return LosesAttachments(node, files, paths, server.blob)

    def _stored(
        self, author: str
    ) -> tuple[str, tuple[str, ...], str, Storage, str, Callable[[], bytes | None]]:
        """What a fault of the relay's copy needs to know; waits until the relay has it."""
        world, sent, server = self._world, self._attachments.last_of(author), self.server()
        world.run_until(
            f"the relay to have {author}'s attachment",
            lambda: world.history.outcome(sent.op_id) is not None,
            PATIENCE_S,
        )
        digest = self.address(sent)
        others = tuple(name for name in world.topology.nodes if name != author)
        node = world.topology.server
        files = world.test_bed.stack.storage(node.server.process, server.directory)
        return node.name, others, digest, files, server.blob_path(digest), lambda: server.blob(digest)
