"""How much memory and processor time a process really used, by the kernel's own account (proc(5))."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from syncproof.kernel.host import ProcessorTime


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


def processor_time(schedstats: str) -> ProcessorTime:
    """Of all threads of a process that have not ended. schedstats: what /proc/PID/task/*/schedstat say, a line each."""
    used, waited = zip(*(line.split()[:2] for line in schedstats.splitlines()), strict=True)
    return ProcessorTime(sum(map(int, used)) / 1e9, sum(map(int, waited)) / 1e9)


def schedstats(pid: int) -> str:
    """What the kernel says of each thread. Raises ProcessLookupError for a process that has ended."""
    found = "".join(_schedstats(pid))
    if not found:
        raise ProcessLookupError(f"Process {pid} has no threads: it has ended.")
    return found


def _schedstats(pid: int) -> Iterator[str]:
    for thread in Path(f"/proc/{pid}/task").glob("*"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            yield (thread / "schedstat").read_text()


def _status(pid: int, field: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    raise ProcessLookupError(f"Process {pid} has no {field}: it has ended.")
