"""A product of more than one server: two instances in front of one store, each with a link of its own to it."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator

import pytest
from tests.contract.kernel.conftest import Begin, Scenario, histories
from tests.meta.child_run import ROOT

from syncproof.evidence.records import Fault
from syncproof.faults.network import Cut
from syncproof.faults.program import Killed
from syncproof.kernel.setting import Settings
from syncproof.kernel.trouble import InvalidScenario
from syncproof.systems.declared import SLACK, SYSTEM, TIME_SCALE
from syncproof.systems.test_bed import TestBed as Bed

#: Hands every connection on to the store: that it speaks HTTP is the store's business.
FRONT = """
import socket, socketserver, sys, threading

class Handover(socketserver.BaseRequestHandler):
    def handle(self):
        host, _, port = sys.argv[2].rpartition(":")
        try:
            store = socket.create_connection((host, int(port)))
        except OSError:
            return
        there = threading.Thread(target=hand_over, args=(self.request, store), daemon=True)
        there.start()
        hand_over(store, self.request)

def hand_over(source, target):
    try:
        while piece := source.recv(65536):
            target.sendall(piece)
    except OSError:
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

socketserver.ThreadingTCPServer.daemon_threads = True
socketserver.ThreadingTCPServer.allow_reuse_address = True
socketserver.ThreadingTCPServer(("127.0.0.1", int(sys.argv[1])), Handover).serve_forever()
"""
MANIFEST = """
name = "two-servers"
[server]
command = ["{python}", "front.py", "{port}", "{store}"]
ready = "http://127.0.0.1:{port}/health"
count = 2
links = ["store"]
[node.store]
command = ["{python}", "server.py", "--port", "{port}", "--data", "{directory}"]
ready = "http://127.0.0.1:{port}/health"
[agent]
command = [
    "{python}", "agent.py", "--device", "{device}", "--data", "{directory}", "--port", "{control_port}",
    "--retry", "{retry_s}", "--patience", "{patience_s}",
]
settings = { retry_s = 5.0, patience_s = 15.0 }
"""


@pytest.fixture(scope="module")
def two_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    folder = tmp_path_factory.mktemp("two-servers")
    for file in ("agent.py", "server.py"):
        shutil.copy(ROOT / "docs" / "examples" / "minimal" / file, folder)
    (folder / "front.py").write_text(FRONT)
    (folder / "product.toml").write_text(MANIFEST)
    settings = Settings({SYSTEM: str(folder), TIME_SCALE: 0.1, SLACK: 15.0})
    with contextlib.closing(Bed(settings, histories(tmp_path_factory.mktemp("history")))) as opened:
        yield opened


@pytest.fixture
def scenario(begin: Begin, two_servers: Bed) -> Scenario:
    begun = begin(two_servers)
    begun.tell("Alice, Bob and Carol are syncing")
    return begun


def test_devices_are_spread_over_the_instances_and_sync_through_the_store(scenario: Scenario) -> None:
    topology = scenario.world.topology
    assert list(topology.servers) == ["store", "relay-1", "relay-2"]
    assert {name: node.link.leads_to for name, node in topology.nodes.items()} == {
        "Alice": "relay-1",
        "Bob": "relay-2",
        "Carol": "relay-1",
    }
    scenario.tell("Alice sends 5 messages", "Bob should receive all 5 messages within 20 seconds")
    assert scenario.end() == ""


def test_a_link_between_servers_is_cut_by_its_ends(scenario: Scenario) -> None:
    world = scenario.world
    scenario.tell("Alice sends 20 messages")
    world.operations.run_until_received("Bob", 8)
    cut = world.faults.begin(Cut(world.topology.links_between("relay-2", "store")))
    scenario.tell("Carol should receive all 20 messages within 20 seconds")
    assert world.operations.received("Bob") == 8, "Bob's instance is cut off, and only his"
    world.topology.end_fault(cut)
    scenario.tell("Bob should receive all 20 messages within 20 seconds", "Bob should have no duplicates")
    assert scenario.end() == ""
    seen = world.history.of(Fault)
    assert {(line.kind, line.target) for line in seen} == {("cut", ("relay-2 to store",))}
    assert {line.relevant_to for line in seen} == {("Alice", "Bob", "Carol")}
    assert any(line.effective and "relay-2 to store: a connection was" in line.proof for line in seen)


def test_a_store_that_is_killed_comes_back_behind_every_link(scenario: Scenario) -> None:
    world = scenario.world
    store = world.topology.server_named("store")
    scenario.tell("Alice sends 20 messages")
    world.operations.run_until_received("Bob", 8)
    killing = Killed(
        "store", (), lambda: store.server.process, lambda: world.topology.start_server_again("store")
    )
    entry = world.faults.begin(killing)
    assert world.wait_for(lambda: world.operations.author("Alice").released > 8, 10), (
        "what the kill matters to"
    )
    world.topology.end_fault(entry)
    scenario.tell("Bob should receive all 20 messages within 20 seconds")
    assert scenario.end() == ""


def test_a_node_that_is_not_there_is_named_with_those_that_are(scenario: Scenario) -> None:
    topology = scenario.world.topology
    with pytest.raises(
        InvalidScenario, match=r"no node 'redis' in two-servers .*: store, relay-1, relay-2\)"
    ):
        topology.server_named("redis")
    with pytest.raises(InvalidScenario, match=r"relay-1 has no link to 'Bob': its links lead to store\."):
        topology.links_between("relay-1", "Bob")
    with pytest.raises(InvalidScenario, match=r"Alice has no link to 'store': its links lead to relay-1\."):
        topology.links_between("Alice", "store")


def test_a_server_that_ends_by_itself_fails_the_test_by_its_name(
    scenario: Scenario, two_servers: Bed
) -> None:
    world = scenario.world
    world.topology.server_named("relay-2").server.process.kill()
    with pytest.raises(AssertionError, match="The relay-2's process ended by itself"):
        world.wait_for(lambda: False, 30)
    two_servers.close_suite()
