"""Links that break, move, crawl: real Toxiproxy toxics between a device and its relay."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator

import httpx
import pytest
from tests.contract.agent.table import GROUP, Agent, Table, until

from syncproof.processes import Launcher


class Proxy:
    """One device's way to the relay, by the public API of a Toxiproxy server."""

    def __init__(self, api: httpx.Client, name: str, upstream: str) -> None:
        self._api, self._name = api, name
        made = api.post("/proxies", json={"name": name, "listen": "127.0.0.1:0", "upstream": upstream})
        self.address: str = made.raise_for_status().json()["listen"]

    def enable(self, enabled: bool) -> None:
        self._api.post(f"/proxies/{self._name}", json={"enabled": enabled}).raise_for_status()

    def toxic(self, kind: str, stream: str, **attributes: int) -> None:
        content = {"type": kind, "name": f"{kind}-{stream}", "stream": stream, "attributes": attributes}
        self._api.post(f"/proxies/{self._name}/toxics", json=content).raise_for_status()

    def heal(self, kind: str, stream: str) -> None:
        self._api.delete(f"/proxies/{self._name}/toxics/{kind}-{stream}").raise_for_status()


@pytest.fixture(scope="module")
def toxiproxy(launcher: Launcher) -> Iterator[httpx.Client]:
    config = {"host": "127.0.0.1", "port": 0, "seed": 1, "config": None}
    process = launcher.spawn("toxiproxy", "syncproof.faults.toxiproxy.main:run", config)
    with httpx.Client(base_url=f"http://127.0.0.1:{process.ready['port']}", trust_env=False) as api:
        yield api
    process.stop(3.0)


@pytest.fixture
def bob_behind_proxy(
    table: Table, toxiproxy: httpx.Client, request: pytest.FixtureRequest
) -> tuple[Agent, Agent, Proxy]:
    """Alice on a good network; Bob behind a proxy of his own, with quick retries."""
    proxy = Proxy(toxiproxy, str(request.node.name), table.address)
    alice = table.agent("Alice")
    bob = table.agent("Bob", retry_base_s=0.05, retry_max_s=0.3, idle_timeout_s=2.0, heartbeat_s=0.5)
    alice.join(table.address, "Alice", "Bob")
    bob.join(proxy.address, "Alice", "Bob")
    return alice, bob, proxy


Trio = tuple[Agent, Agent, Proxy]


def test_a_cut_costs_time_and_no_message(bob_behind_proxy: Trio) -> None:
    alice, bob, proxy = bob_behind_proxy
    for number in range(10):
        alice.send(number)
    bob.until_delivered(10)
    proxy.enable(False)
    for number in range(10, 20):
        alice.send(number)
        bob.send(number)
    until(lambda: bob.get("/metrics")["retriesScheduled"], lambda retries: retries > 1)
    proxy.enable(True)

    assert len(bob.until_delivered(30)) == 30
    assert alice.until_delivered(30) == bob.delivered()
    assert {event["outcome"] for event in bob.events("attempt")} == {"ok", "failed"}


def test_a_changed_address_drops_the_old_connection_at_once(bob_behind_proxy: Trio, table: Table) -> None:
    alice, bob, proxy = bob_behind_proxy
    proxy.toxic("timeout", "downstream", timeout=0)
    alice.send(1)
    bob.put("/links/relay", {"address": table.address})

    assert bob.until_delivered(1) == ["Alice-1"]
    assert bob.status()["links"] == [{"peer": "relay", "address": table.address}]


def test_without_a_link_a_device_is_offline(bob_behind_proxy: Trio, table: Table) -> None:
    _, bob, _ = bob_behind_proxy
    assert bob.http.delete("/links/relay").status_code == 204
    until(bob.status, lambda status: status["connection"] == "offline")
    bob.restart_after_kill()
    assert bob.status()["links"] == []

    bob.put("/links/relay", {"address": table.address})
    bob.until_live()


def test_a_black_hole_is_noticed_by_its_silence(bob_behind_proxy: Trio) -> None:
    alice, bob, proxy = bob_behind_proxy
    proxy.toxic("timeout", "downstream", timeout=0)
    alice.send(1)
    until(bob.status, lambda status: status["connection"] == "connecting")
    proxy.heal("timeout", "downstream")

    assert bob.until_delivered(1) == ["Alice-1"]


def test_a_slow_link_that_moves_bytes_is_not_a_dead_one(bob_behind_proxy: Trio) -> None:
    """400 KB at 80 KB/s take 5 s each way, with an idle timeout of 2 s: nothing is given up, nothing sent twice."""
    alice, bob, proxy = bob_behind_proxy
    proxy.toxic("bandwidth", "upstream", rate=80)
    proxy.toxic("bandwidth", "downstream", rate=80)
    ours, theirs = (random.Random(seed).randbytes(400_000) for seed in (1, 2))
    failed = bob.get("/metrics")["attemptsFailed"]

    for agent, content in ((bob, ours), (alice, theirs)):
        digest = hashlib.sha256(content).hexdigest()
        agent.http.put(f"/blobs/{digest}", content=content).raise_for_status()
        agent.send(1, blobs=[{"digest": digest, "size": len(content), "name": "film.mp4"}])
    for agent, content in ((alice, ours), (bob, theirs)):
        path = f"/blobs/{hashlib.sha256(content).hexdigest()}"
        reply = until(lambda a=agent, p=path: a.http.get(p), lambda reply: reply.status_code == 200, 40)  # type: ignore[misc]
        assert reply.content == content

    assert bob.get("/metrics")["attemptsFailed"] == failed
    assert bob.status()["connection"] == "live"


def test_a_download_goes_on_where_it_was_interrupted(bob_behind_proxy: Trio) -> None:
    alice, bob, proxy = bob_behind_proxy
    content = random.Random(3).randbytes(1_000_000)
    digest = hashlib.sha256(content).hexdigest()
    alice.http.put(f"/blobs/{digest}", content=content).raise_for_status()
    proxy.toxic("bandwidth", "downstream", rate=300)
    alice.send(1, blobs=[{"digest": digest, "size": len(content), "name": "film.mp4"}])
    until(lambda: _offsets(bob, "downloading"), lambda offsets: bool(offsets) and max(offsets) > 200_000)
    proxy.enable(False)
    until(lambda: _offsets(bob, "interrupted"), lambda offsets: bool(offsets))
    proxy.heal("bandwidth", "downstream")
    # What it has survives a kill as well.
    bob.restart_after_kill()
    proxy.enable(True)

    reply = until(lambda: bob.http.get(f"/blobs/{digest}"), lambda reply: reply.status_code == 200)
    assert reply.content == content
    assert _offsets(bob, "downloading")[0] > 150_000
    assert bob.get("/metrics")["pendingJsonPaths"] == 0


def _offsets(agent: Agent, state: str) -> list[int]:
    return [event["offset"] for event in agent.events("blob") if event["state"] == state]


def test_a_reply_that_is_lost_after_the_relay_stored_the_event_makes_no_duplicate(
    bob_behind_proxy: Trio,
) -> None:
    alice, bob, proxy = bob_behind_proxy
    proxy.toxic("timeout", "downstream", timeout=0)
    bob.send(1)
    alice.until_delivered(1)
    until(lambda: bob.get("/metrics")["attemptsFailed"], lambda failed: failed > 0)
    proxy.heal("timeout", "downstream")

    assert bob.until_delivered(1) == ["Bob-1"]
    until(lambda: bob.get("/ops/Bob-1"), lambda op: op["state"] == "acked")
    assert alice.delivered() == ["Bob-1"]
    assert GROUP in bob.status()["groups"]
