"""An agent over HTTP.

Every reply is decoded against its shape, so that an agent that answers nonsense is named, with the field that is wrong,
instead of failing a test somewhere else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import NoReturn, TypeVar
from urllib.parse import quote, urlencode

import httpx
import msgspec

from syncproof.kernel.agent import (
    About,
    Accepted,
    AgentError,
    AgentSilent,
    AgentUnreachable,
    BlobSeen,
    EntryState,
    MalformedReply,
    MarkerPosition,
    Markers,
    Operation,
    Request,
    Status,
)

T = TypeVar("T")

_SLOT = re.compile(r"\{(\w+)\}")


class _Refusal(msgspec.Struct):
    code: str
    message: str
    happened: str = "maybe"


class _Clock(msgspec.Struct):
    offset_ms: float


class HttpAgent:
    """An agent behind an HTTP address, for instance `http://127.0.0.1:40123`."""

    def __init__(
        self, device: str, url: str, *, timeout_s: float = 20.0, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.device, self.url = device, url.rstrip("/")
        #: How many deliveries it had before the test began, where it ran before: those behind count from 1.
        self.past = 0
        #: How much the clock of its machine is ahead of ours.
        self.ahead_ns = 0
        self._http = httpx.Client(
            base_url=self.url, timeout=timeout_s, trust_env=False, verify=False, transport=transport
        )

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

    def leave_group(self, group: str) -> None:
        """Take it out of a group; the system has let go of it then. Raises AgentError where it cannot be asked."""
        self._send("DELETE", f"/groups/{group}", {})

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
        answer = self._send("POST", "/ops", operation)
        return self._since_its_past(self._decode("POST /ops", answer.content, Accepted))

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

    def ask(self, request: Request[T], content: bytes = b"") -> T:
        """Ask what a workload asks. content: bytes, of a request whose fields stand in the query."""
        values = msgspec.to_builtins(request)
        path = _SLOT.sub(lambda slot: quote(str(values.pop(slot[1])), safe=""), request.route)
        if request.method == "GET" or request.in_query:
            told = {name: value for name, value in values.items() if value is not None}
            path += f"?{urlencode(told)}" if told else ""
            kind = "application/octet-stream" if request.in_query else None
            answer = self._request(request.method, path, content if request.in_query else None, kind)
        else:
            answer = self._send(request.method, path, values)
        if (shape := request.shape()) is type(None):
            return None
        return self._since_its_past(self._decode(f"{request.method} {path}", answer.content, shape))

    def _since_its_past(self, answer: T) -> T:
        if isinstance(answer, Accepted) and self.past:
            return msgspec.structs.replace(answer, seen=answer.seen - self.past)
        return answer

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
        kind = AgentSilent if isinstance(wrong, httpx.ReadTimeout) else AgentUnreachable
        return kind(
            f"{self.device}'s agent at {self.url} did not answer {request}: {reason}. Is its process running?"
        )

    def _refuse(self, request: str, answer: httpx.Response) -> NoReturn:
        refusal = self._decode(request, answer.content, _Refusal)
        raise AgentError(
            self.device, request, answer.status_code, refusal.code, refusal.message, refusal.happened
        )


def _moved(position: MarkerPosition | None, by: int) -> MarkerPosition | None:
    return position and MarkerPosition(position.version, position.n + by)
