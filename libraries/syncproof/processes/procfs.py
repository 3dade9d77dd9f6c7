"""What the kernel says about a process (proc(5))."""

from __future__ import annotations

import os
from pathlib import Path


def _after_name(stat: str) -> list[str]:
    """The fields of a `stat` line from the state on: the name before may hold spaces and brackets."""
    return stat[stat.rindex(")") + 2 :].split()


def start_time(pid: int) -> int | None:
    """When the process started, in clock ticks since boot; with the pid it names one process for good.

    None if there is no such process.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = _after_name(stat)
    return None if fields[0] in "ZX" else int(fields[19])


def used_s(stat: str) -> float:
    """How long all threads of a process were on a processor, also those that have ended. stat: its `stat` line."""
    user, system = _after_name(stat)[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def thread_states(pid: int) -> list[str]:
    """The state letter of each thread (T: stopped, Z: zombie ...); empty if there is no such process."""
    states = []
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except FileNotFoundError:
        return []
    for thread in threads:
        try:
            states.append(_after_name(Path(f"/proc/{pid}/task/{thread}/stat").read_text())[0])
        except (FileNotFoundError, ProcessLookupError):
            continue  # that thread has ended since the listing
    return states


def pid_namespace() -> int:
    """The number of the namespace in which this process's pids mean something."""
    return os.stat("/proc/self/ns/pid").st_ino
