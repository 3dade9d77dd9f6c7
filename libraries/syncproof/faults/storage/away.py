"""The fault of a storage that is away: the folder of all attachments cannot be reached."""

from __future__ import annotations

from typing import Protocol

from syncproof.kernel.fault import Fault
from syncproof.kernel.server import StoringServer

_PROBE_BYTES = 1000


class Renames(Protocol):
    """Gives files and folders of a server other names, behind its back."""

    def rename(self, path: str, to: str) -> None: ...


class StorageAway(Fault):
    """The folder in which a server stores attachments has another name. It ends when it has its own again.

    storing: asked for an attachment of the harness's own, by which it sees for itself that the fault bit and that it
    healed.
    """

    kind = "storage_away"
    called = "storage that is away"
    engine = "storage"

    def __init__(self, server: str, files: Renames, folder: str, storing: StoringServer) -> None:
        super().__init__((server,), ())
        self._files, self._folder, self._storing = files, folder, storing

    def begin(self) -> None:
        self._files.rename(self._folder, f"{self._folder}.away")

    def proof(self) -> str | None:
        refused = self._storing.storage_refusal(_PROBE_BYTES)
        return None if refused is None else f"{_PROBE_BYTES} bytes were refused: {refused}"

    def end(self) -> None:
        self._files.rename(f"{self._folder}.away", self._folder)

    def healed(self) -> str | None:
        taken = self._storing.storage_refusal(_PROBE_BYTES) is None
        return f"{_PROBE_BYTES} bytes were taken" if taken else None
