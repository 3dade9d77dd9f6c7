"""A real nats-server, devices in processes of their own, and a link between them that can be taken away."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from syncproof.processes.ports import Port

DEADLINE_S = 20.0
GROUP = "room.1 of *"
SETTINGS = {
    "idle_timeout_s": 1.0,
    "heartbeat_s": 0.1,
    "retry_base_s": 0.05,
    "retry_max_s": 0.2,
    "page_messages": 4,
}

needs_server = pytest.mark.skipif(
    shutil.which("nats-server") is None, reason="needs nats-server: apt-get install nats-server"
)


def until(what: str, found: Callable[[], Any]) -> Any:
    """The first true answer."""
    end = time.monotonic() + DEADLINE_S
    while time.monotonic() < end:
        answer = found()
        if answer:
            return answer
        time.sleep(0.01)
    raise AssertionError(f"not within {DEADLINE_S:g} s: {what}")


@dataclass
class Server:
    """nats-server with its stream store in a folder."""

    directory: Path
    port: int = 0
    _reserved: Port | None = None

    def start(self) -> None:
        if not self.port:
            self._reserved = Port()
            self.port = self._reserved.number
        command = ["nats-server", "-js", "-sd", str(self.directory), "-a", "127.0.0.1", "-p", str(self.port)]
        with (self.directory.parent / "server.log").open("ab") as log:
            self.process = subprocess.Popen(command, stderr=log)
        until("the server to listen", self._listens)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait(DEADLINE_S)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def _listens(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False


@dataclass
class Device:
    """`python -m syncproof_products.nats.agent` over a directory."""

    directory: Path
    name: str
    settings: dict[str, float] = field(default_factory=lambda: dict(SETTINGS))

    def start(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        config = self.directory / "config.json"
        given = {"device": self.name, "directory": str(self.directory), "settings": self.settings}
        config.write_text(json.dumps(given))
        command = [sys.executable, "-m", "syncproof_products.nats.agent", "--config", str(config)]
        with (self.directory / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, (self.directory / "log").read_text()
        where = json.loads(line)
        self.http = httpx.Client(base_url=f"http://{where['host']}:{where['port']}", timeout=DEADLINE_S)

    def kill(self) -> None:
        self.http.close()
        self.process.kill()
        self.process.wait(DEADLINE_S)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def join(self, address: str) -> None:
        """Be in the group, linked and connected."""
        self.put(f"/groups/{GROUP}", members=["Alice", "Bob"])
        self.link(address)
        self.post("/connect")

    def link(self, address: str) -> None:
        self.put("/links/relay", address=address)

    def send(self, *op_ids: str, text: str = "") -> None:
        for op_id in op_ids:
            body = json.dumps({"op_id": op_id, "text": text})
            self.post("/ops", op_id=op_id, group=GROUP, kind="append", body=body)

    def post(self, path: str, **content: Any) -> None:
        reply = self.http.post(path, json=content)
        assert reply.status_code == 202, reply.text

    def put(self, path: str, **content: Any) -> None:
        reply = self.http.put(path, json=content)
        assert reply.status_code < 300, reply.text

    def get(self, path: str) -> Any:
        return self.http.get(path).json()

    def delivered(self) -> list[str]:
        return [line["op_id"] for line in self.get("/deliveries?limit=10000")["deliveries"]]

    def events(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.get("/events?limit=10000")["events"] if event["type"] == kind]

    def until_delivered(self, count: int) -> list[str]:
        until(f"{self.name} to have {count} messages", lambda: len(self.delivered()) >= count)
        return self.delivered()

    def until_live(self) -> None:
        until(f"{self.name} to be live", lambda: self.get("/status")["connection"] == "live")


class Link:
    """Forwards to a server, and tells its clients of that server's own address, as a server of a cluster does."""

    def __init__(self, server: Server) -> None:
        self._server, self._open = server, list[socket.socket]()
        #: While it is not set, nothing that clients say reaches the server.
        self.hears = threading.Event()
        self.hears.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Nobody listens any more, and every connection is closed."""
        for one in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server.port))
                self._open += [client, server]
                greeting = server.makefile("rb", buffering=0).readline()
                known = json.loads(greeting.removeprefix(b"INFO "))
                known["connect_urls"] = [self._server.address]
                client.sendall(b"INFO " + json.dumps(known).encode() + b"\r\n")
                always = threading.Event()
                always.set()
                for way in ((client, server, self.hears), (server, client, always)):
                    threading.Thread(target=self._pass_on, args=way, daemon=True).start()

    @staticmethod
    def _pass_on(here: socket.socket, there: socket.socket, hears: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while piece := here.recv(65536):
                hears.wait(DEADLINE_S)
                there.sendall(piece)
            there.shutdown(socket.SHUT_RDWR)
