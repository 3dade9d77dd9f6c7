"""Attachments on their way between the device's files and the relay."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from syncproof_agentkit.blob_files import BlobFiles, DigestMismatchError
from syncproof_products.bundled.core.actions import DownloadBlob, UploadPart
from syncproof_products.bundled.core.events import BlobDone, BlobFailed, BlobMoved, UploadHeld
from syncproof_products.bundled.core.wire import Refused
from syncproof_products.bundled.device.connection import LinkError
from syncproof_products.bundled.device.relay_client import FOREIGN, UNSAID, Held, RelayClient
from syncproof_synckit.encryption.errors import PayloadRefused

_SERVER_ERROR = 500
#: How often the core hears how far a transfer is, in seconds.
_TELL_EVERY_S = 0.1

BlobEvent = BlobMoved | BlobDone | UploadHeld | BlobFailed
Put = Callable[[BlobEvent], None]


async def upload(client: RelayClient, files: BlobFiles, exchange: int, digest: str, put: Put) -> None:
    """Bring a whole attachment to the relay; puts BlobDone or BlobFailed."""
    progress = _Progress(exchange, put)
    try:
        refused = await client.upload(digest, files.body(digest), progress)
    except LinkError as error:
        put(BlobFailed(exchange, str(error)))
    except OSError as error:
        put(BlobFailed(exchange, f"storage: {error}"))
    else:
        put(BlobDone(exchange) if refused is None else BlobFailed(exchange, _reason(refused)))


async def ask_upload(client: RelayClient, exchange: int, digest: str, put: Put) -> None:
    """Ask how much the relay holds of an attachment; puts UploadHeld or BlobFailed."""
    try:
        held = await client.held(digest)
    except LinkError as error:
        put(BlobFailed(exchange, str(error)))
    else:
        put(_held(exchange, held))


async def upload_part(client: RelayClient, files: BlobFiles, part: UploadPart, put: Put) -> None:
    """Bring a part of an attachment to what the relay holds of it; puts UploadHeld or BlobFailed."""
    try:
        body = files.part(part.digest, part.offset, part.length)
        held = await client.upload_part(part.digest, body, part.size)
    except LinkError as error:
        put(BlobFailed(part.exchange, str(error)))
    except OSError as error:
        put(BlobFailed(part.exchange, f"storage: {error}"))
    else:
        put(_held(part.exchange, held))


async def download(
    client: RelayClient,
    files: BlobFiles,
    wanted: DownloadBlob,
    put: Put,
    opened: Callable[[], None] | None = None,
) -> None:
    """Fetch an attachment from where it is, verify it and give it its name; puts BlobDone or BlobFailed.

    What was got is kept when the link breaks or the task is cancelled. opened: what is done then, in a thread, where
    it came sealed.
    """
    exchange, digest = wanted.exchange, wanted.digest
    progress = _Progress(exchange, put)
    got = 0
    try:
        refused = None
        if not files.has(digest):
            with files.resume(digest, min(wanted.offset, files.partial_size(digest))) as writer:
                got = writer.offset
                try:
                    if got < wanted.size:
                        refused = await client.download(digest, writer, progress)
                finally:
                    got = writer.offset
                if refused is None:
                    await asyncio.to_thread(writer.finish)
        if refused is None and opened is not None:
            await asyncio.to_thread(opened)
    except LinkError as error:
        put(BlobFailed(exchange, str(error), got))
    except DigestMismatchError as error:
        put(BlobFailed(exchange, f"corrupt: {error}", 0))
    except PayloadRefused as error:
        put(BlobFailed(exchange, f"distrusted: {error}", 0))
    except OSError as error:
        put(BlobFailed(exchange, f"storage: {error}", files.partial_size(digest)))
    else:
        put(BlobDone(exchange) if refused is None else BlobFailed(exchange, _reason(refused), got))


class _Progress:
    """Passes on how far a transfer is, now and then."""

    def __init__(self, exchange: int, put: Put) -> None:
        self._exchange = exchange
        self._put = put
        self._time = asyncio.get_running_loop().time
        self._told_at = self._time()

    def __call__(self, offset: int) -> None:
        if self._time() - self._told_at >= _TELL_EVERY_S:
            self._told_at = self._time()
            self._put(BlobMoved(self._exchange, offset))


def _held(exchange: int, said: Held | Refused) -> BlobEvent:
    if isinstance(said, Refused):
        return BlobFailed(exchange, _reason(said))
    return UploadHeld(exchange, said.bytes, said.whole)


def _reason(refused: Refused) -> str:
    """The relay's word, or that somebody before it answered in its place, which says nothing of the attachment.

    Where nobody knows who answered, it is not taken for the relay's word either: the relay is asked again.
    """
    if refused.code == FOREIGN and refused.status >= _SERVER_ERROR:
        word = "gateway"
    elif refused.code == UNSAID or (refused.code == FOREIGN and refused.status in (404, 410)):
        word = "rejected"  # what is gone is given up in the end: only the relay can know that
    else:
        word = {404: "missing", 410: "expired", 413: "too_large"}.get(refused.status, "rejected")
    return f"{word}: {refused.status} {refused.code}: {refused.message}"
