"""How a process is bound to the life of the one that started it, by the kernel and not by its own good will.

Two bonds, because each has a hole that the other closes. The parent-death signal (prctl(2),
PR_SET_PDEATHSIG) reaches a stopped process and survives exec, but not a parent that died before it was set:
so the parent is checked again afterwards. The pipe is held by the parent alone and is set (fcntl(2),
O_ASYNC with F_SETSIG) to have the kernel send SIGKILL when its other end closes: also to a stopped process,
also after exec, and without a thread that would watch.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import select
import signal
from typing import NoReturn

PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15
_LIBC = ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, argument: int | bytes) -> None:
    """prctl(2) with one argument. Raises OSError."""
    value = ctypes.c_char_p(argument) if isinstance(argument, bytes) else ctypes.c_ulong(argument)
    if _LIBC.prctl(option, value, ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), "prctl")


def _end() -> NoReturn:
    """End this process at once: nobody is left to hear why."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable: SIGKILL cannot be survived")


def die_with_parent(parent: int | None = None) -> None:
    """Have the kernel kill this process with SIGKILL when the thread that started it ends.

    parent: the pid that must be this process's parent; if it no longer is (it died before this call took
    effect), the process ends here. Without it, the parent at the time of the call is taken. Raises OSError
    from prctl(2).
    """
    expected = os.getppid() if parent is None else parent
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != expected:
        _end()


def die_with_pipe(reading_end: int) -> None:
    """Have the kernel kill this process with SIGKILL when the last writing end of this pipe closes.

    Nothing may ever be written into the pipe: that would kill too. Raises OSError from fcntl(2).
    """
    fcntl.fcntl(reading_end, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(reading_end, fcntl.F_SETSIG, signal.SIGKILL)
    flags = fcntl.fcntl(reading_end, fcntl.F_GETFL)
    fcntl.fcntl(reading_end, fcntl.F_SETFL, flags | os.O_ASYNC)
    # It may have closed before the kernel was asked to tell: then no signal ever comes.
    poll = select.poll()
    poll.register(reading_end, select.POLLIN)
    if poll.poll(0):
        _end()


def set_name(name: str) -> None:
    """Show this name in `ps -o comm` and `top` (the kernel keeps 15 bytes)."""
    _prctl(PR_SET_NAME, name.encode()[:15])
