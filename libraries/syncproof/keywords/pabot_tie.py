"""What every library that starts something does under pabot, whose robots have sessions of their own."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from robot.libraries.BuiltIn import BuiltIn

from syncproof.processes import die_with_parent
from syncproof.processes.procfs import start_time


def under_pabot() -> bool:
    """Whether this robot was started by pabot."""
    return BuiltIn().get_variable_value("${PABOTQUEUEINDEX}") is not None


def end_with_pabot() -> None:
    """Have the kernel end this robot, and with it what it started, with a pabot that is killed: it would go on."""
    if under_pabot():
        die_with_parent()


def seed_of_pabot() -> int:
    """A seed that all robots of one pabot draw alike, and those of another one otherwise.

    A process id with its start names one process until the machine starts again.
    """
    pabot = os.getppid()
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    drawn = hashlib.sha256(f"{boot}/{pabot}/{start_time(pabot)}".encode()).digest()
    return int.from_bytes(drawn[:4]) >> 1
