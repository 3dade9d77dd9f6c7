"""A broker that closes the connections of its subscribers, and no others."""

from __future__ import annotations

import socket

from syncproof.kernel.fault import Fault

_COMMAND = b"CLIENT KILL TYPE pubsub\r\n"
_WITHIN_S = 5.0


class SubscribersDropped(Fault):
    """A Redis is told to close the connections on which something is subscribed; they may come back at once.

    That they were closed is done in a moment, and what it does to those that were connected lasts: it is on until the
    test ends. target: what the node is called. address: where it listens, `host:port`.
    """

    kind = "drop_subscribers"
    called = "dropped subscribers"
    engine = "CLIENT KILL"

    def __init__(self, target: str, address: str) -> None:
        super().__init__((target,), ())
        self._address = address
        self._closed = 0

    def begin(self) -> None:
        host, _, port = self._address.rpartition(":")
        try:
            with socket.create_connection((host, int(port)), timeout=_WITHIN_S) as connection:
                connection.sendall(_COMMAND)
                answer = connection.recv(200).decode(errors="replace").strip()
        except OSError as wrong:
            self.hindrance = f"{self._address} cannot be asked: {wrong}"
            return
        if (closed := answer.removeprefix(":")).isdecimal():
            self._closed = int(closed)
        if not self._closed:
            self.hindrance = f"{self._address} answered {answer!r}"

    def proof(self) -> str | None:
        """That it closed some: a node that is no Redis, or has no subscribers, was not disturbed."""
        return (
            f"{self.target[0]} has closed {self._closed} connections of subscribers" if self._closed else None
        )

    def end(self) -> None:
        """They came back by themselves, or did not."""

    def healed(self) -> str | None:
        return "its subscribers may connect again"
