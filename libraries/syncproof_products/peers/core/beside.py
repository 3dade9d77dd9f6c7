"""What a version is called that lies beside another one of the same file."""

from __future__ import annotations

import hashlib
from collections.abc import Container
from itertools import count

#: Bytes that the name of a file may have on any disk.
_MOST = 255
#: Bytes of the parts of a name that may be cut: what a device is called, what is behind the last dot.
_DEVICE, _SUFFIX = 40, 40
#: Letters of a hash: two names that are cut to the same differ in it.
_HASH = 8
_MARK = " (conflict "


def beside(path: str, op: str, taken: Container[str], folders: Container[str]) -> str:
    """The path of a version beside the one that is shown. taken, folders: paths that it may not have.

    Example: ``plan (conflict Bob~3f9a1c2204e5d6b7-2).txt``
    """
    folder, _, name = path.rpartition("/")
    stem, dot, suffix = name.rpartition(".")
    if not stem or len(suffix.encode()) > _SUFFIX:  # no suffix, or a name that begins with its only dot
        stem, dot, suffix = name, "", ""
    word = _MARK + _of(op)
    for again in count():
        end = f"{word}{' again' if again else ''}{f' {again}' if again > 1 else ''}){dot}{suffix}"
        found = f"{folder}/" * bool(folder) + _fitting(stem, end)
        if found not in taken and found not in folders:
            return found
    raise AssertionError("counting does not end")


def lies_beside(path: str) -> bool:
    """Whether a path may be that of a version beside another one."""
    return _MARK in path


def _of(op: str) -> str:
    device, author, number = op.replace("/", "-").rpartition("~")
    return f"{_cut(device, _DEVICE)}{author}{number}"


def _fitting(stem: str, end: str) -> str:
    """A name that is not too long; two that are cut differ."""
    if len(f"{stem}{end}".encode()) <= _MOST:
        return stem + end
    end = f"~{hashlib.sha256(stem.encode()).hexdigest()[:_HASH]}{end}"
    return _cut(stem, _MOST - len(end.encode())) + end


def _cut(text: str, most: int) -> str:
    """As many of its letters as that many bytes have room for."""
    return text.encode()[:most].decode(errors="ignore")
