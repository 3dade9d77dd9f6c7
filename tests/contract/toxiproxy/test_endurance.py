"""Many connections with changing toxics and rude ends: all data right, nothing left behind."""

from __future__ import annotations

import contextlib
import random
import selectors
import socket
import struct
import time

import psutil
import pytest
from tests.contract.toxiproxy.peers import Route, Upstream, connect, pass_through
from tests.contract.toxiproxy.servers import Server, serving

from syncproof.faults.toxiproxy.client import Client
from syncproof.faults.toxiproxy.toxic_types import Bandwidth, Latency, LimitData, ResetPeer, Slicer, Timeout

SEED = 20261121
LOSSLESS = [Latency(3, 2), Bandwidth(20_000), Slicer(2000, 500)]


class Talk:
    """One connection: random bytes both ways, each side checks what it gets."""

    def __init__(self, near: socket.socket, far: socket.socket, rng: random.Random) -> None:
        self.ends = (near, far)
        self.sent = tuple(rng.randbytes(rng.randrange(1, 200_000)) for _ in self.ends)
        self.left = [memoryview(data) for data in self.sent]
        self.got = [bytearray(), bytearray()]
        for end in self.ends:
            end.setblocking(False)

    def move(self, index: int, events: int) -> None:
        end = self.ends[index]
        if events & selectors.EVENT_READ:
            self.got[index] += end.recv(65536)
        if events & selectors.EVENT_WRITE and self.left[index]:
            self.left[index] = self.left[index][end.send(self.left[index]) :]

    @property
    def over(self) -> bool:
        return all(len(self.got[index]) >= len(self.sent[1 - index]) for index in (0, 1))


def test_data_are_right_while_toxics_come_and_go(route: Route, client: Client) -> None:
    rng = random.Random(SEED)
    talks = [Talk(*route.open(), rng) for _ in range(20)]
    deadline = time.monotonic() + 30
    present: list[str] = []
    with selectors.DefaultSelector() as selector:
        for talk in talks:
            for index, end in enumerate(talk.ends):
                selector.register(end, selectors.EVENT_READ | selectors.EVENT_WRITE, (talk, index))
        for count in range(60):
            if len(present) > 3 or (present and rng.random() < 0.4):
                client.remove_toxic(route.name, present.pop(rng.randrange(len(present))))
            else:
                stream = rng.choice(["upstream", "downstream"])
                toxic = rng.choice(LOSSLESS)
                added = client.add_toxic(
                    route.name, toxic, stream=stream, toxicity=rng.choice([0.5, 1]), name=f"t{count}"
                )
                present.append(added.name)
            for key, events in selector.select(0.01):
                key.data[0].move(key.data[1], events)
        while not all(talk.over for talk in talks):
            assert time.monotonic() < deadline, "data did not arrive"
            for key, events in selector.select(0.1):
                key.data[0].move(key.data[1], events)
    for talk in talks:
        assert bytes(talk.got[0]) == talk.sent[1]
        assert bytes(talk.got[1]) == talk.sent[0]


def descriptors(server: Server) -> int:
    return psutil.Process(server.pid).num_fds()


def test_rude_ends_leave_no_connection_and_no_descriptor_behind(upstream: Upstream) -> None:
    """On an embedded server of its own, so that its descriptors can be counted."""
    rng = random.Random(SEED)
    toxics = [*LOSSLESS, LimitData(1000), ResetPeer(1), Timeout(5)]
    with serving("embedded") as server, Client(server.url) as client:
        info = client.create_proxy("rude", upstream.address)
        before = descriptors(server)
        for count in range(120):
            near = connect(info.address)
            far = upstream.accept()
            if count % 4 == 0:
                client.reset()
                for stream in ("upstream", "downstream"):
                    client.add_toxic("rude", rng.choice(toxics), stream=stream)
            for end in (near, far):
                end.settimeout(0.05)
                with contextlib.suppress(TimeoutError, ConnectionError):
                    end.send(b"x" * rng.randrange(1, 100_000))
            if rng.random() < 0.5:
                near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            near.close()
            far.close()
        client.reset()
        deadline = time.monotonic() + 30
        while True:
            traffic = client.traffic("rude")
            assert traffic is not None
            if traffic.open == 0:
                break
            assert time.monotonic() < deadline, f"{traffic.open} connections never ended"
            time.sleep(0.05)
        spare_pipes = 2 * 4
        assert descriptors(server) <= before + spare_pipes


@pytest.mark.parametrize("spoke", [True, False])
def test_clients_that_went_away_leave_nothing_behind_whatever_the_upstream_does(
    server: Server, spoke: bool
) -> None:
    """An upstream that ignores the end of the stream, and 100 clients that came and closed."""
    with serving(server.kind) as one, Client(one.url) as client, Upstream() as upstream:
        info = client.create_proxy("ignored", upstream.address)
        before = descriptors(one)
        for _ in range(100):
            near = connect(info.address)
            far = upstream.accept()
            if spoke:
                pass_through(near, far, b"hello")
            near.close()
        deadline = time.monotonic() + 30
        while (left := descriptors(one) - before) > 2 * 4 + 2:  # spare pipes, and the client's own connection
            assert time.monotonic() < deadline, f"{left} descriptors more than before"
            time.sleep(0.05)
