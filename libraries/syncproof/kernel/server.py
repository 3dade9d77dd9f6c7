"""The server that all devices of a suite share, as the harness sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

import msgspec

from syncproof.kernel.agent import BlobRef
from syncproof.kernel.host import Program
from syncproof.kernel.link import Exchange


class ServerGone(Exception):
    """The server did not answer its operator."""


@dataclass(frozen=True)
class LogLine:
    """One event of the server's own log, in its order.

    sealed: it is encrypted. Nobody can read there what its body says: digest is empty, or that of what is stored; and
    so is op_id, unless the server knows operations by it.
    """

    op_id: str
    version: str
    server_order: int
    author: str
    digest: str
    sealed: bool = False


@dataclass(frozen=True)
class Search:
    """What a server's operator can read of what devices say.

    readable: where each operation stands in the clear, by op_id. looked: how many of what were looked through, by
    what they are (`events of the room`, `bytes of the database`): all that had to be, 0 where it could not be.
    """

    readable: dict[str, str]
    looked: dict[str, int]


@runtime_checkable
class SearchableServer(Protocol):
    """A server of which its operator can look through everything (capability `e2ee`)."""

    def search(self, group: str, digests: Mapping[str, str]) -> Search:
        """Look through all that it holds for the operations of a group.

        digests: of attachments (sha256), with the op_id that each belongs to.
        """


@runtime_checkable
class KeepsData(Protocol):
    """A server whose data folder is known: what it keeps there can be put on a disk that is full."""

    directory: Path


@runtime_checkable
class StoringServer(Protocol):
    """A server that can be asked whether it stores attachments just now."""

    def storage_refusal(self, size: int) -> str | None:
        """What it says to an attachment of so many bytes; None where it takes it. Nothing of it stays there."""


@dataclass(frozen=True)
class Quota:
    """How many bytes all attachments may take together on a server, and how many they do."""

    limit: int
    used: int


@runtime_checkable
class QuotaServer(Protocol):
    """A server with a quota for attachments, which its operator can see and change (`quota`)."""

    def quota(self) -> Quota:
        """As it is now."""

    def set_quota(self, limit: int) -> None:
        """Let attachments take so many bytes together from now on."""


@runtime_checkable
class CollectingServer(Protocol):
    """A server that takes away the attachments to which no message refers (`collects`)."""

    def put_orphan(self, digest: str, content: bytes) -> None:
        """Bring an attachment of which no message speaks."""

    def collect_orphans(self) -> None:
        """Begin to take away all such; answers at once."""


@runtime_checkable
class BlobServer(Protocol):
    """A server that keeps attachments as files of its own, which the harness knows its way about (`operator`)."""

    directory: Path
    #: The most that the answer to a probe can have, bytes.
    most_probe_bytes: int

    def addresses(self, group: str, op_id: str) -> tuple[str, ...]:
        """By which digests it knows the attachments of an operation: where they are sealed, by those of what it has."""

    def blob(self, digest: str) -> bytes | None:
        """What it hands out for an attachment; None for nothing."""

    def blob_path(self, digest: str) -> str:
        """Its file, relative to the server's data folder."""

    @property
    def blob_folder(self) -> str:
        """The folder of all of them, relative to the server's data folder."""

    def blob_head_bytes(self, size: int) -> int:
        """Bytes of a reply before the first byte of an attachment of this size."""


@dataclass(frozen=True)
class RequestLine:
    """One request as the server's own log has it.

    t_ns: CLOCK_MONOTONIC when its reply began. who: as the server calls them. start: the first byte that was asked for,
    of an attachment; of a page of a log, the position behind which it begins.
    """

    n: int
    t_ns: int
    method: str
    path: str
    who: str
    status: int
    start: int = 0


class RawRequest(msgspec.Struct, frozen=True):
    """A request over HTTP/1.1, as a client would send it: what is made of it need not be one any more."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""

    def head(self) -> bytes:
        """Everything before the length of the body and the empty line."""
        lines = [
            f"{self.method} {self.path} HTTP/1.1",
            *(f"{name}: {said}" for name, said in self.headers.items()),
        ]
        return "".join(f"{line}\r\n" for line in lines).encode("latin-1")

    def encode(self) -> bytes:
        """All of it."""
        length = b"" if self.method == "GET" else f"Content-Length: {len(self.body)}\r\n".encode()
        return self.head() + length + b"\r\n" + self.body


@dataclass(frozen=True)
class RawEvent:
    """An event as a client hands it to the server, whatever it may carry."""

    op_id: str
    body: str
    kind: str = "append"
    entry: str | None = None
    clock: dict[str, int] = field(default_factory=dict)
    blobs: tuple[BlobRef, ...] = ()


class ServerClient(Protocol):
    """Another client of one of the server's users, at the server's own public interface, past any device."""

    def push(self, group: str, events: Sequence[RawEvent]) -> dict[str, int]:
        """Hand events in; their places in the group's log by op_id."""

    def put_blob(self, digest: str, content: bytes) -> None:
        """Hand an attachment in."""

    def set_marker(self, group: str, place: int) -> None:
        """Say that this user has read up to a place in the group's log."""

    def marker(self, group: str) -> int:
        """How far this user has read, as the server knows it: a place in the group's log, 0 for none."""


class Server(Protocol):
    """A relay, a homeserver: what devices sync through."""

    @property
    def process(self) -> Program: ...

    secret: str

    @property
    def address(self) -> str: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def probe_request(self, reply_bytes: int) -> Exchange: ...


@runtime_checkable
class LoggedServer(Protocol):
    """A server whose own log of a group can be read (`server_log`)."""

    def log(self, group: str, after: int = 0) -> list[LogLine]:
        """The operations of a group behind position `after`."""


@runtime_checkable
class RequestLoggedServer(Protocol):
    """A server whose request log can be read (`request_log`)."""

    def requests(self, after: int = 0) -> list[RequestLine]:
        """What was asked of it behind number `after`."""


@runtime_checkable
class ClientServer(Protocol):
    """A server at whose public interface the harness can be another client (`other_client`)."""

    def client(self, identity: str) -> ServerClient:
        """Another client of the user that it calls so."""


@runtime_checkable
class AttackedServer(Protocol):
    """A server of which the harness knows how its clients speak, and what it is busy with (`hostile_client`)."""

    def openings(self) -> dict[str, RawRequest]:
        """Requests that it takes from a client of no group in the scenario, registered for this, by what they do.

        push: something new, as JSON. pull: what is there. live: opens a stream (RFC 6455). download: a blob of more
        bytes than a kernel keeps for a connection. upload: a blob in one piece, without its body. part: the first part
        of an upload, whose path ends in 64 digits that may be others.

        What it must refuse: large event, unknown kind (pushes); and, where there is such a thing: push before open,
        pull before open, marker ahead, part before beginning, stream before upgrade.
        """

    def tasks(self) -> int:
        """How many tasks it has now, by its own count."""


#: What the harness can do with a server, by the need of a sentence.
ABILITIES: dict[str, tuple[str, ...]] = {
    "server_log": ("log",),
    "request_log": ("requests",),
    "other_client": ("client",),
    "hostile_client": ("openings", "tasks"),
    "collects": ("collect_orphans", "put_orphan", "addresses", "blob"),
    "quota": ("quota", "set_quota", "storage_refusal"),
    "operator": ("addresses", "blob", "blob_folder", "blob_path", "blob_head_bytes", "most_probe_bytes"),
}


def abilities(server: type) -> frozenset[str]:
    """What the harness can do with servers of this class, by the methods that it has."""
    return frozenset(
        name for name, methods in ABILITIES.items() if all(hasattr(server, method) for method in methods)
    )


def requests_of(server: Server, after: int) -> list[RequestLine]:
    """What was asked of a server behind number `after`. Raises TypeError for one without a request log."""
    if not isinstance(server, RequestLoggedServer):
        raise TypeError(f"{type(server).__name__} has no request log")
    return server.requests(after)


def client_of(server: Server, identity: str) -> ServerClient:
    """Another client of a server's user. Raises TypeError for a server at which the harness cannot be one."""
    if not isinstance(server, ClientServer):
        raise TypeError(f"{type(server).__name__} has no other clients")
    return server.client(identity)


def log_of(server: Server, group: str, after: int = 0) -> list[LogLine]:
    """A server's own log of a group behind position `after`. Raises TypeError for one whose log cannot be read."""
    if not isinstance(server, LoggedServer):
        raise TypeError(f"{type(server).__name__} has no log that can be read")
    return server.log(group, after)
