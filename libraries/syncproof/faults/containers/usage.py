"""What a container uses, by the engine's own account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from syncproof.faults.containers.errors import WrongState


@dataclass(frozen=True)
class Usage:
    """memory, memory_limit, received, sent: bytes. cpu_s: seconds of processor time since it was started."""

    memory: int
    memory_limit: int
    cpu_s: float
    pids: int
    received: int
    sent: int


def usage_of(name: str, stats: Mapping[str, Any]) -> Usage:
    """Read the engine's answer. Raises WrongState for that of a container that does not run (it is empty)."""
    memory = stats.get("memory_stats") or {}
    if "usage" not in memory:
        raise WrongState(f"The container '{name}' does not run: there is nothing to measure.")
    detail = memory.get("stats", {})
    # As `docker stats` shows it: without what is only cached files (cgroup v1 and v2 name that differently).
    cached = detail.get("total_inactive_file", detail.get("inactive_file", 0))
    networks = (stats.get("networks") or {}).values()
    return Usage(
        memory=max(0, memory["usage"] - cached),
        memory_limit=int(memory.get("limit", 0)),
        cpu_s=stats["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9,
        pids=int(stats.get("pids_stats", {}).get("current", 0)),
        received=sum(each["rx_bytes"] for each in networks),
        sent=sum(each["tx_bytes"] for each in networks),
    )
