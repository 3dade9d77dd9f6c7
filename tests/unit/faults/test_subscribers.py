"""Subscribers of a real Valkey are dropped, and nobody else; what is none proves nothing."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.house.test_house import ROOT

from syncproof.faults.subscribers import SubscribersDropped
from syncproof.processes.ports import Port

SERVER = ROOT / "libraries" / "syncproof_products" / "valkey_server.py"


def dialled(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=5)


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[str]:
    port = Port()
    address = f"127.0.0.1:{port.number}"
    with subprocess.Popen(
        [sys.executable, str(SERVER), str(port.number), str(tmp_path)], stdout=subprocess.DEVNULL
    ) as server:
        until = time.monotonic() + 10
        while time.monotonic() < until:
            try:
                dialled(address).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.01)
        yield address
        server.kill()
    port.close()


def test_only_connections_that_listen_are_closed(valkey: str) -> None:
    fault = SubscribersDropped("redis", valkey)
    with dialled(valkey) as listens, dialled(valkey) as publishes:
        listens.sendall(b"SUBSCRIBE orders\r\n")
        assert listens.recv(200)
        fault.begin()
        assert fault.proof() == "redis has closed 1 connections of subscribers"
        assert listens.recv(1) == b""
        publishes.sendall(b"PING\r\n")
        assert publishes.recv(20) == b"+PONG\r\n"


def test_where_nobody_listens_nothing_is_proved(valkey: str) -> None:
    fault = SubscribersDropped("redis", valkey)
    fault.begin()
    assert fault.proof() is None
    assert fault.hindrance == f"{valkey} answered ':0'"


def test_what_is_no_redis_proves_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(100)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        threading.Thread(target=answer, daemon=True).start()
        fault = SubscribersDropped("store", f"127.0.0.1:{server.getsockname()[1]}")
        fault.begin()
    assert fault.proof() is None
    assert fault.hindrance.endswith("answered 'HTTP/1.1 400 Bad Request'")
    fault.begin()  # nobody is there at all
    assert fault.proof() is None
    assert "cannot be asked: [Errno 111]" in fault.hindrance
