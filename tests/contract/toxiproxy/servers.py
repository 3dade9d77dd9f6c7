"""Starting servers to hold to the contract."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from syncproof.processes.ports import Port

EMBEDDED = [sys.executable, "-m", "syncproof.faults.toxiproxy.cli"]


def real_server() -> str | None:
    return os.environ.get("TOXIPROXY_SERVER") or shutil.which("toxiproxy-server")


@dataclass(frozen=True)
class Server:
    kind: str
    host: str
    port: int
    pid: int

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"


@contextmanager
def serving(kind: str, *flags: str) -> Iterator[Server]:
    """Start a server, wait until it answers, end it afterwards. The real one cannot say which port it got."""
    command = EMBEDDED if kind == "embedded" else [str(real_server())]
    reserved = Port()
    port = reserved.number
    process = subprocess.Popen(
        [*command, *(() if "-host" in flags else ("-host", "127.0.0.1")), "-port", str(port), *flags],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/version", trust_env=False)
                break
            except httpx.TransportError:
                assert process.poll() is None, f"the {kind} server ended with {process.returncode}"
                assert time.monotonic() < deadline, f"the {kind} server did not answer within 30 s"
        yield Server(kind, "127.0.0.1", port, process.pid)
    finally:
        process.terminate()
        process.wait(20)
        reserved.close()
