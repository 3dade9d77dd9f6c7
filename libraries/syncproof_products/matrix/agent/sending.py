"""What a device sends: its outbox, one operation after the other, and their attachments before them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from syncproof_agentkit.blob_files import BlobFiles
from syncproof_agentkit.client import Observe
from syncproof_products.matrix.agent.content import event_of
from syncproof_products.matrix.agent.e2ee import sealed_files
from syncproof_products.matrix.agent.e2ee.encryption import Encryption, Sealed
from syncproof_products.matrix.agent.homeserver import Homeserver
from syncproof_products.matrix.agent.http import Refused
from syncproof_products.matrix.agent.receiving import ENCRYPTED
from syncproof_products.matrix.agent.store import Blob, Known, Store


@dataclass(frozen=True)
class Operation:
    """What the application wants done. seen: length of the delivery log when it was taken."""

    op_id: str
    group: str
    kind: str
    entry: str | None
    body: str
    blobs: tuple[Blob, ...]
    fingerprint: str
    seen: int


class Sender:
    """The outbox; it lives as long as the process. tell_blob: told of each step of a transfer."""

    def __init__(
        self,
        store: Store,
        files: BlobFiles,
        encryption: Encryption,
        observe: Observe,
        tell_blob: Callable[[Blob, str, int], None],
    ) -> None:
        self._store, self._files, self._encryption = store, files, encryption
        self._observe, self._tell_blob = observe, tell_blob
        #: Accepted and not acknowledged, in order.
        self.outbox: dict[str, Operation] = {}
        self._sealed: dict[str, Sealed] = {}

    async def send_all(self, homeserver: Homeserver) -> None:
        """Send the outbox, one after the other: the order of a room is the order of its sends."""
        while self.outbox:
            operation = next(iter(self.outbox.values()))
            room = self._store.groups()[operation.group][0]
            if room is None:
                return  # joining sets us to work again
            try:
                event = await self._send(homeserver, operation, room)
            except Refused as error:
                if error.status in (401, 429) or error.status >= 500:
                    raise
                self._finish(operation, None)
                self._observe(
                    "failed",
                    {"op_id": operation.op_id, "code": error.code or "refused", "message": str(error)},
                )
                continue
            self._finish(operation, event)
            self._observe("ack", {"op_id": operation.op_id, "server_order": None})

    def uploads(self) -> int:
        """How many attachments are still to be uploaded."""
        blobs = {blob for operation in self.outbox.values() for blob in operation.blobs}
        return len({blob.digest for blob in blobs if self._store.uploaded(blob) is None})

    def _finish(self, operation: Operation, event: str | None) -> None:
        known = Known(operation.fingerprint, operation.seen, event, event is None)
        self._store.keep_operation(operation.op_id, known)
        del self.outbox[operation.op_id]
        self._sealed.pop(operation.op_id, None)

    async def _send(self, homeserver: Homeserver, operation: Operation, room: str) -> str:
        encrypted = self._encryption.is_encrypted(room)
        blobs = tuple([await self._uploaded(homeserver, blob, sealed=encrypted) for blob in operation.blobs])
        kind, content = event_of(operation.kind, operation.entry, operation.body, blobs)
        if encrypted:
            return await self._send_sealed(homeserver, operation, room, kind, content)
        return await homeserver.send(room, kind, operation.op_id, content)

    async def _send_sealed(
        self, homeserver: Homeserver, operation: Operation, room: str, kind: str, content: dict[str, Any]
    ) -> str:
        """Once encrypted it is tried again as it is: what was written with a ratchet is not written once more."""
        sealed = self._sealed.get(operation.op_id)
        if sealed is None:
            sealed = await self._encryption.seal(homeserver, room, kind, content)
            self._sealed[operation.op_id] = sealed
        await self._encryption.share(homeserver, room, sealed)
        return await homeserver.send(room, ENCRYPTED, operation.op_id, sealed.content)

    async def _uploaded(self, homeserver: Homeserver, blob: Blob, *, sealed: bool) -> Blob:
        before = self._store.uploaded(blob)
        if before is not None and bool(before.file) == sealed:
            return before
        self._tell_blob(blob, "uploading", 0)
        content, file, name = self._files.path(blob.digest).read_bytes(), "", blob.name
        if sealed:
            content, opens = sealed_files.seal(content)
            file, name = json.dumps(opens), ""  # the name is the members' business
        stored = replace(blob, address=await homeserver.upload(content, name), file=file)
        self._store.put_uploaded(stored)
        self._tell_blob(blob, "uploaded", blob.size)
        return stored
