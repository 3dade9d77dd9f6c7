"""The program that gives the next handshake a flaw, as a process: `run(config, ready)`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from syncproof.faults.framed import program
from syncproof.workloads.encryption.flaw import Flaw

#: Of this program, as a host starts it.
ENTRY = f"{__name__}:run"


def run(config: Mapping[str, object], ready: Callable[[Mapping[str, object]], None]) -> None:
    """Pass on everything between whoever connects and the relay, with one flaw, until SIGTERM.

    config: as for `framed.program.run`, and change (the name of a `Flaw`). ready: called with host and port once it
    serves.
    """
    program.run(config, ready, Flaw[str(config["change"])].change)
