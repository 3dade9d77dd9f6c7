"""What a machine must have before anything of a run can start on it, in words for whoever has to provide it."""

from __future__ import annotations

import errno
import re
import resource
import socket

from syncproof.processes.errors import ProcessError

_NO_PROCESS = re.compile(r"can't start new thread|fork: retry|\[Errno 11\] Resource temporarily unavailable")


def require_loopback() -> None:
    """Raises ProcessError where the interface `lo` is down: all parts of a run talk over it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("127.0.0.1", 9))  # looks for a route, and sends nothing
        except OSError as wrong:
            if wrong.errno != errno.ENETUNREACH:
                raise
            raise ProcessError(
                "The network interface lo is down, and all parts of a run talk over it. As root: ip link set lo up"
            ) from None


def with_limit(message: str) -> str:
    """A message with its true reason in front, where a process or thread could not be started for the user's limit."""
    if not _NO_PROCESS.search(message):
        return message
    limit = resource.getrlimit(resource.RLIMIT_NPROC)[0]
    may = (
        ""
        if limit == resource.RLIM_INFINITY
        else f": it is {limit}, and counts threads of all the user's programs"
    )
    return f"This user can start no more processes and threads. `ulimit -u` is the limit{may}.\n{message}"
