"""A device against a real nats-server: what it sends is there once, what is there it delivers once, in order."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nats
import pytest

from syncproof_products.nats.agent import streams
from syncproof_products.nats.tests.running import GROUP, Device, Link, Server, needs_server, until

pytestmark = needs_server
Start = Callable[..., Device]
FOLDER = Path(__file__).parents[1]


def names(device: str, count: int) -> list[str]:
    return [f"{device}-{number}" for number in range(count)]


async def publish(server: Server, op_id: str, device: str) -> None:
    """As the device would have done it so long ago that the server has forgotten the message id."""
    client = await nats.connect(f"nats://{server.address}")
    try:
        stream = client.jetstream()
        await stream.add_stream(streams.stream_config(GROUP))
        headers = {streams.AUTHOR: streams.headers_of(device, op_id)[streams.AUTHOR]}
        body = json.dumps({"op_id": op_id, "text": ""}).encode()
        await stream.publish(streams.subject_of(GROUP), body, headers=headers)
    finally:
        await client.close()


def server_log(server: Server) -> list[dict[str, str]]:
    command = [sys.executable, "server_log.py", str(server.port), GROUP]
    said = subprocess.run(command, cwd=FOLDER, capture_output=True, check=True, timeout=20).stdout
    return [json.loads(line) for line in said.splitlines()]


def test_two_devices_have_the_same_messages_in_the_order_of_the_stream(server: Server, device: Start) -> None:
    alice, bob = device("Alice"), device("Bob")
    for one in (alice, bob):
        one.join(server.address)
    alice.send(*names("Alice", 20))
    bob.send(*names("Bob", 20))
    alice.until_delivered(40)
    bob.until_delivered(40)
    logs = [one.get("/deliveries")["deliveries"] for one in (alice, bob)]
    for log in logs:
        assert [line["server_order"] for line in log] == list(range(1, 41))
    kept = [[(line["op_id"], line["author"], line["digest"]) for line in log] for log in logs]
    assert kept[0] == kept[1]
    assert [(line["op_id"], line["author"], line["digest"]) for line in server_log(server)] == kept[0]
    places = {line["op_id"]: line["server_order"] for line in logs[0]}
    acknowledged = {event["op_id"]: event["server_order"] for event in alice.events("ack")}
    assert acknowledged == {op_id: places[op_id] for op_id in names("Alice", 20)}


def test_what_waits_and_what_was_delivered_survive_a_kill(server: Server, device: Start) -> None:
    alice = device("Alice")
    alice.join(server.address)
    alice.send(*names("before", 5))
    alice.until_delivered(5)
    alice.post("/disconnect")
    alice.send(*names("offline", 5))
    alice.kill()
    alice.start()
    assert alice.delivered() == names("before", 5)
    assert alice.get("/status")["pending"]["outbox"] == 5
    alice.post("/connect")
    assert alice.until_delivered(10) == names("before", 5) + names("offline", 5)
    assert [line["op_id"] for line in server_log(server)] == alice.delivered()


def test_an_operation_that_the_stream_has_is_not_published_again(server: Server, device: Start) -> None:
    alice = device("Alice")
    alice.put(f"/groups/{GROUP}", members=["Alice"])
    alice.send("first", "second")
    asyncio.run(publish(server, "first", "Alice"))
    alice.join(server.address)
    assert alice.until_delivered(2) == ["first", "second"]
    until("both to be acknowledged", lambda: len(alice.events("ack")) == 2)
    assert [line["op_id"] for line in server_log(server)] == ["first", "second"]


def test_a_killed_server_has_what_it_acknowledged_and_the_rest_is_sent_again(
    server: Server, device: Start
) -> None:
    alice, bob = device("Alice"), device("Bob")
    for one in (alice, bob):
        one.join(server.address)
    alice.send(*names("Alice", 50))
    until("some acknowledgements", lambda: len(alice.events("ack")) >= 5)
    server.kill()
    until("a retry", lambda: alice.events("retry") and bob.events("retry"))
    server.start()
    assert bob.until_delivered(50) == alice.until_delivered(50) == names("Alice", 50)
    assert len(server_log(server)) == 50


def test_a_device_follows_its_link_and_goes_nowhere_else(server: Server, device: Start) -> None:
    link, alice, bob = Link(server), device("Alice"), device("Bob")
    alice.join(server.address)
    bob.join(link.address)
    bob.until_live()
    link.cut()
    alice.send("meanwhile")
    alice.until_delivered(1)
    until("many attempts", lambda: len(bob.events("retry")) >= 10)
    assert bob.delivered() == []
    assert bob.get("/status")["connection"] == "connecting"
    bob.link(Link(server).address)
    assert bob.until_delivered(1) == ["meanwhile"]


def test_what_the_server_delivers_again_counts_once(server: Server, device: Start) -> None:
    link, alice, bob = Link(server), device("Alice"), device("Bob", ack_wait_s=0.2, idle_timeout_s=10)
    alice.join(server.address)
    bob.join(link.address)
    alice.send("first")
    bob.until_delivered(1)
    link.hears.clear()
    alice.send("once")
    until("it to come again", lambda: bob.get("/metrics")["duplicatesIgnored"] > 0)
    link.hears.set()
    alice.send("next")
    assert bob.until_delivered(3) == ["first", "once", "next"]
    assert bob.events("retry") == []


def test_a_server_that_stands_still_is_noticed(server: Server, device: Start) -> None:
    alice = device("Alice")
    alice.join(server.address)
    alice.until_live()
    server.process.send_signal(signal.SIGSTOP)
    retry = until("the silence to be noticed", lambda: alice.events("retry"))[0]
    assert "nothing was heard for 1 s" in retry["reason"]
    alice.send("waits")
    server.process.send_signal(signal.SIGCONT)
    assert alice.until_delivered(1) == ["waits"]


def test_a_server_that_lost_its_stream_is_not_taken_for_an_empty_one(server: Server, device: Start) -> None:
    alice = device("Alice")
    alice.join(server.address)
    alice.send(*names("Alice", 3))
    alice.until_delivered(3)
    server.kill()
    shutil.rmtree(server.directory)
    server.start()
    until("the loss to be told", lambda: "it has lost data" in str(alice.events("connection")))
    assert alice.delivered() == names("Alice", 3)


def test_what_is_too_long_for_the_server_fails_and_holds_nothing_up(server: Server, device: Start) -> None:
    alice = device("Alice")
    alice.join(server.address)
    alice.until_live()
    alice.send("long", text="x" * 1_100_000)
    alice.send("short")
    assert alice.until_delivered(1) == ["short"]
    assert [event["code"] for event in alice.events("failed")] == ["too_large"]
    assert alice.get("/ops/long")["state"] == "failed"


def test_catching_up_is_told_page_by_page(server: Server, device: Start) -> None:
    alice, bob = device("Alice"), device("Bob")
    alice.join(server.address)
    alice.send(*names("Alice", 30))
    alice.until_delivered(30)
    bob.join(server.address)
    bob.until_live()
    told = bob.events("catchup")
    assert [event["state"] for event in (told[0], told[-1])] == ["started", "ended"]
    pages = [event for event in told if event["state"] == "page"]
    assert sum(page["got"] for page in pages) == 30
    assert all(1 <= page["got"] <= 4 for page in pages)
    assert {line["path"] for line in bob.get("/deliveries")["deliveries"]} == {"catchup"}


@pytest.mark.parametrize("kind", ["put", "delete", "resolve"])
def test_there_are_no_entries(server: Server, device: Start, kind: str) -> None:
    alice = device("Alice")
    alice.join(server.address)
    wanted = {"op_id": "1", "group": GROUP, "kind": kind, "entry": "note", "body": '{"op_id": "1"}'}
    assert alice.http.post("/ops", json=wanted).status_code == 501
    assert alice.get("/ops/1")["state"] == "unknown"
