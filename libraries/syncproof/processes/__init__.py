"""Real processes that cannot outlive the run that started them.

`Launcher.start(directory)` executes one warmed process; `launcher.spawn(...)` forks a program of ours from
it in tens of milliseconds, `launcher.wrap(...)` runs a foreign program under the same guarantees.
`OwnedDirectory` is a temporary directory that a later run sweeps if its owner was killed, `die_with_parent`
ties a process to the one that started it. Linux only: the guarantees are the kernel's (parent-death signal,
a signalling pipe).
"""

from __future__ import annotations

from syncproof.processes.errors import LauncherGone, NotReady, ProcessError, StillRunning
from syncproof.processes.launcher import Launcher
from syncproof.processes.lifeline import die_with_parent
from syncproof.processes.owned_directory import OwnedDirectory
from syncproof.processes.process import Process

__all__ = [
    "Launcher",
    "LauncherGone",
    "NotReady",
    "OwnedDirectory",
    "Process",
    "ProcessError",
    "StillRunning",
    "die_with_parent",
]
