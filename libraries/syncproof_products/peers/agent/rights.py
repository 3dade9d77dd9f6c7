"""What this process may do to files, when root started it."""

from __future__ import annotations

import ctypes

#: CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH; source: capabilities(7).
_PAST_PERMISSIONS = 1 << 1 | 1 << 2
_VERSION_3 = 0x20080522


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Half(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def keep_to_permissions() -> None:
    """Give up root's right to pass by the permissions of files: what a user made read-only stays so. For good.

    An ordinary user's process has no such right, and keeps what it has. Raises OSError.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    header, halves = _Header(_VERSION_3, 0), (_Half * 2)()
    if libc.capget(ctypes.byref(header), halves):
        raise OSError(ctypes.get_errno(), "capget")
    for name in ("effective", "permitted", "inheritable"):
        setattr(halves[0], name, getattr(halves[0], name) & ~_PAST_PERMISSIONS)
    if libc.capset(ctypes.byref(header), halves):
        raise OSError(ctypes.get_errno(), "capset")
