"""A program with which both ends of a network can be tried: it echoes lines, and says who it is."""

from __future__ import annotations

import os
import socket
import socketserver
import time
from collections.abc import Callable, Mapping


def run(config: Mapping[str, object], ready: Callable[[Mapping[str, object]], None]) -> None:
    """Listens on `host` and `port`; `ask HOST:PORT BYTES` fetches so many bytes from another one and says how long
    that took.
    """

    class Echo(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            for line in self.rfile:
                word, *rest = line.split()
                if word == b"send":
                    self.wfile.write(b"x" * int(rest[0]))
                elif word == b"ask":
                    self.wfile.write(_ask(rest[0].decode(), int(rest[1])))
                else:
                    self.wfile.write(f"{os.getpid()}\n".encode())

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server((str(config["host"]), int(str(config["port"]))), Echo) as server:
        ready({"port": server.server_address[1]})
        server.serve_forever()


def _ask(address: str, count: int) -> bytes:
    host, _, port = address.rpartition(":")
    started, got = time.monotonic(), 0
    try:
        with socket.create_connection((host, int(port)), timeout=10) as other:
            other.settimeout(10)
            other.sendall(f"send {count}\n".encode())
            while got < count:
                chunk = other.recv(65536)
                if not chunk:
                    break
                got += len(chunk)
    except OSError as error:
        return f"failed {type(error).__name__} {got}\n".encode()
    return f"got {got} {time.monotonic() - started:.4f}\n".encode()
