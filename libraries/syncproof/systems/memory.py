"""How much memory a process really used, by the kernel's own account (proc(5))."""

from __future__ import annotations

from pathlib import Path


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


def _status(pid: int, field: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    raise ProcessLookupError(f"Process {pid} has no {field}: it has ended.")
