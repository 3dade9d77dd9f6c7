from __future__ import annotations

import json
import socket
import time
from pathlib import Path

import psutil
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from syncproof_products.bundled.tests.relay_process.relay_process import ROOM, RelayProcess, eventually

MIB = 1024 * 1024


def read_to_the_end(stream: ClientConnection) -> None:
    while True:
        stream.recv(5)


def test_events_and_beats(relay: RelayProcess) -> None:
    alice, bob = relay.room("alice", "bob")
    with bob.live() as stream:
        assert json.loads(stream.recv(5)) == {"type": "hello", "heads": {ROOM: 0}, "mail": 0}
        alice.push("1")
        seen = [json.loads(stream.recv(5)) for _ in range(3)]
        events = [frame for frame in seen if frame["type"] == "event"]
        assert [(frame["room"], frame["event"]["seq"], frame["event"]["author"]) for frame in events] == [
            (ROOM, 1, "alice")
        ]
        assert seen[-1] == {"type": "beat", "heads": {ROOM: 1}, "mail": 0}
        assert relay.http.get("/metrics").json()["live_subscribers"] == 1
    eventually(lambda: relay.http.get("/metrics").json()["live_subscribers"] == 0, "the stream has ended")


def test_membership_gained_while_connected(relay: RelayProcess) -> None:
    (alice,) = relay.room("alice")
    bob = relay.device("bob")
    with bob.live() as stream:
        assert json.loads(stream.recv(5))["heads"] == {}
        alice.client.put(f"/rooms/{ROOM}", json={"members": ["bob"]})
        alice.push("1")
        kinds = {}
        while "event" not in kinds:
            frame = json.loads(stream.recv(5))
            kinds[frame["type"]] = frame
        assert kinds["beat"]["heads"] == {ROOM: 0}


def test_a_subscriber_that_does_not_read_holds_no_memory_and_learns_that_it_is_behind(tmp_path: Path) -> None:
    settings: dict[str, object] = {"heartbeat_s": 0.2, "subscriber_queue_bytes": MIB}
    with RelayProcess(tmp_path / "relay", settings) as relay:
        alice, bob = relay.room("alice", "bob")
        process = psutil.Process(relay.process.pid)
        alice.push("warm", body="x" * 500_000)
        # max_queue=1: the client stops reading its socket when one message waits for its program.
        with bob.live(max_queue=1, max_size=None) as stream:
            stream.recv(5)
            before = process.memory_info().rss
            for number in range(100):
                assert alice.push(f"{number}", body="x" * 500_000).status_code == 200
            grown = process.memory_info().rss - before
            assert grown < 40 * MIB, f"50 MB were pushed past a subscriber that reads nothing; {grown} held"
            assert relay.http.get("/metrics").json()["frames_dropped"] > 0
            heads = 0
            while heads < 101:
                frame = json.loads(stream.recv(10))
                if frame["type"] == "beat":
                    heads = frame["heads"][ROOM]
            # No longer behind, it gets events again.
            alice.push("after")
            while frame["type"] != "event" or frame["event"]["op_id"] != "after":
                frame = json.loads(stream.recv(10))


def test_a_subscriber_that_takes_nothing_is_dropped(tmp_path: Path) -> None:
    settings: dict[str, object] = {"heartbeat_s": 0.2, "stall_s": 1.0}
    with RelayProcess(tmp_path / "relay", settings) as relay:
        alice, bob = relay.room("alice", "bob")
        with socket.create_connection((relay.host, relay.port)) as link:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            token = bob.headers["Authorization"]
            link.sendall(
                f"GET /live HTTP/1.1\r\nHost: relay\r\nAuthorization: {token}\r\nConnection: Upgrade\r\n"
                "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
            )
            assert link.recv(12) == b"HTTP/1.1 101"

            def is_dropped() -> bool:
                alice.push(f"{time.monotonic_ns()}", body="x" * 500_000)
                return bool(relay.http.get("/metrics").json()["live_subscribers"] == 0)

            eventually(is_dropped, "the stream is dropped")


def test_a_stream_too_many_ends_the_oldest(tmp_path: Path) -> None:
    with RelayProcess(tmp_path / "relay", {"streams_per_device": 1, "heartbeat_s": 60}) as relay:
        (alice,) = relay.room("alice")
        with alice.live() as first, alice.live() as second:
            assert json.loads(second.recv(5))["type"] == "hello"
            assert json.loads(first.recv(5))["type"] == "hello"
            with pytest.raises(ConnectionClosed) as closed:
                first.recv(4)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1013
            assert "newer stream" in closed.value.rcvd.reason


def test_stopping_ends_live_streams_at_once(tmp_path: Path) -> None:
    with RelayProcess(tmp_path / "relay", {"drain_s": 20}) as relay:
        alice, bob = relay.room("alice", "bob")
        with alice.live() as one, bob.live() as other:
            began = time.monotonic()
            assert relay.stop() == 0
            for stream in (one, other):
                with pytest.raises(ConnectionClosed):
                    read_to_the_end(stream)
            assert time.monotonic() - began < 10


def test_stopping_does_not_wait_for_a_peer_that_takes_nothing(tmp_path: Path) -> None:
    with RelayProcess(tmp_path / "relay", {"drain_s": 0.5}) as relay:
        alice, bob = relay.room("alice", "bob")
        with bob.live(max_queue=1, max_size=None, close_timeout=0.1) as stream:
            stream.recv(5)
            for number in range(40):
                alice.push(f"{number}", body="x" * 500_000)
            began = time.monotonic()
            assert relay.stop() == 0
            assert time.monotonic() - began < 10
