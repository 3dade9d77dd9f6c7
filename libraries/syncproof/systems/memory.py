"""How much memory and processor time a process really used, by the kernel's own account (proc(5))."""

from __future__ import annotations

import os
from pathlib import Path

#: Where user and system time stand in /proc/PID/stat, behind the name.
_TIMES = slice(11, 13)


def resident_bytes(pid: int) -> int:
    """Resident memory now (VmRSS)."""
    return _status(pid, "VmRSS")


def peak_bytes(pid: int) -> int:
    """The highest resident memory since the process began or `reset_peak` was called (VmHWM)."""
    return _status(pid, "VmHWM")


def reset_peak(pid: int) -> int:
    """Let the peak begin again from here; answers what is resident now."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    return resident_bytes(pid)


def cpu_seconds(stat: str) -> float:
    """Processor time of a process since it began, of all its threads. stat: what /proc/PID/stat says."""
    return sum(map(int, stat.rpartition(")")[2].split()[_TIMES])) / os.sysconf("SC_CLK_TCK")


def _status(pid: int, field: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    raise ProcessLookupError(f"Process {pid} has no {field}: it has ended.")
