"""Drives the bundled sync system: its relay and its devices, as real processes on this machine."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import random
import re
import secrets
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import httpx
import msgspec

from syncproof.kernel.agent import BlobRef as AgentBlobRef
from syncproof.kernel.host import Program
from syncproof.kernel.link import Exchange
from syncproof.kernel.server import LogLine, Quota, RawRequest, RequestLine, Search, ServerGone
from syncproof.systems.driver import Driver
from syncproof.systems.manifest import SERVER, Manifest
from syncproof.systems.stack import Stack
from syncproof.workloads.encryption.contents import SealedContent
from syncproof.workloads.encryption.damaged_content import Damaged, DamagedCollection
from syncproof_products.bundled.core.sealing import SEALED
from syncproof_products.bundled.core.wire import BlobRef
from syncproof_products.bundled.driver.client import BundledClient
from syncproof_products.bundled.driver.damaging import DamagingMember
from syncproof_products.bundled.driver.hostile import STRANGER, openings
from syncproof_products.bundled.driver.opening import ReadingMember
from syncproof_products.bundled.driver.searching import search

PROBE_BLOB_BYTES = 1_000_000


class _LogEvent(msgspec.Struct):
    seq: int
    op_id: str
    author: str
    body: str
    blobs: tuple[BlobRef, ...] = ()


class _LogPage(msgspec.Struct):
    events: list[_LogEvent]
    head: int


class _Figures(msgspec.Struct):
    blob_bytes_stored: int
    blob_quota_bytes: int


class _LoggedRequest(msgspec.Struct):
    n: int
    t_ns: int
    method: str
    path: str
    status: int
    device: str | None = None
    range: str | None = None
    after: int | None = None


class _RequestPage(msgspec.Struct):
    requests: list[_LoggedRequest]
    total: int


class BundledRelay:
    """The relay of one suite file. It keeps its directory, and so everything durable, over a restart."""

    most_probe_bytes = PROBE_BLOB_BYTES
    blob_folder = "blobs"

    def __init__(
        self, manifest: Manifest, stack: Stack, scale: float, directory: Path, defects: Sequence[str]
    ) -> None:
        assert manifest.server is not None
        self._described, self._stack, self._scale, self.directory = manifest.server, stack, scale, directory
        self._defects = tuple(defects)
        self.secret = secrets.token_hex(16)
        self._probe_token, self._probe_digest = "", ""
        # One client for all: making one costs more than a request. Nothing here speaks TLS.
        self._client = httpx.Client(timeout=30, trust_env=False, verify=False)
        directory.mkdir(parents=True, exist_ok=True)
        self.process = self._spawn()
        self._provide_probe()

    @property
    def address(self) -> str:
        """Where it listens, `host:port`; another port after each start."""
        return f"{self.process.ready['host']}:{self.process.ready['port']}"

    def start(self) -> None:
        """Start it again after it was killed."""
        self.process = self._spawn()

    def stop(self) -> None:
        """End it for good."""
        self._client.close()
        self.process.stop(3.0)

    def log(self, group: str, after: int = 0) -> list[LogLine]:
        """The group's log behind position `after`, by the operator's export."""
        return [_log_line(event) for event in self._events(group, after)]

    def _events(self, group: str, after: int) -> list[_LogEvent]:
        events: list[_LogEvent] = []
        while True:
            position = events[-1].seq if events else after
            page = msgspec.json.decode(
                self._http("GET", f"/rooms/{group}/log?after={position}&limit=1000", self.secret).content,
                type=_LogPage,
            )
            events += page.events
            if not page.events or events[-1].seq >= page.head:
                return events

    def search(self, group: str, digests: Mapping[str, str]) -> Search:
        """What its operator can read of a group, in all that it holds."""
        here = self.process.pid if self.process.pid and self.process.alive() else None
        bodies = [event.body for event in self._events(group, 0)]
        return search(group, bodies, self.directory, self.process.log, here, digests)

    def damaged_body(
        self,
        group: str,
        passphrase: str,
        derivation: str,
        author: str,
        op_id: str,
        plaintext: str,
        damage: str,
    ) -> str:
        """What a member of an encrypted group could hand in, see `DamagingMember`."""
        return DamagingMember(group, passphrase, derivation, author).body(op_id, plaintext, damage)

    def damaged_content(
        self,
        group: str,
        passphrase: str,
        derivation: str,
        author: str,
        op_id: str,
        plaintext: str,
        attachment: AgentBlobRef,
        content: bytes,
    ) -> Damaged:
        """What a member of an encrypted group could hand in, see `DamagingMember`."""
        member = DamagingMember(group, passphrase, derivation, author)
        return member.content(op_id, plaintext, attachment, content)

    def damaged_collection(
        self,
        group: str,
        passphrase: str,
        derivation: str,
        author: str,
        op_id: str,
        plaintext: str,
        contents: Sequence[tuple[AgentBlobRef, bytes]],
    ) -> DamagedCollection:
        """What a member of an encrypted group could hand in, see `DamagingMember`."""
        return DamagingMember(group, passphrase, derivation, author).collection(op_id, plaintext, contents)

    def sealed_contents(
        self, group: str, passphrase: str, derivation: str, op_id: str
    ) -> list[SealedContent]:
        """What it has of the attachments of an operation, opened by a member of the encrypted group."""
        member = ReadingMember(group, passphrase, derivation)
        return [
            each
            for event in self._events(group, 0)
            if event.op_id == op_id
            for each in member.contents(op_id, event.author, event.body, self.blob)
        ]

    def requests(self, after: int = 0) -> list[RequestLine]:
        """What was asked of it behind number `after`, by its own request log (which begins anew with each start)."""
        lines: list[RequestLine] = []
        while True:
            position = lines[-1].n if lines else after
            page = msgspec.json.decode(
                self._http("GET", f"/requests?after={position}&limit=1000", self.secret).content,
                type=_RequestPage,
            )
            lines += [
                RequestLine(
                    e.n,
                    e.t_ns,
                    e.method,
                    e.path,
                    e.device or "",
                    e.status,
                    _first_byte(e.range) or e.after or 0,
                )
                for e in page.requests
            ]
            if len(page.requests) < 1000:
                return lines

    def client(self, identity: str) -> BundledClient:
        """Another client of the user that the relay calls so."""

        def ask(method: str, path: str, token: str, content: bytes | None) -> bytes:
            return self._http(method, path, token, content).content

        return BundledClient(ask, self._register(identity))

    def openings(self) -> dict[str, RawRequest]:
        """What a registered client that has a room of its own may ask, see `hostile.openings`."""
        return openings(self.address, self._register(STRANGER), self._http)

    def tasks(self) -> int:
        """By its figures."""
        return msgspec.json.decode(self._http("GET", "/metrics", None).content, type=dict[str, int])["tasks"]

    def probe_request(self, reply_bytes: int) -> Exchange:
        """A harmless request whose reply has at least `reply_bytes` (0: the smallest there is)."""
        head = f"GET /health HTTP/1.1\r\nHost: {self.address}\r\n"
        if reply_bytes:
            last = min(reply_bytes, PROBE_BLOB_BYTES) - 1
            head = (
                f"GET /blobs/{self._probe_digest} HTTP/1.1\r\nHost: {self.address}\r\n"
                f"Authorization: Bearer {self._probe_token}\r\nRange: bytes=0-{last}\r\n"
            )
        return Exchange(f"{head}\r\n".encode())

    def addresses(self, group: str, op_id: str) -> tuple[str, ...]:
        """By which digests it knows the attachments of an operation."""
        for event in self._events(group, 0):
            if event.op_id == op_id:
                return tuple(blob.digest for blob in event.blobs)
        return ()

    def blob(self, digest: str) -> bytes | None:
        """What it hands out for an attachment; None for nothing."""
        answer = self._ask("GET", f"/blobs/{digest}", self._probe_token)
        if answer.status_code in (404, 410):
            return None
        return self._good("GET", f"/blobs/{digest}", answer).content

    def storage_refusal(self, size: int) -> str | None:
        """What it says to an attachment of so many bytes; None where it takes it."""
        content = os.urandom(size)
        path = f"/blobs/{hashlib.sha256(content).hexdigest()}"
        answer = self._ask("PUT", path, self._probe_token, content)
        if answer.status_code in (503, 507):  # any other one says nothing of its storage
            return f"{answer.status_code} {answer.text}"
        self._good("PUT", path, answer)
        self._http("DELETE", path, self.secret)
        return None

    def quota(self) -> Quota:
        """How much room attachments may take, and how much they do."""
        figures = msgspec.json.decode(self._http("GET", "/metrics", None).content, type=_Figures)
        return Quota(figures.blob_quota_bytes, figures.blob_bytes_stored)

    def set_quota(self, limit: int) -> None:
        """By the operator's word."""
        self._http("PUT", "/quota", self.secret, msgspec.json.encode({"bytes": limit}))

    def put_orphan(self, digest: str, content: bytes) -> None:
        """By a client of the probe's, which tells nobody."""
        self._http("PUT", f"/blobs/{digest}", self._probe_token, content)

    def collect_orphans(self) -> None:
        """By the operator's word, however lately they were brought."""
        self._http("POST", "/collect", self.secret, msgspec.json.encode({"untouched_s": 0}))

    def blob_path(self, digest: str) -> str:
        """Its file, relative to the relay's data folder."""
        return f"{self.blob_folder}/whole/{digest}"

    def blob_head_bytes(self, size: int) -> int:
        """Bytes of a reply before the first byte of an attachment of this size.

        Measured on the attachment that probes fetch; another one differs in the digits of its length only.
        """
        answer = self._http("GET", f"/blobs/{self._probe_digest}", self._probe_token)
        head = f"HTTP/1.1 {answer.status_code} {answer.reason_phrase}\r\n\r\n"
        fields = sum(len(name) + len(value) + len(": \r\n") for name, value in answer.headers.raw)
        return len(head) + fields - len(str(PROBE_BLOB_BYTES)) + len(str(size))

    def _spawn(self) -> Program:
        config = {
            "directory": str(self.directory),
            "host": "127.0.0.1",
            "port": 0,
            "secret": self.secret,
            "settings": self._described.scaled(self._scale),
        }
        return self._stack.spawn("relay", self._described.entry, config, role="server", defects=self._defects)

    def _provide_probe(self) -> None:
        """A blob to fetch through a link, by a registration of its own, in a room of its own."""
        self._probe_token = self._register("probe")
        content = random.Random(0).randbytes(PROBE_BLOB_BYTES)
        self._probe_digest = hashlib.sha256(content).hexdigest()
        self._http("PUT", f"/blobs/{self._probe_digest}", self._probe_token, content)
        # A message of its own refers to it, or it would be one that nobody needs.
        blobs = [{"digest": self._probe_digest, "size": len(content), "name": "probe"}]
        event = {"op_id": "probe", "kind": "append", "body": "{}", "blobs": blobs}
        self._http("PUT", "/rooms/probe", self._probe_token, msgspec.json.encode({"members": ["probe"]}))
        self._http("POST", "/rooms/probe/events", self._probe_token, msgspec.json.encode({"events": [event]}))

    def _register(self, device: str) -> str:
        content = msgspec.json.encode({"device": device, "secret": self.secret})
        answer = self._http("POST", "/devices", None, content)
        return msgspec.json.decode(answer.content, type=dict[str, str])["token"]

    def _http(
        self, method: str, path: str, token: str | None, content: bytes | None = None
    ) -> httpx.Response:
        return self._good(method, path, self._ask(method, path, token, content))

    def _good(self, method: str, path: str, answer: httpx.Response) -> httpx.Response:
        if answer.status_code >= 400:
            raise ServerGone(
                f"The relay answered {method} {path} with {answer.status_code}: {answer.text[:200]}"
            )
        return answer

    def _ask(self, method: str, path: str, token: str | None, content: bytes | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            return self._client.request(
                method, f"http://{self.address}{path}", headers=headers, content=content
            )
        except httpx.TransportError as wrong:
            raise ServerGone(f"The relay at {self.address} did not answer {method} {path}: {wrong}") from None


def _log_line(event: _LogEvent) -> LogLine:
    digest = hashlib.sha256(event.body.encode()).hexdigest()
    sealed = event.body.startswith(SEALED)
    return LogLine(event.op_id, str(event.seq), event.seq, event.author, digest, sealed)


def _first_byte(wanted: str | None) -> int:
    """Where a Range header begins; 0 for none."""
    found = re.match(r"bytes=(\d+)-", wanted or "")
    return int(found[1]) if found else 0


class BundledDriver(Driver):
    """Relay and devices of the bundled system."""

    server_type = BundledRelay

    @cached_property
    def version(self) -> str:
        """That of this project."""
        return importlib.metadata.version("syncproof")

    def start_server(
        self,
        directory: Path,
        name: str = SERVER,  # noqa: ARG002
        links: Mapping[str, str] | None = None,  # noqa: ARG002
    ) -> BundledRelay:
        """Start a relay with its data in `directory`."""
        return BundledRelay(self.manifest, self._stack, self._scale, directory, self.defects)
