"""Bugs of a Matrix device's encryption."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from syncproof_defects import Ran, defect, replace
from syncproof_products.matrix.agent.e2ee.encryption import Encryption
from syncproof_products.matrix.agent.e2ee.keystore import RoomKey
from syncproof_products.matrix.agent.e2ee.megolm import Megolm
from syncproof_products.matrix.agent.homeserver import Homeserver
from syncproof_products.matrix.agent.sending import Sender
from syncproof_products.matrix.agent.store import Blob

Asks = Callable[[Encryption, str], bool]
Uploads = Callable[..., Awaitable[Blob]]


@defect
def sends_in_the_clear(ran: Ran) -> None:
    """A device that does not know that a room is encrypted says everything there in the clear."""

    def broken(original: Asks) -> Asks:
        def is_encrypted(self: Encryption, room: str) -> bool:
            if original(self, room):
                ran()
            return False

        return is_encrypted

    replace(Encryption, "is_encrypted", broken)


@defect
def uploads_in_the_clear(ran: Ran) -> None:
    """Messages are encrypted, and their attachments are not."""

    def broken(original: Uploads) -> Uploads:
        async def uploaded(self: Sender, homeserver: Homeserver, blob: Blob, *, sealed: bool) -> Blob:
            if sealed:
                ran()
            return await original(self, homeserver, blob, sealed=False)

        return uploaded

    replace(Sender, "_uploaded", broken)


@defect
def forgets_room_keys(ran: Ran) -> None:
    """Room keys of others are kept in memory alone: who dies can read nothing of what they have still to open."""

    def broken(original: Callable[[Megolm, str, RoomKey], None]) -> Callable[[Megolm, str, RoomKey], None]:
        del original

        def keep_key(self: Megolm, room: str, key: RoomKey) -> None:
            ran()
            self._kept[(room, key.session.session_id)] = key

        return keep_key

    replace(Megolm, "keep_key", broken)
