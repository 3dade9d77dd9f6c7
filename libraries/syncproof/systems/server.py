"""The server that all devices of a suite share, as the harness sees it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

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


@dataclass(frozen=True)
class BlobRequest:
    """One answer of the server to a request for an attachment. start: the first byte that was asked for.

    t_ns: when the answer began, CLOCK_MONOTONIC. device: as the system calls it.
    """

    t_ns: int
    device: str
    status: int
    start: int


@runtime_checkable
class BlobServer(Protocol):
    """A server that keeps attachments as files of its own: what the harness may ask of it as its operator."""

    directory: Path

    def blob(self, digest: str) -> bytes | None:
        """What it hands out for an attachment; None for nothing."""

    def blob_path(self, digest: str) -> str:
        """Its file, relative to the server's data folder."""

    def blob_head_bytes(self, size: int) -> int:
        """Bytes of a reply before the first byte of an attachment of this size."""

    def blob_requests(self, digest: str) -> list[BlobRequest]:
        """How it has answered devices that asked for this attachment, by its own log."""


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
