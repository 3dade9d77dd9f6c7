"""Synapse, executed: it is under the AGPL, and none of its code runs in a process of ours."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path

from syncproof.processes import Launcher, NotReady, Process
from syncproof.systems.matrix import configuration

#: Seconds between two looks whether it listens already.
_LOOK_S = 0.02


def run(launcher: Launcher, name: str, config: Mapping[str, object], ready_within_s: float) -> Process:
    """Execute Synapse and wait until it listens.

    name: for logs. config: `directory`, which holds its data, `homeserver` (see `configuration`), `host` and `port`
    (0: a free one). ready_within_s: seconds, else it is killed. Raises NotReady.
    """
    directory = Path(str(config["directory"]))
    (directory / "homeserver.yaml").write_text(configuration.text(config))
    command = [sys.executable, "-P", "-m", "synapse.app.homeserver", "--config-path", "homeserver.yaml"]
    process = launcher.wrap(name, command, directory=directory)
    deadline = time.monotonic() + ready_within_s
    while not (ready := _listens(process.pid)):
        if not process.alive():
            raise NotReady(
                f"'{name}' ended before it listened; its log: {process.log}", process.exit_status()
            )
        if time.monotonic() > deadline:
            process.kill()
            raise NotReady(f"'{name}' did not listen within {ready_within_s:g} s; its log: {process.log}")
        time.sleep(_LOOK_S)
    process.ready = ready
    return process


def _listens(pid: int) -> Mapping[str, object]:
    """Host and port of the process's first listener; nothing before it has one, and after its end."""
    import psutil  # only runs of Matrix pay for it

    try:
        connections = psutil.Process(pid).net_connections("tcp")
    except psutil.NoSuchProcess:
        return {}
    for each in connections:
        if each.status == psutil.CONN_LISTEN:
            return {"host": each.laddr.ip, "port": each.laddr.port}
    return {}
