"""The one boundary to a system under test: a device agent, as the harness sees it.

The protocol is `docs/agent-protocol.yaml`. `HttpAgent` speaks it over HTTP; every reply is decoded against its
shape, so that an agent that answers nonsense is named, with the field that is wrong, instead of failing a test
somewhere else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal, NoReturn, Protocol, TypeVar
from urllib.parse import quote

import httpx
import msgspec

T = TypeVar("T")


#: What a refusal means for a scenario, by its code in the agent protocol.
MEANINGS = {
    "blob_unknown": "{}'s device does not have the attachment",
    "digest_mismatch": "the attachment is not what its digest says, at {}'s device",
    "invalid": "{}'s agent cannot read what it was asked",
    "offline": "{} is offline, and its product keeps nothing for later",
    "op_conflict": "{}'s device has already taken something else under this op_id",
    "outbox_full": "{}'s outbox is full: let it send what waits there first",
    "paused": "{0} is asleep and takes no changes: say '{0} wakes up 60 seconds later' first",
    "stale_base": "{}'s product refuses a change of an old version",
    "storage": "{}'s device cannot store it: is its disk full?",
    "timeout": "{}'s product has not decided in time, so that nobody knows whether it happened",
    "too_large": "{}'s product does not take so much at once",
    "unknown": "{}'s device knows nothing of this",
    "unknown_group": "{}'s device does not belong to the group",
    "unsupported": "{}'s product cannot do this",
}


class AgentError(Exception):
    """An agent refused a request. happened: `no`, or `maybe` where it cannot know."""

    def __init__(
        self, device: str, request: str, status: int, code: str, message: str, happened: str
    ) -> None:
        meaning = MEANINGS.get(code, "{}'s agent refuses this").format(device)
        super().__init__(
            f"{meaning[:1].upper()}{meaning[1:]} ({device}'s agent answered {request} with {status} {code}: {message})"
        )
        self.device, self.status, self.code, self.happened = device, status, code, happened


class AgentUnreachable(Exception):
    """An agent did not answer at all: its process is gone, stopped, or its address is wrong."""


class MalformedReply(Exception):
    """An agent answered something that the agent protocol does not allow."""


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What a product can do by nature; tests that need more are skipped with that reason.

    The last five are not the agent's to say: they come from the product's manifest and its driver.
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
    #: Who is installed anew gets back what was said before.
    history: bool = False
    #: A circuit breaker that opens after so many failures, as the manifest's settings say.
    breaker: bool = False
    #: The server's attachments can be looked into.
    operator: bool = False
    server_log: bool = False
    request_log: bool = False
    #: The harness can be another client of a user.
    other_client: bool = False
    #: The manifest says when a device's circuit breaker opens.
    breaker_settings: bool = False


class About(msgspec.Struct, frozen=True):
    """GET /about."""

    protocol: str
    agent: str
    device: str
    capabilities: Capabilities


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """What a device still has to do, by kind."""

    outbox: int = 0
    uploads: int = 0
    downloads: int = 0
    held: int = 0
    retries: int = 0
    markers: int = 0

    @property
    def total(self) -> int:
        """Everything together: 0 when the device rests."""
        return self.outbox + self.uploads + self.downloads + self.held + self.retries + self.markers


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
    pipeline: str = "running"
    breaker: str = "closed"
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


class Begun(msgspec.Struct, frozen=True):
    """POST /verifications: begun."""

    id: str
    peer: str


class _Clock(msgspec.Struct):
    offset_ms: float


class _Refusal(msgspec.Struct):
    code: str
    message: str
    happened: str = "maybe"


class Agent(Protocol):
    """What the harness asks of a device, whatever it is made of."""

    device: str
    url: str

    def about(self) -> About: ...
    def status(self) -> Status: ...
    def metrics(self) -> dict[str, float]: ...
    def set_group(self, group: str, members: Sequence[str]) -> None: ...
    def set_link(self, peer: str, address: str) -> None: ...
    def markers(self, group: str) -> Markers: ...
    def entry(self, group: str, entry: str) -> EntryState | None: ...
    def set_marker(self, group: str, version: str, n: int) -> None: ...
    def connect(self) -> None: ...
    def disconnect(self) -> None: ...
    def submit(self, operation: Operation) -> Accepted: ...
    def put_blob(self, digest: str, content: bytes) -> None: ...
    def read_blob(self, digest: str) -> BlobSeen | None: ...
    def verify(self, peer: str) -> Begun: ...
    def decide(self, number: str, decision: str) -> None: ...
    def pipeline(self, state: str) -> None: ...
    def advance_clock(self, seconds: float) -> float: ...
    def close(self) -> None: ...


class HttpAgent:
    """An agent behind an HTTP address, for instance `http://127.0.0.1:40123`."""

    def __init__(self, device: str, url: str, *, timeout_s: float = 20.0) -> None:
        self.device, self.url = device, url.rstrip("/")
        #: How many deliveries it had before the test began, where it ran before: those behind count from 1.
        self.past = 0
        self._http = httpx.Client(base_url=self.url, timeout=timeout_s, trust_env=False, verify=False)

    def close(self) -> None:
        """Give the connection back."""
        self._http.close()

    def about(self) -> About:
        """What the agent is and can do. Raises MalformedReply for another protocol version."""
        about = self._json("GET", "/about", About)
        if about.protocol != "1":
            raise MalformedReply(
                f"{self.device}'s agent at {self.url} speaks agent protocol '{about.protocol}'; "
                "this harness speaks '1'."
            )
        return about

    def status(self) -> Status:
        """Its state now."""
        return self._json("GET", "/status", Status)

    def metrics(self) -> dict[str, float]:
        """Its counters, under the plan's names."""
        return self._json("GET", "/metrics", dict[str, float])

    def set_group(self, group: str, members: Sequence[str]) -> None:
        """Make it a member of a group; the join itself arrives as a `group` event."""
        self._send("PUT", f"/groups/{group}", {"members": list(members)})

    def set_link(self, peer: str, address: str) -> None:
        """Point it at a peer (`relay`), `host:port`."""
        self._send("PUT", f"/links/{peer}", {"address": address})

    def markers(self, group: str) -> Markers:
        """Its read markers in a group."""
        markers = self._json("GET", f"/marker?group={group}", Markers)
        return Markers(*(_moved(each, -self.past) for each in (markers.local, markers.remote)))

    def entry(self, group: str, entry: str) -> EntryState | None:
        """Its versions of an entry, or None while it has never heard of one."""
        path = f"/entries/{quote(entry, safe='')}?group={quote(group, safe='')}"
        try:
            return self._json("GET", path, EntryState)
        except AgentError as refused:
            if refused.status == 404:
                return None
            raise

    def set_marker(self, group: str, version: str, n: int) -> None:
        """Tell it that its user has read up to there. Raises AgentError where the device has not got so far."""
        self._send("PUT", "/marker", {"group": group, "version": version, "n": n + self.past})

    def connect(self) -> None:
        """Tell it to be online."""
        self._send("POST", "/connect", {})

    def disconnect(self) -> None:
        """Tell it to go offline."""
        self._send("POST", "/disconnect", {})

    def submit(self, operation: Operation) -> Accepted:
        """Ask for an operation. Raises AgentError when it is refused."""
        accepted = self._decode("POST /ops", self._send("POST", "/ops", operation).content, Accepted)
        return msgspec.structs.replace(accepted, seen=accepted.seen - self.past) if self.past else accepted

    def put_blob(self, digest: str, content: bytes) -> None:
        """Hand over the bytes of an attachment."""
        self._request("PUT", f"/blobs/{digest}", content, "application/octet-stream")

    def read_blob(self, digest: str) -> BlobSeen | None:
        """What it hands out for an attachment, hashed as it comes; None for nothing (404).

        An answer that begins and breaks off counts as what came of it: somebody has seen a part.
        """
        path, size, content = f"/blobs/{digest}", 0, hashlib.sha256()
        began = False
        try:
            with self._http.stream("GET", path) as answer:
                if answer.status_code == 404:
                    return None
                if answer.status_code >= 400:
                    answer.read()
                    self._refuse(f"GET {path}", answer)
                began = True
                for chunk in answer.iter_raw(1 << 20):
                    size += len(chunk)
                    content.update(chunk)
        except httpx.TransportError as wrong:
            if not began:
                raise self._unreachable(f"GET {path}", wrong) from None
        return BlobSeen(size, content.hexdigest())

    def verify(self, peer: str) -> Begun:
        """Begin to verify a device, by its identity."""
        answer = self._send("POST", "/verifications", {"peer": peer})
        return self._decode("POST /verifications", answer.content, Begun)

    def decide(self, number: str, decision: str) -> None:
        """What the person says: match, mismatch or cancel."""
        self._send("POST", f"/verifications/{number}", {"decision": decision})

    def pipeline(self, state: str) -> None:
        """`paused` stops its processing, `running` lets it go on."""
        self._send("POST", "/pipeline", {"state": state})

    def advance_clock(self, seconds: float) -> float:
        """Move the clock that the device believes in forward (back: negative); by how much it is ahead then (s)."""
        answer = self._send("POST", "/clock", {"advance_ms": round(seconds * 1000)})
        return self._decode("POST /clock", answer.content, _Clock).offset_ms / 1000

    def _json(self, method: str, path: str, shape: type[T]) -> T:
        return self._decode(f"{method} {path}", self._request(method, path, None, None).content, shape)

    def _send(self, method: str, path: str, body: object) -> httpx.Response:
        return self._request(method, path, msgspec.json.encode(body), "application/json")

    def _decode(self, request: str, content: bytes, shape: type[T]) -> T:
        try:
            return msgspec.json.decode(content, type=shape)
        except msgspec.DecodeError as wrong:
            raise MalformedReply(
                f"{self.device}'s agent at {self.url} answered {request} with something that the agent protocol does "
                f"not allow: {wrong}. It began: {content[:120]!r}"
            ) from None

    def _request(self, method: str, path: str, body: bytes | None, kind: str | None) -> httpx.Response:
        headers = {"Content-Type": kind} if kind else {}
        try:
            answer = self._http.request(method, path, content=body, headers=headers)
        except httpx.TransportError as wrong:
            raise self._unreachable(f"{method} {path}", wrong) from None
        if answer.status_code >= 400:
            self._refuse(f"{method} {path}", answer)
        return answer

    def _unreachable(self, request: str, wrong: httpx.TransportError) -> AgentUnreachable:
        reason = str(wrong).rstrip(".") or type(wrong).__name__
        return AgentUnreachable(
            f"{self.device}'s agent at {self.url} did not answer {request}: {reason}. Is its process running?"
        )

    def _refuse(self, request: str, answer: httpx.Response) -> NoReturn:
        refusal = self._decode(request, answer.content, _Refusal)
        raise AgentError(
            self.device, request, answer.status_code, refusal.code, refusal.message, refusal.happened
        )


def _moved(position: MarkerPosition | None, by: int) -> MarkerPosition | None:
    return position and MarkerPosition(position.version, position.n + by)
