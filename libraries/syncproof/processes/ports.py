"""Ports for programs that do not choose their own: below the ephemeral range, and of one run at a time."""

from __future__ import annotations

import contextlib
import random
import socket
from pathlib import Path

from syncproof.processes.errors import ProcessError

_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_BELOW = 10_000
_TRIES = 200


class Port:
    """A port of 127.0.0.1 that no other run takes until `close`, and that no connection is given by chance.

    It is reserved by the name of an abstract socket, which the kernel takes back whatever ends this process.
    """

    def __init__(self) -> None:
        """Raises ProcessError where none is free."""
        first_ephemeral = int(_RANGE.read_text().split()[0])
        for _ in range(_TRIES):
            number = random.SystemRandom().randrange(max(1024, first_ephemeral - _BELOW), first_ephemeral)
            reserved = _reserve(number)
            if reserved is None:
                continue
            if is_free(number):
                self.number, self._reserved = number, reserved
                return
            reserved.close()
        raise ProcessError(f"No port of 127.0.0.1 below {first_ephemeral} is free: {_TRIES} were tried.")

    def close(self) -> None:
        """Leave it to others."""
        self._reserved.close()


def is_free(number: int, *, again: bool = False) -> bool:
    """Whether any program could listen there now.

    again: for a program that has listened there before. Closed connections hold a port for a minute (TIME_WAIT, RFC
    9293), from all programs that do not set SO_REUSEADDR; with `again` they do not count.
    """
    with contextlib.closing(socket.socket()) as trial:
        if again:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", number))
        except OSError:
            return False
        return True


def _reserve(number: int) -> socket.socket | None:
    reserved = socket.socket(socket.AF_UNIX)
    try:
        reserved.bind(f"\0syncproof-port-{number}")
    except OSError:
        reserved.close()
        return None
    return reserved
