"""Bugs of a Matrix device's encryption."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from syncproof_defects import breaks
from syncproof_products.matrix.agent.e2ee.encryption import Encryption
from syncproof_products.matrix.agent.e2ee.keystore import RoomKey
from syncproof_products.matrix.agent.e2ee.megolm import Megolm
from syncproof_products.matrix.agent.homeserver import Homeserver
from syncproof_products.matrix.agent.sending import Sender
from syncproof_products.matrix.agent.store import Blob


@breaks(Encryption, "is_encrypted")
def sends_in_the_clear(original: Callable[..., bool], self: Encryption, room: str) -> bool:
    """A device that does not know that a room is encrypted says everything there in the clear."""
    if original(self, room):
        sends_in_the_clear.ran()
    return False


@breaks(Sender, "_uploaded")
async def uploads_in_the_clear(
    original: Callable[..., Awaitable[Blob]],
    self: Sender,
    homeserver: Homeserver,
    blob: Blob,
    *,
    sealed: bool,
) -> Blob:
    """Messages are encrypted, and their attachments are not."""
    if sealed:
        uploads_in_the_clear.ran()
    return await original(self, homeserver, blob, sealed=False)


@breaks(Megolm, "keep_key")
def forgets_room_keys(_original: Callable[..., None], self: Megolm, room: str, key: RoomKey) -> None:
    """Room keys of others are kept in memory alone: who dies can read nothing of what they have still to open."""
    forgets_room_keys.ran()
    self._kept[(room, key.session.session_id)] = key
