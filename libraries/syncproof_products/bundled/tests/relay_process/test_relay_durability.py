"""What the relay has acknowledged is there after kill -9, once and in its place."""

from __future__ import annotations

import http.client
import json
import threading
from pathlib import Path

import pytest

from syncproof_products.bundled.tests.relay_process.relay_process import (
    ROOM,
    Device,
    RelayProcess,
    eventually,
)

CLIENTS = 6
KILLS = 3


class Storm(threading.Thread):
    """Pushes batches until the relay goes away; remembers what was acknowledged, and what was only sent."""

    def __init__(self, device: Device, generation: int) -> None:
        super().__init__()
        self._device = device
        self._generation = generation
        self.acknowledged: dict[str, int] = {}
        self.unknown: list[str] = []

    def run(self) -> None:
        link = http.client.HTTPConnection(self._device.host, self._device.port, timeout=20)
        for number in range(1_000_000):
            op_ids = [f"{self._generation}-{number}-{i}" for i in range(1 + number % 4)]
            events = [{"op_id": op_id, "kind": "append", "body": op_id * 20} for op_id in op_ids]
            try:
                link.request(
                    "POST", f"/rooms/{ROOM}/events", json.dumps({"events": events}), self._device.headers
                )
                reply = link.getresponse()
                body = json.loads(reply.read())
            except (OSError, http.client.HTTPException, ValueError):
                self.unknown = op_ids
                return
            assert reply.status == 200, body
            self.acknowledged.update((place["op_id"], place["seq"]) for place in body["accepted"])


def test_kill_in_a_storm_of_pushes(tmp_path: Path) -> None:
    with RelayProcess(tmp_path / "relay") as relay:
        devices = relay.room(*[f"device-{number}" for number in range(CLIENTS)])
        acknowledged: dict[tuple[str, str], int] = {}
        for generation in range(KILLS):
            storms = [Storm(device, generation) for device in devices]
            for storm in storms:
                storm.start()
            eventually(lambda s=storms: all(len(one.acknowledged) > 40 for one in s), "pushes are under way")  # type: ignore[misc]
            relay.kill()
            for storm in storms:
                storm.join(20)
            relay.restart()
            for storm, device in zip(storms, devices, strict=True):
                acknowledged.update(((device.name, op_id), seq) for op_id, seq in storm.acknowledged.items())
                # A push whose answer was lost is pushed again: it may or may not have happened.
                events = [
                    {"op_id": op_id, "kind": "append", "body": op_id * 20}
                    for op_id in [*storm.acknowledged, *storm.unknown]
                ]
                again = device.client.post(f"/rooms/{ROOM}/events", json={"events": events[-900:]}).json()
                for place in again["accepted"]:
                    key = (device.name, place["op_id"])
                    assert acknowledged.setdefault(key, place["seq"]) == place["seq"]
        log = relay.log()
        assert [event["seq"] for event in log] == list(range(1, len(log) + 1))
        stored = {(event["author"], event["op_id"]): event["seq"] for event in log}
        assert len(stored) == len(log), "an operation is stored twice"
        assert stored == acknowledged


def test_rooms_tokens_and_markers_survive(tmp_path: Path) -> None:
    with RelayProcess(tmp_path / "relay") as relay:
        alice, bob = relay.room("alice", "bob")
        alice.push("1", "2")
        bob.client.put(f"/rooms/{ROOM}/marker", json={"seq": 1})
        relay.kill()
        relay.restart()
        assert bob.client.get(f"/rooms/{ROOM}/marker").json() == {"seq": 1}
        assert alice.push("3").json() == {"accepted": [{"op_id": "3", "seq": 3}], "head": 3}
        with bob.live() as stream:
            assert json.loads(stream.recv(5)) == {"type": "hello", "heads": {ROOM: 3}, "mail": 0}


def test_a_full_disk_costs_an_answer_and_nothing_else(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    if not hasattr(resource, "prlimit"):
        pytest.skip("no prlimit on this system")
    with RelayProcess(tmp_path / "relay") as relay:
        (alice,) = relay.room("alice")
        assert alice.push("1").status_code == 200
        size = (tmp_path / "relay" / "data" / "relay.db-wal").stat().st_size
        before = resource.prlimit(relay.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(relay.process.pid, resource.RLIMIT_FSIZE, (size, before[1]))
        refused = alice.push("2")
        assert (refused.status_code, refused.json()["code"]) == (503, "storage_failed")
        assert refused.headers["retry-after"]
        assert relay.http.get("/health").status_code == 503
        assert alice.pull()["head"] == 1
        resource.prlimit(relay.process.pid, resource.RLIMIT_FSIZE, before)
        assert relay.http.get("/health").status_code == 200
        assert alice.push("2").json()["accepted"] == [{"op_id": "2", "seq": 2}]
        relay.kill()
        relay.restart()
        assert [event["op_id"] for event in relay.log()] == ["1", "2"]


def test_a_clean_stop_keeps_what_was_pushed(tmp_path: Path) -> None:
    with RelayProcess(tmp_path / "relay") as relay:
        (alice,) = relay.room("alice")
        storm = Storm(alice, 0)
        storm.start()
        eventually(lambda: len(storm.acknowledged) > 40, "pushes are under way")
        assert relay.stop() == 0
        storm.join(20)
        relay.restart()
        stored = {event["op_id"]: event["seq"] for event in relay.log()}
        assert storm.acknowledged.items() <= stored.items()
