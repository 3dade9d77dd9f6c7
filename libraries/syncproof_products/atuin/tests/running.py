"""A real server and the program that devices use, as the wheel has brought them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from syncproof.processes.ports import Port

PROGRAM = Path(sysconfig.get_path("scripts")) / "atuin"
DEADLINE_S = 30.0

needs_atuin = pytest.mark.skipif(
    not PROGRAM.exists(),
    reason="needs atuin: pip install -r libraries/syncproof_products/atuin/requirements.txt",
)


@contextlib.contextmanager
def server(directory: Path) -> Iterator[str]:
    """Its `host:port`, once it answers."""
    directory.mkdir()
    environment = {
        **os.environ,
        "ATUIN_CONFIG_DIR": str(directory),
        "ATUIN_DB_URI": f"sqlite://{directory}/server.db",
        "ATUIN_OPEN_REGISTRATION": "true",
    }
    port = Port()
    command = [str(PROGRAM), "server", "start", "--host", "127.0.0.1", "--port", str(port.number)]
    with contextlib.closing(port), (directory / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            address, end = f"127.0.0.1:{port.number}", time.monotonic() + DEADLINE_S
            while not _is_well(address):
                assert time.monotonic() < end, (directory / "log").read_text()
                time.sleep(0.02)
            yield address
        finally:
            process.kill()
            process.wait(DEADLINE_S)


def _is_well(address: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"http://{address}/healthz", trust_env=False).is_success
    return False
