"""Faults of what a server keeps: an attachment that is gone, or that is there with other bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Protocol

from syncproof.kernel.fault import Fault


class Files(Protocol):
    """The files of the server, behind its back."""

    def read(self, path: str) -> bytes | None: ...
    def write(self, path: str, content: bytes) -> None: ...
    def remove(self, path: str) -> None: ...


class StoredAttachment(Fault):
    """Something done to the file of one attachment. It ends by putting back the bytes that were there.

    server: its name. digest: sha256 of the attachment. path: its file. served: what the server hands out for it (None
    for nothing), by which the harness sees for itself that the fault bit and that it healed.
    """

    engine = "storage"

    def __init__(
        self,
        server: str,
        relevant_to: tuple[str, ...],
        digest: str,
        files: Files,
        path: str,
        served: Callable[[], bytes | None],
    ) -> None:
        super().__init__((server,), relevant_to)
        self.digest = digest
        self.files, self.path, self.served = files, path, served
        self.requested = digest[:12]
        self._kept = b""

    def begin(self) -> None:
        kept = self.files.read(self.path)
        if kept is None:
            raise FileNotFoundError(self.path)
        self._kept = kept
        self.damage(kept)

    def end(self) -> None:
        self.files.write(self.path, self._kept)

    def healed(self) -> str | None:
        served = self.served()
        if served is None or hashlib.sha256(served).hexdigest() != self.digest:
            return None
        return f"the relay handed out all {len(served)} bytes"

    def damage(self, content: bytes) -> None:
        """Do it to the file, which holds this."""
        raise NotImplementedError


class MissingAttachment(StoredAttachment):
    """The server has lost the file, though not the message that speaks of it."""

    kind = "attachment_missing"
    called = "attachment missing on the relay"

    def damage(self, content: bytes) -> None:
        self.files.remove(self.path)

    def proof(self) -> str | None:
        return "the relay said that it has no such attachment" if self.served() is None else None


class DamagedAttachment(StoredAttachment):
    """One byte in the middle of the file is another one. Size and name are what they were."""

    kind = "attachment_damaged"
    called = "attachment damaged on the relay"

    def damage(self, content: bytes) -> None:
        middle = len(content) // 2
        self.files.write(
            self.path, content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]
        )

    def proof(self) -> str | None:
        served = self.served()
        if served is None or hashlib.sha256(served).hexdigest() == self.digest:
            return None
        return f"the relay handed out {len(served)} bytes with another hash"
