"""Attachments as the relay has them, which in an encrypted group is not as the application has them."""

from __future__ import annotations

from syncproof_products.bundled.core.wire import BlobRef


class StoredBlob(BlobRef, frozen=True):
    """An attachment, and what the relay has of it.

    address: sha256 (hex) of what the relay has, by which it is asked for. stored_bytes: how many that are. reference:
    how they are opened, which only the edge understands; "" where they are the attachment itself. is_body: it is no
    attachment, and is the body of its operation, which was too large to be in the event.
    """

    address: str
    stored_bytes: int
    reference: str = ""
    is_body: bool = False

    @property
    def at_relay(self) -> BlobRef:
        """As the relay is told of it: of what is sealed it learns no name."""
        return BlobRef(self.address, self.stored_bytes, "" if self.reference else self.name)


def stored(blob: BlobRef) -> StoredBlob:
    """An attachment, as the relay has it where it says no more about it: as it is."""
    if isinstance(blob, StoredBlob):
        return blob
    return StoredBlob(blob.digest, blob.size, blob.name, blob.digest, blob.size)
