"""How large the files of a process may become (setrlimit(2), RLIMIT_FSIZE), set from outside by prlimit(2)."""

from __future__ import annotations

import resource


class ProcessFileLimit:
    """That of one process. A write that crosses it is cut there; the next one is refused with EFBIG.

    Nobody needs a privilege for that: the limit of one's own process may be lowered, and raised again to what it was.
    """

    engine = "prlimit"

    def __init__(self, pid: int) -> None:
        self._pid = pid

    def set(self, most: int) -> None:
        """No file of the process grows beyond so many bytes."""
        _, hard = resource.prlimit(self._pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self._pid, resource.RLIMIT_FSIZE, (most, hard))

    def lift(self) -> None:
        """As large as they could be before."""
        _, hard = resource.prlimit(self._pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self._pid, resource.RLIMIT_FSIZE, (hard, hard))

    def seen(self) -> int | None:
        """The limit, bytes; None for none."""
        soft, _ = resource.prlimit(self._pid, resource.RLIMIT_FSIZE)
        return None if soft == resource.RLIM_INFINITY else soft
