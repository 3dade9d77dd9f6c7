"""The first answer that a device gets over a secured connection is lost on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from syncproof.faults.framed import program
from syncproof.faults.framed.frames import Change
from syncproof.faults.led_elsewhere import LedElsewhere
from syncproof.faults.led_through import LedThrough
from syncproof.kernel.host import Host
from syncproof.kernel.link import Link

#: The first message from the relay belongs to the handshake: the second one answers what the device asked first.
_ANSWER = 2


class LostAnswer(LedElsewhere):
    """What the device asks arrives, and is done; that answer vanishes, and all others pass.

    host: starts the program that the device is led through. directory: one of its own. upstream: where the relay is.
    """

    kind = "lost_answer"
    called = "lost answer"

    def __init__(self, link: Link, host: Host, directory: Path, upstream: str) -> None:
        self._done = directory / "changed"
        super().__init__((link,), LedThrough(host, directory, upstream, "framed", f"{__name__}:run"))
        self.engine, self.direction = "framed", "downstream"

    def proof(self) -> str | None:
        """It bit when the program has swallowed it."""
        return "an answer was swallowed" if self._done.exists() else None


def run(config: Mapping[str, object], ready: Callable[[Mapping[str, object]], None]) -> None:
    """The program as a process, see `framed.program.run`."""
    program.run(config, ready, Change("downstream", _ANSWER, lambda _: []))
