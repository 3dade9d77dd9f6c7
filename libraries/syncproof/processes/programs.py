"""Where programs are looked for: an ordinary user's PATH lacks the folders in which Debian puts servers."""

from __future__ import annotations

import os
import shutil

_MORE = ("/usr/local/sbin", "/usr/sbin", "/sbin")


def search_path(path: str | None = None) -> str:
    """PATH (default: the environment's) with the folders of servers behind it."""
    given = os.environ.get("PATH", os.defpath) if path is None else path
    return os.pathsep.join([given, *(folder for folder in _MORE if folder not in given.split(os.pathsep))])


def find_program(name: str, path: str | None = None) -> str | None:
    """The file of a program; None where there is none."""
    return shutil.which(name, path=search_path(path))
