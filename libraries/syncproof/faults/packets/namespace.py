"""The network namespace of a device, a relay or a container, as far as a fault needs it: run a tool in there."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from syncproof.faults.packets import rules
from syncproof.faults.packets.errors import PacketError


@dataclass(frozen=True)
class Ran:
    """How a tool ended. status: its exit status. said: its stdout, or its stderr where it failed."""

    status: int
    said: str


class Served(Protocol):
    """A program of ours that stays in a namespace until it is ended."""

    def said(self) -> str:
        """What it has printed so far."""

    def end(self) -> None:
        """End it."""


class Namespace:
    """One namespace. name: whose it is, for people. run: runs a command in it as its administrator. delay: starts the
    program of `delay_queue` in it, for a queue's number and seconds; raises PacketError where that cannot be. current:
    whether whose it is still lives in it. promise: has a command run in it if this process ends before its time; where
    a namespace ends with us there is nothing to promise.

    One object for all faults in one namespace: what they share in it is undone by the last of them.
    """

    def __init__(
        self,
        name: str,
        run: Callable[[Sequence[str]], Ran],
        delay: Callable[[int, float], Served],
        current: Callable[[], bool] = lambda: True,
        promise: Callable[..., None] = lambda *_: None,
    ) -> None:
        self.name, self._run, self.delay, self.current = name, run, delay, current
        self._promise = promise
        self._apart: dict[str, tuple[int, int]] = {}

    def run(self, *command: str) -> str:
        """What the command answers. Raises PacketError with what it said."""
        ran = self._run(command)
        if ran.status:
            raise PacketError(
                f"'{shlex.join(command)[:300]}' failed in the network of '{self.name}': {ran.said.strip()[-300:]}"
            )
        return ran.said

    def undo_with(self, begun: contextlib.ExitStack, *command: str) -> None:
        """Have a command run that takes something away, when `begun` closes or this process ends.

        Where nobody lives any more there is nothing to take away.
        """
        self._promise(*command)
        begun.callback(self._undo, *command)

    def _undo(self, *command: str) -> None:
        if self.current():
            self.run(*command)

    def can(self, *command: str) -> bool:
        """Whether the command succeeds."""
        return self._run(command).status == 0

    def packets_apart(self, interface: str) -> None:
        """Let whatever leaves by an interface leave as packets of the size that a wire carries.

        Inside one machine the kernel passes up to 64 KB along as one packet, of which 10% loss is next to nothing.
        """
        users, before = self._apart.get(interface, (0, 0))
        if not users:
            before = rules.segments(self.run("ip", "-j", "-d", "link", "show", "dev", interface))
            self._promise(*_segments(interface, before))
            self.run(*_segments(interface, 1))
        self._apart[interface] = (users + 1, before)

    def packets_together(self, interface: str) -> None:
        """Undo `packets_apart`, when the last who asked for it says so."""
        users, before = self._apart.pop(interface)
        if users > 1:
            self._apart[interface] = (users - 1, before)
        elif self.current() and self.can(
            "ip", "link", "show", "dev", interface
        ):  # a cable has two ends to go with
            self.run(*_segments(interface, before))


def _segments(interface: str, count: int) -> tuple[str, ...]:
    return ("ip", "link", "set", "dev", interface, "gso_max_segs", str(count))


@dataclass(frozen=True)
class End:
    """One end of a way. interface: its own. peer: the address of the other end ("" for whoever sends there)."""

    namespace: Namespace
    interface: str
    peer: str


@dataclass(frozen=True)
class PacketPath:
    """The way between a device and what it syncs through.

    owner: the device, for people. near: the device's end. far: the other one, None where only the near one is ours.
    """

    owner: str
    near: End
    far: End | None
