"""One run has browsers at a time on a machine: two at once slow each other down until deadlines pass.

Browsers of one run are those whose agents have one parent. A turn ends with the processes that have it, however they
end: the kernel takes their locks away.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
import time
from pathlib import Path
from typing import IO

_POLL_S = 0.1


def take() -> IO[str]:
    """Wait until no other run has browsers; the turn lasts as long as what this answers is open."""
    run = f"{os.getppid()}"
    folder = Path(tempfile.gettempdir()) / f"taskserver-browsers-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    # Open for as long as the turn lasts, shared by all browsers of one run.
    held = (folder / "held").open("a+")
    with (folder / "asking").open("a+") as asking:
        while True:
            fcntl.flock(asking, fcntl.LOCK_EX)
            try:
                if _is_free(held) or (folder / "run").read_text() == run:
                    (folder / "run").write_text(run)
                    fcntl.flock(held, fcntl.LOCK_SH)
                    return held
            finally:
                fcntl.flock(asking, fcntl.LOCK_UN)
            time.sleep(_POLL_S)


def _is_free(held: IO[str]) -> bool:
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False
