"""The server that all devices of a suite share, as the harness sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from syncproof.systems.stack import Program


class ServerGone(Exception):
    """The server did not answer its operator."""


@dataclass(frozen=True)
class LogLine:
    """One event of the server's own log, in its order."""

    op_id: str
    version: str
    server_order: int
    author: str
    digest: str


class Server(Protocol):
    """A relay, a homeserver: what devices sync through."""

    @property
    def process(self) -> Program: ...

    secret: str

    @property
    def address(self) -> str: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def log(self, group: str, after: int = 0) -> list[LogLine]: ...
    def probe_request(self, reply_bytes: int) -> bytes: ...
