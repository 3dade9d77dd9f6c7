"""Figures of the embedded Toxiproxy, as ratios to a direct connection and to a real server where one is on PATH.

`python bench/proxy.py` prints a table. All figures of a run come from the same machine at the same time; every
measurement goes round the candidates in turn, so that a busy moment hits them alike.
"""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from figure import Figure
from syncproof.faults.toxiproxy.client import Client, ServerUnreachable
from syncproof.faults.toxiproxy.toxic_types import Bandwidth, Latency
from syncproof.processes.ports import Port

NAME = "bench"
ROUNDS = 11
STREAM_BYTES = 1 << 29
PING_ROUNDS = 40
PINGS = 150
CONNECTION_ROUNDS = 20
CONNECTIONS = 100
IDLE_CONNECTIONS = 1000
RATES_KB_S = (10, 100, 1000, 10_000)
PACED_S = 3.0


@dataclass(frozen=True)
class Server:
    """A Toxiproxy that runs for the length of the benchmark."""

    process: psutil.Process
    client: Client


@contextlib.contextmanager
def _server(*command: str) -> Iterator[Server]:
    reserved = Port()
    port = reserved.number
    child = subprocess.Popen(
        [*command, "-host", "127.0.0.1", "-port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with Client(f"http://127.0.0.1:{port}") as client:
            deadline = time.monotonic() + 10
            while True:
                try:
                    client.version()
                    break
                except ServerUnreachable:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.02)
            yield Server(psutil.Process(child.pid), client)
    finally:
        child.terminate()
        child.wait(5)
        reserved.close()


@contextlib.contextmanager
def _peer() -> Iterator[str]:
    child = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("proxy_peer.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    try:
        yield f"127.0.0.1:{int(child.stdout.readline())}"
    finally:
        child.communicate()


def _connect(address: str, mode: bytes) -> socket.socket:
    host, _, port = address.rpartition(":")
    near = socket.create_connection((host, int(port)), timeout=60)
    near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    near.sendall(mode)
    return near


def _stream(near: socket.socket, size: int) -> float:
    """Send so many bytes; seconds until the peer says that it has them."""
    block = memoryview(bytes(256 * 1024))
    begin = time.perf_counter()
    near.sendall(struct.pack("!Q", size))
    for start in range(0, size, len(block)):
        near.sendall(block[: min(len(block), size - start)])
    near.recv(1)
    return time.perf_counter() - begin


def _pings(near: socket.socket, count: int) -> list[float]:
    """Round trips in seconds."""
    taken = []
    for _ in range(count):
        begin = time.perf_counter()
        near.sendall(b"x")
        near.recv(1)
        taken.append(time.perf_counter() - begin)
    return taken


def _throughput(addresses: dict[str, str]) -> dict[str, list[float]]:
    """GB/s of one stream, by round."""
    speed: dict[str, list[float]] = {name: [] for name in addresses}
    for _ in range(ROUNDS):
        for name, address in addresses.items():
            with _connect(address, b"s") as near:
                speed[name].append(STREAM_BYTES / _stream(near, STREAM_BYTES) / 1e9)
    return speed


def _round_trips(addresses: dict[str, str]) -> dict[str, list[list[float]]]:
    """Microseconds, by round."""
    taken: dict[str, list[list[float]]] = {name: [] for name in addresses}
    with contextlib.ExitStack() as stack:
        ends = {name: stack.enter_context(_connect(address, b"e")) for name, address in addresses.items()}
        for _ in range(PING_ROUNDS):
            for name, near in ends.items():
                taken[name].append([seconds * 1e6 for seconds in _pings(near, PINGS)])
    return taken


def _connections(addresses: dict[str, str]) -> dict[str, float]:
    """New connections per second, one after the other, each with one round trip: the median of the rounds."""
    rates: dict[str, list[float]] = {name: [] for name in addresses}
    for _ in range(CONNECTION_ROUNDS):
        for name, address in addresses.items():
            begin = time.perf_counter()
            for _ in range(CONNECTIONS):
                with _connect(address, b"e") as near:
                    _pings(near, 1)
            rates[name].append(CONNECTIONS / (time.perf_counter() - begin))
    return {name: statistics.median(rounds) for name, rounds in rates.items()}


def _idle_kib(server: Server, address: str) -> float:
    """KiB of the server's own memory for each connection that has spoken once and now rests."""
    with contextlib.ExitStack() as stack:
        for _ in range(50):  # what the first few connections allocate once and for all
            _pings(stack.enter_context(_connect(address, b"e")), 1)
        before = server.process.memory_full_info().uss
        for _ in range(IDLE_CONNECTIONS):
            _pings(stack.enter_context(_connect(address, b"e")), 1)
        return float(server.process.memory_full_info().uss - before) / IDLE_CONNECTIONS / 1024


def _latency_error_ms(server: Server, address: str) -> float:
    """Median round trip with 100 ms of latency, less the same without, less 100 ms."""
    with _connect(address, b"e") as near:
        without = statistics.median(_pings(near, 200))
        server.client.add_toxic(NAME, Latency(100))
        late = statistics.median(_pings(near, 30))
        server.client.reset()
    return (late - without) * 1000 - 100


def _bandwidth_error_percent(server: Server, address: str, rate: int) -> float:
    """By how much the measured rate differs from the one that was set."""
    server.client.add_toxic(NAME, Bandwidth(rate), stream="upstream")
    with _connect(address, b"s") as near:
        near.sendall(struct.pack("!Q", 1) + b"x")  # past the byte that names the mode
        near.recv(1)
        size = int(rate * 1000 * PACED_S)
        measured = (size + 8) / _stream(near, size) / 1000
    server.client.reset()
    return (measured / rate - 1) * 100


def figures() -> list[Figure]:
    """Measure everything; about a minute and a half."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    real_path = os.environ.get("TOXIPROXY_SERVER") or shutil.which("toxiproxy-server")
    with contextlib.ExitStack() as stack:
        upstream = stack.enter_context(_peer())
        embedded = stack.enter_context(_server(sys.executable, "-m", "syncproof.faults.toxiproxy.cli"))
        addresses = {"direct": upstream, "embedded": embedded.client.create_proxy(NAME, upstream).address}
        real: Server | None = None
        if real_path is not None:
            real = stack.enter_context(_server(real_path))
            addresses["real"] = real.client.create_proxy(NAME, upstream).address
        return [
            _throughput_figure(_throughput(addresses)),
            *_round_trip_figures(_round_trips(addresses)),
            _connection_figure(_connections(addresses)),
            _idle_figure(
                _idle_kib(embedded, addresses["embedded"]),
                None if real is None else _idle_kib(real, addresses["real"]),
            ),
            _latency_figure(embedded, addresses["embedded"]),
            *(_bandwidth_figure(embedded, addresses["embedded"], rate) for rate in RATES_KB_S),
        ]


def _throughput_figure(speed: dict[str, list[float]]) -> Figure:
    """Against the real server round by round, so that what else the machine does is the same for both."""
    embedded, direct = statistics.median(speed["embedded"]), statistics.median(speed["direct"])
    name, note = "proxy: one stream without toxics", f"direct {direct:.2f}"
    if "real" not in speed:
        return Figure(name, embedded, "GB/s", 1.0, embedded >= 1.0, note)
    ratios = [ours / its for ours, its in zip(speed["embedded"], speed["real"], strict=True)]
    ratio, best = statistics.median(ratios), max(speed["embedded"]) / max(speed["real"])
    note += f", real server {statistics.median(speed['real']):.2f} GB/s; best against best {best:.2f}"
    return Figure(f"{name}, against the real server", ratio, "times", 3.0, ratio >= 3, note)


def _round_trip_figures(trips: dict[str, list[list[float]]]) -> list[Figure]:
    """At p50 what is added to a direct round trip of the same round, at p99 the whole round trip."""

    def added(name: str) -> float:
        rounds = zip(trips[name], trips["direct"], strict=True)
        return statistics.median(statistics.median(its) - statistics.median(direct) for its, direct in rounds)

    def late(name: str) -> float:
        return statistics.quantiles((trip for its in trips[name] for trip in its), n=100)[98]

    p50, p99, half, whole = added("embedded"), late("embedded"), 100.0, 2000.0
    notes = ["", f"direct {late('direct'):.0f}"]
    if "real" in trips:
        half, whole = added("real") / 2, late("real")
        notes = [
            "the bound is half of what the real server adds",
            f"{notes[1]}, the bound is the real server's",
        ]
    return [
        Figure("proxy: added round trip, p50", p50, "us", half, p50 <= half, notes[0]),
        Figure("proxy: round trip, p99", p99, "us", whole, p99 <= whole, notes[1]),
    ]


def _connection_figure(rates: dict[str, float]) -> Figure:
    embedded, note = rates["embedded"], f"direct {rates['direct']:.0f}"
    bound = 500.0
    if "real" in rates:
        bound = rates["real"]
        note += ", the bound is the real server's"
    return Figure("proxy: new connections", embedded, "1/s", bound, embedded >= bound, note)


def _idle_figure(embedded: float, real: float | None) -> Figure:
    note = "" if real is None else f"real server {real:.0f}"
    return Figure("proxy: memory per idle connection", embedded, "KiB", 10.0, embedded <= 10, note)


def _latency_figure(server: Server, address: str) -> Figure:
    error = _latency_error_ms(server, address)
    return Figure("proxy: latency of 100 ms, error at p50", error, "ms", 2.0, abs(error) <= 2)


def _bandwidth_figure(server: Server, address: str, rate: int) -> Figure:
    error = _bandwidth_error_percent(server, address, rate)
    return Figure(f"proxy: bandwidth of {rate:,} KB/s, error", error, "%", 1.0, abs(error) <= 1)


if __name__ == "__main__":
    for one in figures():
        verdict = "holds" if one.holds else "DOES NOT HOLD"
        print(f"{one.name}: {one.value:.3g} {one.unit} (bound {one.bound:.3g}: {verdict}) {one.note}")
