"""A relay in a process of its own, and devices that speak to it over plain HTTP."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

SECRET = "a secret"
DEADLINE_S = 20.0
ROOM = "room"


@dataclass
class Device:
    """A registered device. client: with its token; host and port: where the relay is."""

    name: str
    client: httpx.Client
    host: str
    port: int
    headers: dict[str, str]

    def push(self, *op_ids: str, body: str = "{}", room: str = ROOM) -> httpx.Response:
        events = [{"op_id": op_id, "kind": "append", "body": body} for op_id in op_ids]
        return self.client.post(f"/rooms/{room}/events", json={"events": events})

    def pull(self, after: int = 0, limit: int = 1000) -> dict[str, Any]:
        reply = self.client.get(f"/rooms/{ROOM}/events", params={"after": after, "limit": limit})
        assert reply.status_code == 200, reply.text
        page: dict[str, Any] = reply.json()
        return page

    @contextlib.contextmanager
    def live(self, **options: Any) -> Iterator[ClientConnection]:
        url = f"ws://{self.host}:{self.port}/live"
        with connect(url, additional_headers=self.headers, ping_interval=None, **options) as stream:
            yield stream


@dataclass
class RelayProcess:
    """`python -m syncproof_products.bundled.relay` over a directory."""

    directory: Path
    settings: dict[str, object] = field(default_factory=dict)
    port: int = 0

    def __enter__(self) -> RelayProcess:
        self.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self.process.poll() is None:
            self.kill()
        self.http.close()

    def start(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        config = self.directory / "config.json"
        config.write_text(
            json.dumps(
                {
                    "directory": str(self.directory / "data"),
                    "port": self.port,
                    "secret": SECRET,
                    "settings": self.settings,
                }
            )
        )
        self.process = launch(config, (self.directory / "log").open("ab"))
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, (self.directory / "log").read_text()
        where = json.loads(line)
        self.host, self.port = where["host"], where["port"]
        self.http = httpx.Client(base_url=f"http://{self.host}:{self.port}", timeout=DEADLINE_S)

    def restart(self) -> None:
        """Start again on the same directory and port, after its end."""
        self.http.close()
        self.start()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(DEADLINE_S)

    def stop(self) -> int:
        """SIGTERM; its exit status."""
        self.process.terminate()
        return self.process.wait(DEADLINE_S)

    def device(self, name: str) -> Device:
        reply = self.http.post("/devices", json={"device": name, "secret": SECRET})
        assert reply.status_code == 201, reply.text
        headers = {"Authorization": f"Bearer {reply.json()['token']}"}
        client = httpx.Client(base_url=self.http.base_url, headers=headers, timeout=DEADLINE_S)
        return Device(name, client, self.host, self.port, headers)

    def room(self, *names: str) -> list[Device]:
        """Devices that are members of the room."""
        devices = [self.device(name) for name in names]
        reply = devices[0].client.put(f"/rooms/{ROOM}", json={"members": list(names)})
        assert reply.status_code == 200, reply.text
        return devices

    def operator(self, path: str, **query: int) -> httpx.Response:
        return self.http.get(path, params=query, headers={"Authorization": f"Bearer {SECRET}"})

    def log(self) -> list[dict[str, Any]]:
        """The whole log of the room, as its operator reads it."""
        events: list[dict[str, Any]] = []
        while True:
            page = self.operator(f"/rooms/{ROOM}/log", after=len(events)).json()
            events += page["events"]
            if not page["more"]:
                assert page["head"] == len(events)
                return events


def launch(config: Path, log: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "syncproof_products.bundled.relay", "--config", str(config)],
        stdout=subprocess.PIPE,
        stderr=log,
    )


def eventually(what: Callable[[], bool], message: str, deadline_s: float = DEADLINE_S) -> None:
    """Poll until it is so."""
    end = time.monotonic() + deadline_s
    while not what():
        assert time.monotonic() < end, f"not within {deadline_s:g} s: {message}"
        time.sleep(0.01)
