"""Pipes that carry bytes between two sockets inside the kernel (splice), lent out while there is something in
them.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from typing import Final

PIPE_SIZE: Final = 256 * 1024
CAN_SPLICE: Final = hasattr(os, "splice") and hasattr(fcntl, "F_SETPIPE_SZ")
_SPARE_MOST: Final = 4

Pipe = tuple[int, int]


class PipePool:
    """Empty pipes. A connection at rest owns none, so that ten thousand of them cost no pipe buffers."""

    def __init__(self) -> None:
        self._spare: list[Pipe] = []

    def borrow(self) -> Pipe:
        """An empty pipe (read end, write end). Raises OSError when no file descriptors are left."""
        if self._spare:
            return self._spare.pop()
        ends = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        # The kernel limits the pipe memory of a user: a smaller pipe is slower, not wrong.
        with contextlib.suppress(OSError):
            fcntl.fcntl(ends[1], fcntl.F_SETPIPE_SZ, PIPE_SIZE)
        return ends

    def give_back(self, pipe: Pipe, *, empty: bool) -> None:
        """Return a pipe; one that still holds bytes of a dead connection is closed instead."""
        if empty and len(self._spare) < _SPARE_MOST:
            self._spare.append(pipe)
        else:
            os.close(pipe[0])
            os.close(pipe[1])

    def close(self) -> None:
        """Close the spare pipes."""
        while self._spare:
            self.give_back(self._spare.pop(), empty=False)
