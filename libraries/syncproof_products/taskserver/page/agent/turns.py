"""One run has browsers at a time on a machine: two at once slow each other down until deadlines pass.

Browsers of one run are those whose agents have one parent. A turn ends with the processes that have it, however they
end: the kernel takes their locks away; and with their parent, whatever it leaves behind. Who waits has a place in a
queue.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

#: Who waits so long says so itself: less than the manifest's `ready_within`.
_PATIENCE_S = 570.0
_POLL_S = 0.1


class NoTurn(Exception):
    """It was no browser's turn in time."""


def take(within_s: float = _PATIENCE_S) -> IO[str]:
    """Wait until no other run has browsers; the turn lasts as long as what this answers is open.

    within_s: for so many seconds at most. Raises NoTurn when they are over, and when the parent of this process has
    ended meanwhile: nobody wants its browser any more.
    """
    run = os.getppid()
    deadline = time.monotonic() + within_s
    folder = Path(tempfile.gettempdir()) / f"taskserver-browsers-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    # Open for as long as the turn lasts, shared by all browsers of one run.
    held = (folder / "held").open("a+")
    with (folder / "asking").open("a+") as asking, _queued(folder / "queue", asking) as place:
        while True:
            with _alone(asking):
                has = _number_in(folder / "run")
                is_over = _is_free(held) or not Path(f"/proc/{has}").exists()
                if (place == _first_in(folder / "queue")) if is_over else (has == run):
                    (folder / "run").write_text(f"{run}")
                    fcntl.flock(held, fcntl.LOCK_SH)
                    return held
            if os.getppid() != run:
                raise NoTurn("whoever wanted a browser has ended")
            if time.monotonic() >= deadline:
                raise NoTurn(
                    f"expected a turn to have a browser within {within_s:g} s, seen that others have theirs, now the "
                    f"children of process {has}: wait for them, or end them"
                )
            time.sleep(_POLL_S)


@contextlib.contextmanager
def _alone(asking: IO[str]) -> Iterator[None]:
    """Nobody else looks or changes anything meanwhile."""
    fcntl.flock(asking, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(asking, fcntl.LOCK_UN)


@contextlib.contextmanager
def _queued(folder: Path, asking: IO[str]) -> Iterator[Path]:
    """A place behind those who wait already: a file, locked as long as somebody waits."""
    with contextlib.ExitStack() as waiting:
        with _alone(asking):
            folder.mkdir(exist_ok=True)
            place = folder / f"{time.monotonic_ns():020}-{os.getpid()}"
            fcntl.flock(waiting.enter_context(place.open("w")), fcntl.LOCK_EX)
        waiting.callback(place.unlink, missing_ok=True)
        yield place


def _first_in(folder: Path) -> Path | None:
    """Who has waited for longest; the places of those that have ended are taken away."""
    for place in sorted(folder.iterdir()):
        with contextlib.suppress(FileNotFoundError), place.open() as waiting:
            if not _is_free(waiting):
                return place
            place.unlink()
    return None


def _is_free(file: IO[str]) -> bool:
    """Whether nobody has locked it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(file, fcntl.LOCK_UN)
    return True


def _number_in(file: Path) -> int:
    """0 where there is none yet."""
    try:
        return int(file.read_text())
    except (FileNotFoundError, ValueError):
        return 0
