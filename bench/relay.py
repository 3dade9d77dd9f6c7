"""How many durable events a relay takes: single pushes of 16 clients, and batches.

The clients are bare protocols on one event loop, in this process: both cores are shared with the relay, and what
a client costs the relay does not get.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

import uvloop

from figure import Figure

SECRET = "bench"
ROOM = "bench"
BODY = json.dumps({"text": "x" * 180})
SINGLE_CLIENTS = 16
SINGLE_S = 5.0
BATCH_CLIENTS = 4
BATCH_EVENTS = 250
BATCH_S = 5.0


class Client(asyncio.Protocol):
    """Sends its next request as soon as the last is answered, until told to stop."""

    def __init__(self, request: Callable[[int], bytes], until: float) -> None:
        self._request = request
        self._until = until
        self._sent_at = 0.0
        self._buffer = b""
        self._count = 0
        self.latencies: list[float] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        if not head.startswith(b"HTTP/1.1 20"):
            self._fail(RuntimeError(f"expected 200, seen {self._buffer[:300]!r}"))
            return
        self._buffer = b""
        self.latencies.append(time.monotonic() - self._sent_at)
        if time.monotonic() < self._until:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is None and time.monotonic() < self._until:
            exc = ConnectionError("the relay closed the connection")
        if exc is not None:
            self._fail(exc)
        elif not self.done.done():
            self.done.set_result(None)

    def _send(self) -> None:
        self._count += 1
        self._sent_at = time.monotonic()
        self._transport.write(self._request(self._count))

    def _fail(self, error: Exception) -> None:
        if not self.done.done():
            self.done.set_exception(error)
        self._transport.close()


def _http(method: str, path: str, body: bytes, token: str = "") -> bytes:
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    head = f"{method} {path} HTTP/1.1\r\nHost: relay\r\n{authorization}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def _ask(host: str, port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    body = await reader.readexactly(int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]))
    writer.close()
    if not head.startswith(b"HTTP/1.1 2"):
        raise RuntimeError(f"expected success, seen {head!r} {body!r}")
    return body


async def _storm(host: str, port: int, tokens: list[str], events: int, seconds: float) -> tuple[float, float]:
    """Requests per second and the median latency in seconds, of one client for each token."""
    loop = asyncio.get_running_loop()
    until = time.monotonic() + seconds

    def requests(number: int, token: str) -> Callable[[int], bytes]:
        def request(count: int) -> bytes:
            name = f"{events}-{number}-{count}"
            drafts = [{"op_id": f"{name}-{i}", "kind": "append", "body": BODY} for i in range(events)]
            return _http("POST", f"/rooms/{ROOM}/events", json.dumps({"events": drafts}).encode(), token)

        return request

    began = time.monotonic()
    clients = []
    for number, token in enumerate(tokens):
        make = requests(number, token)
        client = Client(make, until)
        await loop.create_connection(lambda c=client: c, host, port)  # type: ignore[misc]
        clients.append(client)
    await asyncio.gather(*[client.done for client in clients])
    took = time.monotonic() - began
    latencies = [latency for client in clients for latency in client.latencies]
    return len(latencies) / took, statistics.median(latencies)


async def _measure(host: str, port: int) -> list[Figure]:
    names = [f"device-{number}" for number in range(SINGLE_CLIENTS)]
    tokens = []
    for name in names:
        body = json.dumps({"device": name, "secret": SECRET}).encode()
        tokens.append(json.loads(await _ask(host, port, _http("POST", "/devices", body)))["token"])
    members = json.dumps({"members": names}).encode()
    await _ask(host, port, _http("PUT", f"/rooms/{ROOM}", members, tokens[0]))
    singles, latency = await _storm(host, port, tokens, 1, SINGLE_S)
    batches, _ = await _storm(host, port, tokens[:BATCH_CLIENTS], BATCH_EVENTS, BATCH_S)
    syncs = await asyncio.to_thread(_syncs_per_second)
    metrics = json.loads(await _ask(host, port, _http("GET", "/metrics", b"")))
    group = metrics["events_stored"] / metrics["fsyncs"]
    log = json.loads(
        await _ask(
            host, port, _http("GET", f"/rooms/{ROOM}/log?after={metrics['events_stored'] - 1}", b"", SECRET)
        )
    )
    if log["head"] != metrics["events_stored"]:
        raise RuntimeError(f"expected {metrics['events_stored']} events in the log, seen head {log['head']}")
    return [
        Figure(
            "relay: durable single pushes",
            singles,
            "events/s",
            1500,
            singles >= 1500,
            f"{SINGLE_CLIENTS} clients, one event of {len(BODY)} bytes a request, median {latency * 1000:.1f} ms;"
            f" the disk takes {syncs:.0f} synced writes/s one after the other",
        ),
        Figure(
            "relay: durable events in batches",
            batches * BATCH_EVENTS,
            "events/s",
            10000,
            batches * BATCH_EVENTS >= 10000,
            f"{BATCH_CLIENTS} clients, {BATCH_EVENTS} events a request; {group:.1f} events a sync over both runs",
        ),
    ]


def _syncs_per_second() -> float:
    with tempfile.TemporaryFile() as file:
        began = time.monotonic()
        count = 0
        while time.monotonic() - began < 0.5:
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            count += 1
        return count / (time.monotonic() - began)


def figures() -> list[Figure]:
    """Start a relay, measure it, stop it."""
    with tempfile.TemporaryDirectory() as directory:
        config = Path(directory) / "relay.json"
        limits = {"push_rate": 1e6, "push_burst": 1e6}
        config.write_text(
            json.dumps({"directory": f"{directory}/relay", "port": 0, "secret": SECRET, "settings": limits})
        )
        relay = subprocess.Popen(
            [sys.executable, "-m", "syncproof_products.bundled.relay", "--config", str(config)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert relay.stdout is not None
            where = json.loads(relay.stdout.readline())
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                return runner.run(_measure(where["host"], where["port"]))
        finally:
            relay.terminate()
            relay.wait()


if __name__ == "__main__":
    for figure in figures():
        print(f"{figure.name}: {figure.value:.0f} {figure.unit} (bound {figure.bound:.0f}; {figure.note})")
