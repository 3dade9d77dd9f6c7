"""What was asked of files, what lay in folders, and what devices got from each other."""

from __future__ import annotations

from typing import Literal

import msgspec

from syncproof.evidence.records import Event, Record


class FileState(msgspec.Struct, frozen=True, kw_only=True):
    """A file in a folder: sha256 of its bytes, its permissions."""

    digest: str
    mode: int = 0o644


class FileAsked(Record, frozen=True, kw_only=True, tag="file_asked"):
    """A device was asked for a change of its folder. op_id: as the operation's line has it.

    file: what `path` is to be then, None for no more. was: the path that is no more, of a rename. drops: digest of the
    one version of `path` that is no more, where others stay. found: digests of all versions that lay in its folder just
    before, of `was` where that is given, else of `path`: the shown one first. Empty where nobody else had written it.
    votes_for: digest of the one version of `path` that shall stay, of those in `found`; it is no new version.
    """

    op_id: str
    action: str
    path: str
    file: FileState | None = None
    was: str = ""
    drops: str = ""
    found: tuple[str, ...] = ()
    votes_for: str = ""


class Folder(Record, frozen=True, kw_only=True, tag="folder"):
    """All that lay in a device's folder at one moment. seen: how much of its delivery log had been read by then."""

    files: dict[str, FileState]
    seen: int = 0


class PeerExposed(Event, frozen=True, kw_only=True, tag="peer_exposed"):
    """A device has a proof that another one says different things to different peers, or what is not so.

    peer: as the system calls it. at: from which of its changes on it is not believed.
    """

    peer: str
    at: int


class PeerQuarantined(Event, frozen=True, kw_only=True, tag="peer_quarantined"):
    """A device says nothing to another one any more, and takes nothing from it, for a while.

    peer: as the system calls it. reason: for people. until_ns: by CLOCK_MONOTONIC.
    """

    peer: str
    reason: str
    until_ns: int


class PeerSuspected(Event, frozen=True, kw_only=True, tag="peer_suspected"):
    """A device tells its users of another one that does often what others do now and then.

    peer: as the system calls it; "" where nobody knows who it is. reason: for people.
    """

    peer: str
    reason: str


class ModeChanged(Event, frozen=True, kw_only=True, tag="mode"):
    """A device does not know whom to believe, and is read-only from now on; or no more. reason: for people."""

    read_only: bool
    reason: str


class FileTransfer(Event, frozen=True, kw_only=True, tag="file_transfer"):
    """A device got something from another one.

    peer: as the system calls it. what: `ops`, changes without their contents; `block`, a part of a file, by its digest;
    `talk`, anything else that peers say to each other, but not that they are still there.
    count: how many. size: bytes.
    """

    peer: str
    what: str
    digest: str = ""
    count: int = 1
    size: int = 0


class CostMark(Record, frozen=True, kw_only=True, tag="cost_mark"):
    """What a device had taken before (`begin`) or after (`end`) a load whose cost is measured.

    cpu_s: processor time of its process. waited_s: how long it could have run and had no processor. peak: the
    highest resident memory (bytes) since the round began. links: of those that it dials, how many have ever been
    used; None where nobody counts that. counted: what the product counts itself, by its names for it.
    """

    round: int
    edge: Literal["begin", "end"]
    cpu_s: float
    waited_s: float = 0.0
    links: int | None
    peak: int = 0
    counted: dict[str, float] = msgspec.field(default_factory=dict)


class ChangeAlone(Record, frozen=True, kw_only=True, tag="change_alone"):
    """A change was everywhere before anybody was asked for another one.

    waited_s: how long each device's process could meanwhile have run and had no processor; "": those of the harness
    that everything between devices goes through.
    """

    op_id: str
    waited_s: dict[str, float]
