"""What the workload asks of an agent, beyond what every agent answers."""

from __future__ import annotations

from typing import Literal

import msgspec

from syncproof.kernel.agent import Accepted, Request

Action = Literal["write", "delete", "rename", "mode", "touch", "undo", "vote"]


class FileChange(Request[Accepted], frozen=True, kw_only=True):
    """What a user does to a file; its bytes are the content.

    to: the new path. mode: permissions, as a number. of: op_id of the change that is
    taken back, or voted for.
    """

    method = "POST"
    route = "/files"
    in_query = True
    op_id: str
    group: str
    action: Action
    path: str
    to: str | None = None
    mode: int | None = None
    of: str | None = None


class FileSeen(msgspec.Struct, frozen=True):
    """A file of a folder: sha256 (hex) of its bytes, their number, its permissions."""

    digest: str
    size: int
    mode: int


class FolderSeen(msgspec.Struct, frozen=True):
    """Every file of a folder, by path."""

    files: dict[str, FileSeen]


class Noted(msgspec.Struct, frozen=True):
    """Nothing: from now on it is so."""


class GoOn(Request[Noted], frozen=True):
    """A user lets a device that is read-only believe others again."""

    method = "POST"
    route = "/go-on"


class Author(msgspec.Struct, frozen=True):
    """Under which name a device writes."""

    author: str


class ReadAuthor(Request[Author], frozen=True):
    """Under which name a device writes; nobody else can."""

    method = "GET"
    route = "/author"


class SetOwner(Request[Noted], frozen=True):
    """A user tells a device whose rules count."""

    method = "PUT"
    route = "/owner"
    owner: str


class MakeRule(Request[Accepted], frozen=True, kw_only=True):
    """The owner says who may read and write a file, or all that is in a directory.

    readers: as the system calls them. writers: their authors. Empty ones stand for everybody.
    """

    method = "POST"
    route = "/rules"
    op_id: str
    path: str
    readers: tuple[str, ...] = ()
    writers: tuple[str, ...] = ()


class ReadFolder(Request[FolderSeen], frozen=True):
    """The folder of a device as it is."""

    method = "GET"
    route = "/files"
    group: str
