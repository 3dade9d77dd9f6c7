"""How much memory and processor time a process really used, by the kernel's own account (proc(5))."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from syncproof.kernel.host import ProcessorTime
from syncproof.processes.procfs import used_s


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


def processor_time(account: str) -> ProcessorTime:
    """Of a process. account: what /proc/PID/stat and then /proc/PID/task/*/schedstat say, a line each.

    Threads that have ended are in the first alone, which counts hundredths of seconds; waits are in the others alone.
    """
    whole, *threads = account.splitlines()
    used, waited = zip(*(line.split()[:2] for line in threads), strict=True)
    return ProcessorTime(max(used_s(whole), sum(map(int, used)) / 1e9), sum(map(int, waited)) / 1e9)


def processor_account(pid: int) -> str:
    """What `processor_time` reads. Raises ProcessLookupError for a process that has ended."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        whole = Path(f"/proc/{pid}/stat").read_text()
        if threads := "".join(_schedstats(pid)):
            return whole + threads
    raise ProcessLookupError(f"Process {pid} has no threads: it has ended.")


def _schedstats(pid: int) -> Iterator[str]:
    for thread in Path(f"/proc/{pid}/task").glob("*"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            yield (thread / "schedstat").read_text()


def _status(pid: int, field: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    raise ProcessLookupError(f"Process {pid} has no {field}: it has ended.")
