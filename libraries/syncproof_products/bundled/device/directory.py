"""A device's folder: nobody else can read it, and one process uses it at a time."""

from __future__ import annotations

import contextlib
import os
import pwd
import stat
from pathlib import Path

from syncproof_agentkit.held import hold
from syncproof_products.bundled.device.database import StorageError

_OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Directory:
    """Made where it is missing, and held until it is released. Its owner alone may read it from then on."""

    def __init__(self, path: Path) -> None:
        """Take it. Raises StorageError where it is somebody else's, another process has it, or it cannot be used."""
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            require_own(path)
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~_OPEN_TO_OTHERS)
            self._lock = hold(path / "device.lock")
        except BlockingIOError:
            holder = (path / "device.lock").read_bytes()[:20].decode("ascii", "replace").strip() or "unknown"
            raise StorageError(
                f"{path} is in use by another process (pid {holder}): wait until it has ended, or end it"
            ) from None
        except OSError as error:
            raise StorageError(f"cannot use {path}: {error.strerror}") from error
        # The number is for people: where it cannot be written the lock holds all the same.
        with contextlib.suppress(OSError):
            os.ftruncate(self._lock, 0)
            os.pwrite(self._lock, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let another process have it."""
        os.close(self._lock)


def require_own(path: Path) -> None:
    """Raises StorageError where a folder belongs to another user, and OSError where nobody can say."""
    owner = path.stat().st_uid
    if owner != os.geteuid():
        raise StorageError(
            f"{path} belongs to {_called(owner)}, and this process runs as {_called(os.geteuid())}: "
            "name a folder of your own"
        )


def _called(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"
