"""The two ends of a proxied connection, as plain blocking sockets with deadlines."""

from __future__ import annotations

import selectors
import socket
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from syncproof.faults.toxiproxy.client import Client, ProxyInfo

DEADLINE_S = 20.0


def connect(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    near = socket.create_connection((host, int(port)), timeout=DEADLINE_S)
    near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return near


class Upstream:
    """A listener whose connections the test takes in hand itself."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(DEADLINE_S)
        self._accepted: list[socket.socket] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for far in self._accepted:
            far.close()
        self._listener.close()

    @property
    def address(self) -> str:
        host, port = self._listener.getsockname()
        return f"{host}:{port}"

    def accept(self) -> socket.socket:
        far, _ = self._listener.accept()
        far.settimeout(DEADLINE_S)
        far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._accepted.append(far)
        return far


def receive(end: socket.socket, size: int) -> bytes:
    """Exactly `size` bytes."""
    data = bytearray()
    while len(data) < size:
        part = end.recv(size - len(data))
        assert part, f"the connection ended after {len(data)} of {size} bytes"
        data += part
    return bytes(data)


def receive_all(end: socket.socket) -> bytes:
    """Everything until the end of the stream."""
    data = bytearray()
    while part := end.recv(65536):
        data += part
    return bytes(data)


def silent(end: socket.socket, seconds: float) -> bool:
    """Whether nothing, not even an end, arrives for so long."""
    end.settimeout(seconds)
    try:
        end.recv(1, socket.MSG_PEEK)
    except TimeoutError:
        return True
    finally:
        end.settimeout(DEADLINE_S)
    return False


def reset(end: socket.socket) -> bool:
    """Whether the connection ends with RST (True) or with FIN (False)."""
    try:
        while end.recv(65536):
            pass
    except ConnectionResetError:
        return True
    return False


def exchange(one: socket.socket, sent: bytes, other: socket.socket, answered: bytes) -> tuple[bytes, bytes]:
    """Send both ways at the same time; what each end received."""
    ends = {one: memoryview(sent), other: memoryview(answered)}
    got = {one: bytearray(), other: bytearray()}
    with selectors.DefaultSelector() as selector:
        for end in ends:
            end.setblocking(False)
            selector.register(end, selectors.EVENT_READ | selectors.EVENT_WRITE, end)
        deadline = time.monotonic() + DEADLINE_S
        while len(got[one]) < len(answered) or len(got[other]) < len(sent):
            assert time.monotonic() < deadline, (
                f"received {len(got[one])} and {len(got[other])} bytes in time"
            )
            for key, events in selector.select(1):
                end = key.data
                if events & selectors.EVENT_READ:
                    got[end] += end.recv(65536)
                if events & selectors.EVENT_WRITE and ends[end]:
                    ends[end] = ends[end][end.send(ends[end]) :]
    for end in ends:
        end.settimeout(DEADLINE_S)
    return bytes(got[one]), bytes(got[other])


def pass_through(sender: socket.socket, receiver: socket.socket, data: bytes) -> float:
    """Send on one end, receive on the other; seconds until the last byte. `data` must fit kernel buffers."""
    begin = time.perf_counter()
    sender.sendall(data)
    assert receive(receiver, len(data)) == data
    return time.perf_counter() - begin


@dataclass
class Route:
    """A proxy, its upstream, and a way to open both ends of a connection through it."""

    client: Client
    info: ProxyInfo
    upstream: Upstream

    @property
    def name(self) -> str:
        return self.info.name

    def open(self) -> tuple[socket.socket, socket.socket]:
        near = connect(self.info.address)
        return near, self.upstream.accept()

    def open_near(self) -> socket.socket:
        return connect(self.info.address)
