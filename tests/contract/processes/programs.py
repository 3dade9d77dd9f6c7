"""Programs that a launcher is asked to run in these tests."""

from __future__ import annotations

import os
import random
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

Ready = Callable[[Mapping[str, object]], None]


def serves(config: Mapping[str, object], ready: Ready) -> None:
    """Binds a port of its own, says so, ends cleanly on SIGTERM."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
        ready({"port": server.getsockname()[1], "drawn": random.random(), "config": dict(config)})
        while True:
            time.sleep(60)


def serves_in_threads(_config: Mapping[str, object], ready: Ready) -> None:
    for _ in range(3):
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
    ready({})
    time.sleep(600)


def holds(_config: Mapping[str, object], ready: Ready) -> None:
    """Says what it has open: the numbers of its descriptors and what they are."""
    folder = Path("/proc/self/fd")
    # One of the numbers is the listing's own, gone when its link is read.
    links = {name: os.readlink(folder / name) for name in os.listdir(folder) if (folder / name).exists()}
    ready({"open": links})
    time.sleep(600)


def ignores_sigterm(_config: Mapping[str, object], ready: Ready) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ready({})
    while True:
        time.sleep(60)


def ends_with(config: Mapping[str, object], ready: Ready) -> None:
    """Runs until its status is due."""
    ready({})
    sys.exit(config["status"])  # type: ignore[arg-type]


def complains_and_dies(_config: Mapping[str, object], _ready: Ready) -> None:
    print("the disk is on fire", file=sys.stderr)
    raise ValueError("no good")


def gives_up(_config: Mapping[str, object], _ready: Ready) -> None:
    sys.exit("the port 1 is in use: name another one")


def never_ready(_config: Mapping[str, object], _ready: Ready) -> None:
    print("thinking", file=sys.stderr)
    time.sleep(600)


def ready_twice(_config: Mapping[str, object], ready: Ready) -> None:
    ready({})
    ready({})


not_a_function = 3
