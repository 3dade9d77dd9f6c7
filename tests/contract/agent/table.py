"""A relay and agents around it, as real processes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import httpx

from syncproof.processes import Launcher, Process

T = TypeVar("T")

SECRET = "between us"
GROUP = "room"


def until(look: Callable[[], T], wanted: Callable[[T], bool], within_s: float = 15.0) -> T:
    """Look until it is as wanted."""
    deadline = time.monotonic() + within_s
    while not wanted(seen := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within_s:g} s; the last look: {seen!r}")
        time.sleep(0.01)
    return seen


class Agent:
    """One agent's process and a client of its control port."""

    def __init__(self, launcher: Launcher, config: dict[str, Any]) -> None:
        self._launcher = launcher
        self._config = config
        self.name = str(config["device"])
        self.start()

    def start(self) -> None:
        self.process: Process = self._launcher.spawn(
            self.name, "syncproof_products.bundled.agent.main:run", self._config
        )
        address = f"http://{self.process.ready['host']}:{self.process.ready['port']}"
        self.http = httpx.Client(base_url=address, timeout=30, trust_env=False)

    def restart_after_kill(self) -> None:
        self.process.kill()
        self.http.close()
        self.start()

    def get(self, path: str) -> Any:
        reply = self.http.get(path)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def put(self, path: str, content: object, expected: int = 200) -> Any:
        reply = self.http.put(path, json=content)
        assert reply.status_code == expected, reply.text
        return reply.json()

    def post(self, path: str, content: object, expected: int = 202) -> Any:
        reply = self.http.post(path, json=content)
        assert reply.status_code == expected, reply.text
        return reply.json()

    def join(self, relay: str, *members: str) -> None:
        """Link, connect, be in the group; until it is live."""
        self.put("/links/relay", {"address": relay})
        self.post("/connect", {})
        self.put(f"/groups/{GROUP}", {"members": members}, 202)
        self.until_live()

    def until_live(self) -> None:
        until(self.status, lambda status: status["connection"] == "live" and GROUP in status["groups"])

    def status(self) -> Any:
        return self.get("/status")

    def op(self, number: int, text: str = "hello", **fields: object) -> dict[str, Any]:
        op_id = f"{self.name}-{number}"
        body = json.dumps({"op_id": op_id, "text": text})
        return {"op_id": op_id, "group": GROUP, "kind": "append", "body": body, **fields}

    def send(self, number: int, text: str = "hello", **fields: object) -> Any:
        return self.post("/ops", self.op(number, text, **fields))

    def deliveries(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            page = self.get(f"/deliveries?after={len(found)}&limit=1000")
            found += page["deliveries"]
            if len(found) >= page["total"]:
                return found

    def delivered(self) -> list[str]:
        return [delivery["op_id"] for delivery in self.deliveries()]

    def until_delivered(self, count: int, within_s: float = 15.0) -> list[str]:
        until(lambda: self.get("/deliveries?limit=1")["total"], lambda total: total >= count, within_s)
        return self.delivered()

    def events(self, kind: str | None = None) -> list[dict[str, Any]]:
        found = self.get("/events?limit=10000")["events"]
        return [event for event in found if kind in (None, event["type"])]


class Table:
    """One relay and its agents."""

    def __init__(self, launcher: Launcher, directory: Path) -> None:
        self._launcher = launcher
        self._directory = directory
        self._agents: list[Agent] = []
        self.start_relay()

    def start_relay(self, port: int = 0) -> None:
        directory = self._directory / "relay"
        directory.mkdir(exist_ok=True)
        config = {
            "directory": str(directory),
            "host": "127.0.0.1",
            "port": port,
            "secret": SECRET,
            "settings": {},
        }
        self.relay = self._launcher.spawn("relay", "syncproof_products.bundled.relay.main:run", config)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.relay.ready['port']}"

    def agent(self, device: str, **settings: float) -> Agent:
        config = {
            "device": device, "directory": str(self._directory / device), "host": "127.0.0.1", "port": 0,
            "secret": SECRET, "seed": 1, "settings": {"marker_debounce_s": 0.05, **settings},
        }  # fmt: skip
        agent = Agent(self._launcher, config)
        self._agents.append(agent)
        return agent

    def syncing(self, *devices: str, **settings: float) -> list[Agent]:
        """Agents that are live and in one group."""
        agents = [self.agent(device, **settings) for device in devices]
        for agent in agents:
            agent.join(self.address, *devices)
        return agents

    def clear(self) -> None:
        for agent in self._agents:
            agent.http.close()
            agent.process.stop(3.0)
        self.relay.stop(3.0)
