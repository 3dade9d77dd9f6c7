"""Runs a program whose processes do not outlive who started this: `python keeper.py PROGRAM ARGUMENT...`.

A browser's processes leave sessions and process groups behind them, so that no group has them all. This process takes
in every orphan among them (PR_SET_CHILD_SUBREAPER), and ends all that are there when its standard input closes, which
the kernel does however its starter ends, or at SIGTERM; it is in a session of its own, so that the end of a group is
not its own. Their files are in a temporary folder, which ends with them: its path is short, because Chromium has a
socket in it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

_SET_CHILD_SUBREAPER = 36
_POLL_S = 0.005


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []  # it has ended


def _descendants(pid: int) -> list[int]:
    found = _children(pid)
    for child in found:
        found += _children(child)
    return found


def _end_all() -> None:
    """Orphans come to this process, so that nothing is left once it has no children."""
    while found := _descendants(os.getpid()):
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        _reap()
        time.sleep(_POLL_S)


def _reap() -> set[int]:
    """Let children go that have ended; which."""
    found: set[int] = set()
    with contextlib.suppress(ChildProcessError):
        while child := os.waitpid(-1, os.WNOHANG)[0]:
            found.add(child)
    return found


def main() -> None:
    """Until standard input closes, the program has ended, or SIGTERM comes."""
    ctypes.CDLL(None, use_errno=True).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    # Held back for good, and waited for below: at no moment does SIGTERM end this process alone.
    signals = {signal.SIGTERM, signal.SIGCHLD}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    folder = tempfile.mkdtemp(prefix="browser-", dir="/tmp")
    program = os.fork()
    if program == 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)
        os.environ.update(HOME=folder, TMPDIR=folder)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.execvp(sys.argv[1], sys.argv[1:])
    ended = os.fork()
    if ended == 0:
        # Tells of the end of the input, by its own.
        while os.read(0, 4096):
            pass
        os._exit(0)
    while signal.sigwait(signals) != signal.SIGTERM and not _reap() & {program, ended}:
        pass
    _end_all()
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
