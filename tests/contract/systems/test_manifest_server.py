"""A server that a manifest describes by its command: started, probed and read as it says."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncproof.faults.packets.errors import PacketsUnavailable
from syncproof.kernel.server import log_of
from syncproof.processes import Launcher
from syncproof.systems.driver import Driver
from syncproof.systems.embedded import EmbeddedStack
from syncproof.systems.errors import SystemNotThere
from syncproof.systems.manifest_file import load
from syncproof.systems.products import drive

SERVER = """
import socketserver, sys

class Answers(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(b"PONG\\r\\n")

with socketserver.ThreadingTCPServer(("127.0.0.1", int(sys.argv[1])), Answers) as server:
    server.serve_forever()
"""
LOG = """
import json, sys
print(json.dumps({"op_id": sys.argv[1], "version": "1", "author": "Alice", "digest": "d"}))
"""
MANIFEST = """
name = "answers"
[server]
command = ["PROGRAM", "server.py", "{port}"]
probe = "PING\\r\\n"
reply = "PONG\\r\\n"
[agent]
command = ["{python}", "agent.py"]
[log]
command = ["{python}", "log.py", "{group}"]
[install]
apt = ["answering-machine"]
"""


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[EmbeddedStack]:
    with Launcher.start(tmp_path / "run") as launcher:
        stack = EmbeddedStack(launcher, 1, "")
        yield stack
        stack.close()


def product(folder: Path, stack: EmbeddedStack, program: str = "{python}") -> Driver:
    (folder / "server.py").write_text(SERVER)
    (folder / "log.py").write_text(LOG)
    (folder / "product.toml").write_text(MANIFEST.replace("PROGRAM", program))
    return drive(load(folder / "product.toml"), stack, 1.0)


def test_commands_can_name_the_python_of_the_run(tmp_path: Path, stack: EmbeddedStack) -> None:
    server = product(tmp_path, stack).start_server(tmp_path / "data")
    assert [line.op_id for line in log_of(server, "room")] == ["room"]


def test_a_probe_brings_as_many_bytes_as_it_is_asked_for(tmp_path: Path, stack: EmbeddedStack) -> None:
    server = product(tmp_path, stack).start_server(tmp_path / "data")
    exchange = server.probe_request(4000)
    host, _, port = server.address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(exchange.request)
        connection.shutdown(socket.SHUT_WR)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert len(received) >= 4000
    assert received.count(exchange.reply) == exchange.replies


def test_a_program_that_is_not_there_is_named_with_what_installs_it(
    tmp_path: Path, stack: EmbeddedStack
) -> None:
    with pytest.raises(
        SystemNotThere, match=r"'answerd', and there is none .* `apt-get install answering-machine`"
    ):
        product(tmp_path, stack, "answerd").start_server(tmp_path / "data")


def test_a_server_needs_no_network_of_its_own_for_packet_faults(tmp_path: Path, stack: EmbeddedStack) -> None:
    try:
        stack.use_packets(True)
    except PacketsUnavailable as why:
        pytest.skip(str(why))
    server = product(tmp_path, stack).start_server(tmp_path / "data")
    assert server.process.alive()


def test_a_server_that_cannot_have_its_port_at_once_after_a_restart_gets_another(
    tmp_path: Path, stack: EmbeddedStack
) -> None:
    server = product(tmp_path, stack).start_server(tmp_path / "data")
    host, _, port = server.address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(b"PING\r\n")
        assert connection.recv(6) == b"PONG\r\n"  # one that nobody accepted yet would be reset
        server.process.kill()  # closes this one first: for a minute its port is not free for ThreadingTCPServer
        assert connection.recv(1) == b""
    server.start()
    assert server.address != f"{host}:{port}"


ADMIN = """
import http.server, threading

class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/health" else 404)
        self.end_headers()

threading.Thread(target=http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Health).serve_forever).start()
"""


def test_a_server_of_two_ports_is_asked_at_the_one_and_reached_at_the_other(
    tmp_path: Path, stack: EmbeddedStack
) -> None:
    """Its readiness is what the second port answers; both ports are kept over a restart."""
    (tmp_path / "server.py").write_text(SERVER.replace("\nwith ", f"{ADMIN}\nwith "))
    (tmp_path / "product.toml").write_text(
        MANIFEST.replace("PROGRAM", "{python}").replace(
            '"{port}"]',
            '"{port}", "{admin_port}"]\nports = ["admin"]\nready = "http://127.0.0.1:{admin_port}/health"',
            1,
        )
    )
    server = drive(load(tmp_path / "product.toml"), stack, 1.0).start_server(tmp_path / "data")
    address = server.address
    assert server.probe_request(0).reply == b"PONG\r\n"
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(b"PING\r\n")
        assert connection.recv(6) == b"PONG\r\n"
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""
    server.process.kill()
    server.start()
    assert server.address == address
