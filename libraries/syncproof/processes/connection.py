"""The run's end of the line to its launcher: one request, its answer, with a deadline."""

from __future__ import annotations

import itertools
import select
import socket
import time
from collections.abc import Callable

from syncproof.processes.errors import LauncherGone, StillRunning
from syncproof.processes.messages import Answer, Request, Setup, decode_answer, encode


class Connection:
    """Not for several threads. An answer that comes after its asker gave up (a test's timeout) is dropped.

    obituary: what to say once the other end has closed.
    """

    def __init__(self, line: socket.socket, obituary: Callable[[], str]) -> None:
        self._line = line
        self._obituary = obituary
        self._buffer = bytearray()
        self._ids = itertools.count(1)

    def new_id(self) -> int:
        """A number that no request has had."""
        return next(self._ids)

    def send(self, message: Request) -> None:
        """Raises LauncherGone."""
        try:
            self._line.sendall(encode(message))
        except (BrokenPipeError, ConnectionResetError):
            raise LauncherGone(self._obituary()) from None

    def ask(self, request: Request, within_s: float) -> Answer:
        """Send and wait for the answer to it. Raises LauncherGone; StillRunning if there is none within_s."""
        if isinstance(request, Setup):
            raise TypeError("a setup is not answered")
        self.send(request)
        deadline = time.monotonic() + within_s
        while True:
            answer = self._receive(deadline)
            if answer is None:
                raise StillRunning(f"The launcher has not answered {request!r} within {within_s:g} s.")
            if answer.id == request.id:
                return answer

    def _receive(self, deadline: float) -> Answer | None:
        while (end := self._buffer.find(b"\n")) < 0:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._line], [], [], left)[0]:
                return None
            try:
                chunk = self._line.recv(65536)
            except ConnectionResetError:
                chunk = b""
            if not chunk:
                raise LauncherGone(self._obituary())
            self._buffer += chunk
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return decode_answer(line)

    def close(self) -> None:
        """Drop the line."""
        self._line.close()
