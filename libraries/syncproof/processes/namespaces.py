"""Linux namespaces of a process (namespaces(7)): entering those of another, making fresh ones.

Only for a process that has one thread: the kernel lets no other change its user namespace.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

NEW_USER = 0x10000000
NEW_NETWORK = 0x40000000
NEW_MOUNTS = 0x00020000
_LIBC = ctypes.CDLL(None, use_errno=True)


def enter(paths: Iterable[str]) -> None:
    """Enter the namespaces of these files (`/proc/123/ns/user`), in this order. Raises OSError."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            _checked(_LIBC.setns(descriptor, 0), f"enter {path}")
        finally:
            os.close(descriptor)


def leave_for_user_and_network() -> None:
    """Become the administrator of a fresh user namespace and a fresh network in it; files stay whose they are.

    Raises OSError where this machine does not let an ordinary user do that.
    """
    _leave_for_user_and(NEW_NETWORK)


def leave_for_user_and_mounts() -> None:
    """The same with mounts of its own, which nobody else sees."""
    _leave_for_user_and(NEW_MOUNTS)


def mount_tmpfs(folder: bytes, size: int) -> None:
    """Mount an empty tmpfs of so many bytes; only for the administrator of its mounts. Raises OSError."""
    _checked(_LIBC.mount(b"tmpfs", folder, b"tmpfs", 0, b"mode=700,size=%d" % size), "mount a tmpfs")


def _leave_for_user_and(kind: int) -> None:
    user, group = os.geteuid(), os.getegid()
    _checked(_LIBC.unshare(NEW_USER | kind), "make a user namespace")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {user} 1")
    Path("/proc/self/gid_map").write_text(f"0 {group} 1")


def leave_for_network() -> None:
    """Make a fresh network; only for the administrator of a user namespace. Raises OSError."""
    _checked(_LIBC.unshare(NEW_NETWORK), "make a network namespace")


def _checked(answer: int, doing: str) -> None:
    if answer != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{os.strerror(number)} (to {doing})")
