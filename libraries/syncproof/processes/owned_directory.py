"""Temporary directories that say whose they are, so that those of killed runs can be swept and no others."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from syncproof.processes import procfs

_NAME = re.compile(r"^syncproof-(?P<pid>\d+)-(?P<start>\d+)-(?P<namespace>\d+)-\w+$")


class OwnedDirectory:
    """A directory `syncproof-<pid>-<start time>-<pid namespace>-<random>` in the system's temporary folder.

    The pid and its start time name one process for good; the namespace says where that pid means something,
    because containers may share a temporary folder. Removed by `close`; `create` sweeps those whose owner
    was killed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, parent: Path | None = None) -> Self:
        """Sweep what dead owners left, then make one for this process.

        parent: default the system's (TMPDIR).
        """
        folder = Path(tempfile.gettempdir()) if parent is None else parent
        sweep(folder)
        pid = os.getpid()
        prefix = f"syncproof-{pid}-{procfs.start_time(pid)}-{procfs.pid_namespace()}-"
        return cls(Path(tempfile.mkdtemp(prefix=prefix, dir=folder)))

    def close(self) -> None:
        """Remove it with all that is in it. A second call does nothing."""
        shutil.rmtree(self.path, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def sweep(folder: Path) -> list[Path]:
    """Remove the directories whose owner is dead; returns them. Those of other users and namespaces stay."""
    swept = []
    for path in sorted(folder.glob("syncproof-*")):
        if _is_abandoned(path):
            shutil.rmtree(path, ignore_errors=True)
            swept.append(path)
    return swept


def _is_abandoned(path: Path) -> bool:
    match = _NAME.match(path.name)
    if match is None or int(match["namespace"]) != procfs.pid_namespace():
        return False
    try:
        status = path.lstat()
    except FileNotFoundError:
        return False  # a run beside this one has just removed its own
    return status.st_uid == os.getuid() and procfs.start_time(int(match["pid"])) != int(match["start"])
