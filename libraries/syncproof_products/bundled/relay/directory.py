"""The relay's directory on disk."""

from __future__ import annotations

import os
from pathlib import Path

from syncproof_agentkit.blob_files import sync_directory
from syncproof_agentkit.held import hold
from syncproof_products.bundled.relay.start_error import StartError


class Directory:
    """The relay's directory, held by one process at a time."""

    def __init__(self, path: Path) -> None:
        """Make it where it is missing and take it. Raises StartError if it cannot be used."""
        self.path = path
        self.database = path / "relay.db"
        self.blobs = path / "blobs"
        self.key = path / "relay.key"
        try:
            is_new = not path.exists()
            self.blobs.mkdir(parents=True, exist_ok=True)
            self._lock = hold(path / "relay.lock")
            # What is acknowledged below is worth nothing if the directory itself is gone after a loss of power.
            sync_directory(path)
            if is_new:
                sync_directory(path.parent)
        except BlockingIOError as error:
            raise StartError(
                f"another relay is using the directory {path}; stop it or name another"
            ) from error
        except OSError as error:
            raise StartError(
                f"cannot use the directory {path}: {error.strerror}; expected one that the relay may write to"
            ) from error

    def release(self) -> None:
        """Let another process have it."""
        os.close(self._lock)
