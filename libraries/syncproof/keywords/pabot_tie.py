"""Of every library that starts something: its place under pabot, whose robots have sessions of their own."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from pathlib import Path

import psutil
from robot.libraries.BuiltIn import BuiltIn

from syncproof.evidence.folder import EvidenceFolder
from syncproof.processes import die_with_parent
from syncproof.processes.procfs import start_time

#: pabot shortens links that begin so when it merges the logs of its robots, whatever folder a robot has had.
PABOT_PREFIX = "../../"


def under_pabot() -> bool:
    """Whether this robot was started by pabot."""
    return _number() is not None


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


def evidence_folder() -> EvidenceFolder:
    """`history` in the output folder that a person named, with links from the log that a person will open.

    A robot of pabot has its own output folder `pabot_results/NUMBER` below that one, or, where the run has argument
    files, `pabot_results/FILE/NUMBER`; all robots of one pabot belong to one run, which began with it.
    """
    output, log = Path(_variable("OUTPUT DIR") or "."), _variable("LOG FILE") or "NONE"
    number = _number()
    if number is None:
        log_folder = output if log == "NONE" else Path(log).parent
        return EvidenceFolder(output / "history", _stamp(datetime.now()), 0, log_folder)
    results = next((folder for folder in output.parents if folder.name == "pabot_results"), None)
    folder = results.parent if results else output
    began = datetime.fromtimestamp(psutil.Process(os.getppid()).create_time())
    return EvidenceFolder(folder / "history", _stamp(began), int(number), folder)


def _stamp(when: datetime) -> str:
    """A time as in the names that robot gives with `--timestampoutputs`."""
    return f"{when:%Y%m%d-%H%M%S}"


def _number() -> str | None:
    """Of this robot among those of its pabot."""
    return _variable("PABOTQUEUEINDEX")


def _variable(name: str) -> str | None:
    value = BuiltIn().get_variable_value(f"${{{name}}}")
    return None if value is None else str(value)
