"""Labels that say whose a container or network is, so that those of killed runs can be swept and no others."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

from syncproof.faults.containers.container import Container
from syncproof.faults.containers.engine import Engine
from syncproof.faults.containers.errors import ContainerError, UnknownNetwork
from syncproof.faults.containers.telling import told
from syncproof.processes import procfs

PID = "syncproof.owner.pid"
START = "syncproof.owner.start"
BOOT = "syncproof.owner.boot_id"
NAMESPACE = "syncproof.owner.pid_namespace"


def labels() -> dict[str, str]:
    """What to put on everything that this process makes."""
    pid = os.getpid()
    return {
        PID: str(pid),
        START: str(procfs.start_time(pid)),
        BOOT: boot_id(),
        NAMESPACE: str(procfs.pid_namespace()),
    }


def boot_id() -> str:
    """Of the running kernel; another one after each start of the machine."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def is_abandoned(engine: Engine, found: Mapping[str, str]) -> bool:
    """Whether labels are ours and their owner is dead for sure; in doubt it lives."""
    if PID not in found or not found[PID].isdigit():
        return False
    if found.get(BOOT) != boot_id():
        # From before this machine's last start, or by another machine that uses the same engine.
        return engine.local
    if found.get(NAMESPACE) != str(procfs.pid_namespace()):
        return False
    return str(procfs.start_time(int(found[PID]))) != found.get(START)


def sweep(engine: Engine) -> list[str]:
    """Remove what dead owners left, containers first, then their networks; answers the names."""
    swept = []
    for container in engine.containers(PID):
        if is_abandoned(engine, container.labels()):
            container.remove()
            swept.append(container.name)
    with told("list the networks"):
        networks = engine.client.networks.list(filters={"label": PID})
    for network in networks:
        if is_abandoned(engine, (network.attrs or {}).get("Labels") or {}):
            with contextlib.suppress(UnknownNetwork):  # a run beside this one sweeps as well
                remove_network(engine, str(network.id))
            swept.append(str(network.name))
    return swept


def remove_network(engine: Engine, name: str) -> None:
    """Remove a network; whoever is still on it, or half removed from it, is taken off first."""
    with told(f"remove the network '{name}'"):
        network = engine.client.networks.get(name)
        for container_id in (network.attrs or {}).get("Containers") or {}:
            with contextlib.suppress(ContainerError), told("take a container off"):
                network.disconnect(container_id, force=True)
        network.remove()


def owned(engine: Engine) -> list[Container]:
    """The containers of this process."""
    mine = labels()
    return [
        each for each in engine.containers(f"{PID}={mine[PID]}") if each.labels().get(START) == mine[START]
    ]
