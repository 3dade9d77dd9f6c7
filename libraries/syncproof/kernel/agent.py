"""The one boundary to a system under test: a device agent, as the harness sees it.

The protocol is `docs/agent-protocol.yaml`. Who implements `Agent` speaks it over HTTP, or to a device in the same
process.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, Literal, Protocol, TypeVar, get_args

import msgspec

T = TypeVar("T")

#: What a refusal means for a scenario, by its code in the agent protocol.
MEANINGS = {
    "another_relay": "the invite is for another server than that of {}'s device",
    "blob_unknown": "{}'s device does not have the attachment",
    "digest_mismatch": "the attachment is not what its digest says, at {}'s device",
    "forbidden": "{}'s device may not do that: the owner of the folder says who may",
    "invalid": "{}'s agent cannot read what it was asked",
    "invite_expired": "the invite that {}'s device was shown has expired",
    "invite_used": "the invite that {}'s device was shown was used already",
    "offline": "{} is offline, and its product keeps nothing for later",
    "op_conflict": "{}'s device has already taken something else under this op_id",
    "outbox_full": "{}'s outbox is full: let it send what waits there first",
    "page": "{}'s page does not let its user do that now",
    "paused": "{0} is asleep and takes no changes: say '{0} wakes up 60 seconds later' first",
    "stale_base": "{}'s product refuses a change of an old version",
    "storage": "{}'s device cannot store it: is its disk full?",
    "timeout": "{}'s product has not decided in time, so that nobody knows whether it happened",
    "too_large": "{}'s product does not take so much at once",
    "too_many_guesses": "{}'s device has tried too many invites in vain and has to wait",
    "too_many_invites": "too many invites of {}'s device wait to be used",
    "unanswered": "the server did not answer whether {}'s device is in the group now",
    "unknown": "{}'s device knows nothing of this",
    "unknown_invite": "nobody made the invite that {}'s device was shown",
    "unknown_group": "{}'s device does not belong to the group",
    "unsupported": "{}'s product cannot do this",
}


class AgentError(Exception):
    """An agent refused a request. happened: `no`, or `maybe` where it cannot know. message: its own."""

    def __init__(
        self, device: str, request: str, status: int, code: str, message: str, happened: str
    ) -> None:
        meaning = MEANINGS.get(code, "{}'s agent refuses this").format(device)
        super().__init__(
            f"{meaning[:1].upper()}{meaning[1:]} ({device}'s agent answered {request} with {status} {code}: {message})"
        )
        self.device, self.status, self.code, self.happened = device, status, code, happened
        self.message = message


class AgentUnreachable(Exception):
    """An agent did not answer at all: its process is gone, stopped, or its address is wrong."""


class AgentSilent(AgentUnreachable):
    """An agent took a request and did not answer it in time: it is busy with it, stuck, or stopped."""


class MalformedReply(Exception):
    """An agent answered something that the agent protocol does not allow."""


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What a product can do by nature; tests that need more are skipped with that reason.

    `operator` and what follows it come from the product's manifest and its driver: they are not the agent's to say.
    """

    #: What devices of the product do that not every product has: each is a section of the agent protocol.
    workloads: tuple[str, ...] = ("messages",)
    order: Literal["none", "sender", "causal", "total"] = "none"
    outbox: Literal["none", "memory", "durable"] = "none"
    conflicts: Literal["none", "lww", "siblings"] = "none"
    versions: Literal["all", "coalesced"] = "all"
    blobs: Literal["none", "inline", "separate"] = "none"
    range: bool = False
    awaits: bool = False
    marker: bool = False
    clock: bool = False
    pause: bool = False
    p2p: bool = False
    verification: bool = False
    #: What devices say to each other is encrypted from end to end: the server cannot read it.
    e2ee: bool = False
    #: A group can be encrypted from end to end, where its members are told a passphrase.
    encrypted_groups: bool = False
    #: Who is installed anew gets back what was said before.
    history: bool = False
    #: A device can leave a group.
    leave: bool = False
    #: Whether everything is delivered in the end, or what was missed is told of, `refetch`: it can be asked for then.
    delivery: Literal["all", "refetch"] = "all"
    #: The longest message that a device can send, in bytes; 0 where there is no limit that a scenario could meet.
    message_bytes: int = 0
    #: What a product that keeps folders can do, or tell, and not every one can.
    folders: tuple[str, ...] = ()
    #: A circuit breaker that opens after so many failures, as the manifest's settings say.
    breaker: bool = False
    #: A device says when its link to the server is degraded.
    quality: bool = False
    #: The server's attachments can be looked into.
    operator: bool = False
    quota: bool = False
    collects: bool = False
    server_log: bool = False
    request_log: bool = False
    #: The harness can be another client of a user.
    other_client: bool = False
    #: The harness knows how clients speak to the server, so that one can be hostile.
    hostile_client: bool = False
    #: Devices speak HTTP with their server.
    http: bool = False
    #: The manifest says when a device's circuit breaker opens.
    breaker_settings: bool = False
    #: The product has a program with which a person uses a device on a command line.
    command_line: bool = False
    #: The product has a program that runs its own nodes in virtual time.
    simulation: bool = False
    #: Nodes beside devices that the manifest describes, by name.
    nodes: tuple[str, ...] = ()
    #: Kinds of clients besides the usual one.
    clients: tuple[str, ...] = ()
    #: What of a device, and of the server, the manifest can set.
    settings: tuple[str, ...] = ()
    server_settings: tuple[str, ...] = ()


class About(msgspec.Struct, frozen=True):
    """GET /about."""

    protocol: str
    agent: str
    device: str
    capabilities: Capabilities
    #: What its device runs on: Linux, Windows, macOS, Android, iOS; "" where it does not say.
    platform: str = ""


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """What a device still has to do, by kind."""

    outbox: int = 0
    uploads: int = 0
    downloads: int = 0
    held: int = 0
    retries: int = 0
    markers: int = 0

    @property
    def left(self) -> dict[str, int]:
        """How many of each kind there are; empty when the device rests."""
        return {kind: number for kind, number in msgspec.structs.asdict(self).items() if number}


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """GET /status."""

    device: str
    incarnation: int
    boot_id: str
    monotonic_ns: int
    connection: str
    deliveries: int
    pid: int = 0
    groups: tuple[str, ...] = ()
    #: Where other devices reach it, `host:port`; "" in a product whose devices are not linked to each other.
    listens: str = ""
    pipeline: str = "running"
    breaker: str = "closed"
    quality: str = "unknown"
    pending: Pending = Pending()


class Accepted(msgspec.Struct, frozen=True):
    """POST /ops: taken. seen is the length of the device's delivery log, which is the operation's causal past."""

    op_id: str
    seen: int
    version: str | None = None


class MarkerPosition(msgspec.Struct, frozen=True):
    """A version, and the number of the delivery that it stands for."""

    version: str
    n: int


class Markers(msgspec.Struct, frozen=True):
    """GET /marker: what the device has on disk, and what it knows the server to have."""

    local: MarkerPosition | None = None
    remote: MarkerPosition | None = None


class EntrySibling(msgspec.Struct, frozen=True):
    """A version of an entry that the device holds."""

    version: str
    deleted: bool
    digest: str
    clock: dict[str, int] | None = None


class EntryState(msgspec.Struct, frozen=True):
    """GET /entries/{entry}: every version that the device holds, and the one that it shows (None: none)."""

    entry: str
    siblings: tuple[EntrySibling, ...]
    winner: str | None = None


class BlobRef(msgspec.Struct, frozen=True):
    """An attachment of an operation: sha256 (hex), bytes, file name."""

    digest: str
    size: int
    name: str


class BlobSeen(msgspec.Struct, frozen=True):
    """What an agent hands out for an attachment: how many bytes, and their sha256."""

    size: int
    content: str


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """What POST /ops carries. op_id is the harness's own and stands in the body as well."""

    op_id: str
    group: str
    kind: str
    body: str
    entry: str | None = None
    base: tuple[str, ...] = ()
    blobs: tuple[BlobRef, ...] = ()


class Request(msgspec.Struct, Generic[T], frozen=True):
    """What a workload asks of an agent beyond what every agent answers; it stands in `surface.py` of the workload.

    Its fields fill the slots of `route`, percent-encoded; the others are its content, in JSON, or its query: of a GET,
    and where `in_query` says so, because bytes are its content. T: the shape of the answer, None where there is
    nothing to read.
    """

    method: ClassVar[str]
    route: ClassVar[str]
    in_query: ClassVar[bool] = False

    @classmethod
    def shape(cls) -> type[T]:
        """The type of the answer."""
        found: type[T] = get_args(vars(cls)["__orig_bases__"][0])[0]
        return found


class Agent(Protocol):
    """What the harness asks of a device, whatever it is made of."""

    device: str
    url: str
    #: How many deliveries it had before the test began, where it ran before: those behind count from 1.
    past: int
    #: How much the CLOCK_MONOTONIC of its machine is ahead of ours (ns): not 0 where that is another one.
    ahead_ns: int

    def about(self) -> About: ...
    def status(self) -> Status: ...
    def metrics(self) -> dict[str, float]: ...
    def set_group(self, group: str, members: Sequence[str]) -> None: ...
    def leave_group(self, group: str) -> None: ...
    def set_link(self, peer: str, address: str) -> None: ...
    def markers(self, group: str) -> Markers: ...
    def entry(self, group: str, entry: str) -> EntryState | None: ...
    def set_marker(self, group: str, version: str, n: int) -> None: ...
    def connect(self) -> None: ...
    def disconnect(self) -> None: ...
    def submit(self, operation: Operation) -> Accepted: ...
    def put_blob(self, digest: str, content: bytes) -> None: ...
    def read_blob(self, digest: str) -> BlobSeen | None: ...
    def ask(self, request: Request[T], content: bytes = b"") -> T: ...
    def pipeline(self, state: str) -> None: ...
    def advance_clock(self, seconds: float) -> float: ...
    def close(self) -> None: ...
