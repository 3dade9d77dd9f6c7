"""How one attachment comes to a device: whole and verified, or it is tried again."""

from __future__ import annotations

import json
from collections.abc import Callable

from syncproof_agentkit.blob_files import BlobFiles, DigestMismatchError, NotStoredError
from syncproof_products.matrix.agent.e2ee import sealed_files
from syncproof_products.matrix.agent.homeserver import Homeserver
from syncproof_products.matrix.agent.http import ExchangeFailed
from syncproof_products.matrix.agent.store import Blob, Store


async def fetch(
    homeserver: Homeserver, store: Store, files: BlobFiles, blob: Blob, tell: Callable[[Blob, str, int], None]
) -> None:
    """Have a file here. A transfer that broke off begins again, because media know no ranges.

    tell: told of each step. Raises ExchangeFailed, also for bytes that are wrong or could not be stored; Refused.
    """
    if not files.has(blob.digest):
        tell(blob, "downloading", 0)
        try:
            async with homeserver.download(blob.address) as pieces:
                clear = sealed_files.opened(pieces, json.loads(blob.file)) if blob.file else pieces
                await files.keep(blob.digest, clear)
        except ExchangeFailed:
            tell(blob, "interrupted", 0)
            raise
        except NotStoredError as error:
            tell(blob, "interrupted", 0)
            raise ExchangeFailed(f"this device could not store it: {error}") from None
        except (DigestMismatchError, sealed_files.FileDamaged) as error:
            tell(blob, "corrupt", 0)
            raise ExchangeFailed(str(error)) from None
    store.blobs_are_here([blob.digest])
    tell(blob, "complete", blob.size)
