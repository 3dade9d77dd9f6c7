"""Seals and opens what is said in one group, with what belongs to its attachments."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from syncproof_products.bundled.core.sealing import Opened
from syncproof_products.bundled.core.stored_blob import StoredBlob
from syncproof_products.bundled.device.bodies import Bodies
from syncproof_products.bundled.device.signers import Signers

if TYPE_CHECKING:
    from syncproof_synckit.encryption.content import ContentRef
    from syncproof_synckit.encryption.group_key import GroupKey
    from syncproof_synckit.encryption.manifest import Item
    from syncproof_synckit.encryption.sealed_body import BodySealing

#: A content is sealed and opened as one piece, in memory.
MOST_BYTES = 32 * 1024 * 1024


class GroupSealing:
    """The sealing of a group.

    key: of the group. bodies: seals its bodies. signers: told who signed what is opened. large: bodies that are
    contents.

    The libraries of the encryption are imported when they are first needed: most devices never need them.
    """

    def __init__(
        self, group: str, key: GroupKey, bodies: BodySealing, signers: Signers, large: Bodies
    ) -> None:
        self._group, self.key, self._bodies, self._signers, self._large = group, key, bodies, signers, large

    def size(self, body_bytes: int, blobs: int) -> int:
        """How long a body of so many bytes becomes, at most."""
        return self._bodies.size(body_bytes, blobs)

    def seal(self, op_id: str, body: str, cursor: int, blobs: tuple[StoredBlob, ...]) -> str:
        """The body as the relay gets it."""
        inline = None if any(blob.is_body for blob in blobs) else body
        return self._bodies.seal(op_id, inline, cursor, tuple([_item(blob) for blob in blobs]))

    def open(self, op_id: str, author: str, body: str) -> Opened:
        """What it holds. Raises PayloadRefused."""
        from syncproof_synckit.encryption.errors import PayloadRefused

        opened = self._bodies.open(op_id, author, body)
        if opened.items:
            self._signers.signed(author, opened.signer)
        for item in opened.items:
            if item.content.content_size > MOST_BYTES:
                raise PayloadRefused(
                    f"one of its contents has {item.content.content_size} bytes, this device takes {MOST_BYTES}"
                )
        blobs = [_blob(self._group, item) for item in opened.items]
        if opened.body is not None:
            return Opened(opened.body, tuple(blobs))
        first = replace(blobs[0], is_body=True)
        return Opened(self._large.get(first, op_id), (first, *blobs[1:]))


def refer(group: str, content: ContentRef) -> str:
    """How a content of a group is opened, as the reference of a `StoredBlob`."""
    return base64.b64encode(msgspec.msgpack.encode((group, content))).decode()


def referred(reference: str) -> tuple[str, ContentRef]:
    """The group and what opens the content."""
    from syncproof_synckit.encryption.content import ContentRef

    return msgspec.msgpack.decode(base64.b64decode(reference), type=tuple[str, ContentRef])


def _item(blob: StoredBlob) -> Item:
    from syncproof_synckit.encryption.manifest import Item

    _, content = referred(blob.reference)
    return Item(blob.name, bytes.fromhex(blob.digest), bytes.fromhex(blob.address), content)


def _blob(group: str, item: Item) -> StoredBlob:
    content = item.content
    return StoredBlob(
        item.digest.hex(),
        content.content_size,
        item.name,
        item.address.hex(),
        content.encrypted_size,
        refer(group, content),
    )
