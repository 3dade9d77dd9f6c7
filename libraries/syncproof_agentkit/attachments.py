"""What an adapter answers about attachments, where they are kept as files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from syncproof_agentkit.blob_files import BlobFiles, DigestMismatchError, NotStoredError
from syncproof_agentkit.controls import Controls
from syncproof_agentkit.errors import AgentError, invalid, unknown
from syncproof_agentkit.requests import BlobReference


class KeepsAttachments(Controls):
    """The part of such an adapter; `_files` must be set before the first request."""

    _files: BlobFiles

    def blob(self, digest: str) -> Path:
        """GET /blobs/{digest}: the file that holds it."""
        if not self._files.has(digest):
            raise unknown(f"No blob {digest} here (or not all of it yet).")
        return self._files.path(digest)

    async def keep_blob(self, digest: str, chunks: AsyncIterator[bytes]) -> tuple[bool, dict[str, object]]:
        """PUT /blobs/{digest}; True where it is new."""
        self._must_run()
        try:
            is_new = await self._files.keep(digest, chunks)
        except DigestMismatchError as error:
            raise AgentError(400, "digest_mismatch", f"Path `digest`: {error}.") from None
        except NotStoredError as error:
            raise AgentError(507, "storage", f"The blob could not be stored: {error}.") from None
        return is_new, {"digest": digest, "size": self._files.size(digest)}

    def _must_have(self, blobs: tuple[BlobReference, ...]) -> None:
        """Refuse an operation with attachments that are not here, or have another size."""
        for blob in blobs:
            if not self._files.has(blob.digest):
                message = f"No blob {blob.digest} here. PUT /blobs/{blob.digest} first."
                raise unknown(message, "blob_unknown")
            size = self._files.size(blob.digest)
            if size != blob.size:
                raise invalid(f"Field `blobs`: {blob.digest} has {size} bytes, not {blob.size}.")
