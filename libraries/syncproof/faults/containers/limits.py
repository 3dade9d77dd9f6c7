"""What a container may use at most, changed while it runs."""

from __future__ import annotations

from dataclasses import dataclass

from syncproof.faults.containers.container import Container
from syncproof.faults.containers.engine import Engine
from syncproof.faults.containers.errors import ContainerError

_PERIOD_US = 100_000
#: The engine's own lower bound.
_LEAST_MEMORY = 6 * 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """memory: bytes (swap included). cpus: processors' worth of time. pids: processes and threads. None: any."""

    memory: int | None = None
    cpus: float | None = None
    pids: int | None = None


def read(container: Container) -> Limits:
    """The limits that are set now."""
    given = container.inspect()["HostConfig"]
    cpus = (given.get("NanoCpus") or 0) / 1e9
    if (quota := given.get("CpuQuota") or 0) > 0:
        cpus = quota / (given.get("CpuPeriod") or _PERIOD_US)
    pids = given.get("PidsLimit") or 0
    return Limits(given.get("Memory") or None, cpus or None, pids if pids > 0 else None)


def change(engine: Engine, container: Container, limits: Limits) -> None:
    """Set those that are named, leave the others. Raises ContainerError for what cannot be, WrongState."""
    wanted: dict[str, int] = {}
    if limits.memory is not None:
        if limits.memory < _LEAST_MEMORY:
            raise ContainerError(
                f"{limits.memory} bytes of memory are too few for '{container.name}': at least {_LEAST_MEMORY}."
            )
        wanted |= {"Memory": limits.memory, "MemorySwap": limits.memory}
    if limits.cpus is not None:
        if limits.cpus < 0.01:
            raise ContainerError(
                f"{limits.cpus:g} processors are too few for '{container.name}': at least 0.01."
            )
        wanted |= {"CpuPeriod": _PERIOD_US, "CpuQuota": round(limits.cpus * _PERIOD_US)}
    if limits.pids is not None:
        wanted["PidsLimit"] = limits.pids
    if wanted:
        engine.update(container, wanted)


def restore(engine: Engine, container: Container, before: Limits) -> None:
    """Set all three as they were. The engine cannot take a memory limit away: it becomes all that there is."""
    memory = before.memory or engine.memory_bytes()
    engine.update(
        container,
        {
            "Memory": memory,
            "MemorySwap": memory,
            "CpuPeriod": _PERIOD_US,
            "CpuQuota": -1 if before.cpus is None else round(before.cpus * _PERIOD_US),
            "PidsLimit": -1 if before.pids is None else before.pids,
        },
    )
