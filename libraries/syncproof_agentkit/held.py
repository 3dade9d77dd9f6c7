"""A file that one process holds at a time; the kernel lets go of it when that one ends, however that comes."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


def hold(path: Path) -> int:
    """Hold it until what this answers is closed (`os.close`). Made where it is missing, for its owner alone.

    Raises BlockingIOError where another process has it, and any other OSError where nobody can have it.
    """
    held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        raise
    return held
