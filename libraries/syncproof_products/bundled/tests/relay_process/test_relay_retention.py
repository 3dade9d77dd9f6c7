"""A relay that keeps blobs for their time: then they are gone, and it says that they were here."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncproof_products.bundled.tests.relay_process.relay_process import (
    ROOM,
    SECRET,
    Device,
    RelayProcess,
    eventually,
)
from syncproof_products.bundled.tests.relay_process.test_relay_blobs import digest_of


@pytest.fixture
def short(tmp_path: Path) -> Iterator[RelayProcess]:
    """A relay that keeps a blob for two minutes."""
    with RelayProcess(tmp_path / "relay", {"blob_ttl_s": 120.0}) as relay:
        yield relay


def aged(relay: RelayProcess, path: str, seconds: float) -> None:
    """Let a blob have been brought so long ago."""
    file = relay.directory / "data" / "blobs" / "whole" / path.removeprefix("/blobs/")
    os.utime(file, (time.time() - seconds, time.time() - seconds))


def test_what_was_kept_for_its_time_has_expired_also_after_a_restart(short: RelayProcess) -> None:
    alice = short.device("alice")
    content, other = os.urandom(1000), os.urandom(1000)
    path, young = f"/blobs/{digest_of(content)}", f"/blobs/{digest_of(other)}"
    alice.client.put(path, content=content)
    aged(short, path, 120.0)
    collect(short, untouched_s=1e9)
    eventually(lambda: alice.client.get(path).status_code == 410, "the blob has expired")
    assert alice.client.get(path).json()["code"] == "expired"
    assert alice.client.put(young, content=other).status_code == 201
    assert alice.client.get(young).content == other
    assert short.http.get("/metrics").json()["blob_bytes_stored"] == 1000
    short.kill()
    short.restart()
    assert alice.client.get(path).status_code == 410
    assert alice.client.get(f"/blobs/{'0' * 64}").status_code == 404


def test_who_brings_it_again_has_it_kept_anew(short: RelayProcess) -> None:
    alice = short.device("alice")
    content = os.urandom(1000)
    path = f"/blobs/{digest_of(content)}"
    for _ in range(2):
        alice.client.put(path, content=content)
        aged(short, path, 120.0)
        collect(short, untouched_s=1e9)
        eventually(lambda: alice.client.get(path).status_code == 410, "the blob has expired")
    assert alice.client.put(path, content=content).status_code == 201
    assert alice.client.get(path).content == content


@pytest.mark.parametrize("asked", ["PUT", "HEAD"])
def test_whoever_needs_it_begins_its_time_anew(tmp_path: Path, asked: str) -> None:
    with RelayProcess(tmp_path / "relay") as relay:
        alice = relay.device("alice")
        content = os.urandom(1000)
        path = f"/blobs/{digest_of(content)}"
        alice.client.put(path, content=content)
        aged(relay, path, 1000.0)
        if asked == "PUT":
            assert alice.client.put(path, content=content).status_code == 200
        else:
            assert alice.client.head(path.replace("/blobs/", "/uploads/")).headers["upload-complete"] == "?1"
        file = relay.directory / "data" / "blobs" / "whole" / digest_of(content)
        assert time.time() - file.stat().st_mtime < 500


OPERATOR = {"Authorization": f"Bearer {SECRET}"}


def brought(device: Device, *, refers: bool) -> str:
    """A blob is brought, and a message refers to it or not. Returns its path."""
    content = os.urandom(1000)
    path = f"/blobs/{digest_of(content)}"
    device.client.put(path, content=content)
    if refers:
        blobs = [{"digest": digest_of(content), "size": 1000, "name": "picture"}]
        event = {"op_id": digest_of(content), "kind": "append", "body": "{}", "blobs": blobs}
        reply = device.client.post(f"/rooms/{ROOM}/events", json={"events": [event]})
        assert reply.status_code == 200, reply.text
    return path


def collect(relay: RelayProcess, untouched_s: float = 0.0) -> None:
    reply = relay.http.post("/collect", json={"untouched_s": untouched_s}, headers=OPERATOR)
    assert reply.status_code == 202, reply.text


def test_orphans_go_and_nothing_else_also_over_a_kill(tmp_path: Path) -> None:
    with RelayProcess(tmp_path / "relay", {"collect_turn_s": 0.5}) as relay:
        [alice] = relay.room("alice")
        kept = [brought(alice, refers=True) for _ in range(3)]
        orphans = [brought(alice, refers=False) for _ in range(10)]
        collect(relay)
        eventually(lambda: relay.http.get("/metrics").json()["blobs_collected"], "one is gone")
        relay.kill()
        relay.restart()
        there = [path for path in orphans if alice.client.head(path).status_code == 200]
        assert 0 < len(there) < 10, "it was killed in the middle"
        collect(relay)
        eventually(
            lambda: all(alice.client.head(path).status_code == 404 for path in orphans), "all are gone"
        )
        assert [alice.client.get(path).status_code for path in kept] == [200] * 3
        assert relay.http.get("/metrics").json()["blob_bytes_stored"] == 3000


def test_a_push_that_says_so_is_refused_where_a_blob_is_gone(relay: RelayProcess) -> None:
    [alice] = relay.room("alice")
    content = os.urandom(1000)
    path = f"/blobs/{digest_of(content)}"
    alice.client.put(path, content=content)
    collect(relay)
    eventually(lambda: alice.client.head(path).status_code == 404, "it was an orphan")
    blobs = [{"digest": digest_of(content), "size": 1000, "name": "picture"}]
    events = [{"op_id": "one", "kind": "append", "body": "{}", "blobs": blobs}]
    pushed = alice.client.post(f"/rooms/{ROOM}/events", json={"events": events, "brought": True})
    assert (pushed.status_code, pushed.json()["code"]) == (424, "unknown_blob")
    alice.client.put(path, content=content)
    pushed = alice.client.post(f"/rooms/{ROOM}/events", json={"events": events, "brought": True})
    assert pushed.status_code == 200


def test_what_somebody_has_just_brought_stays(relay: RelayProcess) -> None:
    [alice] = relay.room("alice")
    young, old = brought(alice, refers=False), brought(alice, refers=False)
    aged(relay, old, 100.0)
    collect(relay, 50.0)
    eventually(lambda: alice.client.head(old).status_code == 404, "the old one is gone")
    assert alice.client.head(young).status_code == 200


def test_orphans_go_by_themselves(tmp_path: Path) -> None:
    with RelayProcess(tmp_path / "relay", {"orphan_s": 4.0}) as relay:
        [alice] = relay.room("alice")
        orphan, kept = brought(alice, refers=False), brought(alice, refers=True)
        for path in (orphan, kept):
            aged(relay, path, 100.0)
        eventually(lambda: alice.client.head(orphan).status_code == 404, "the orphan is gone")
        assert alice.client.head(kept).status_code == 200


def test_only_the_operator_collects(relay: RelayProcess) -> None:
    alice = relay.device("alice")
    assert alice.client.post("/collect", json={"untouched_s": 0}).status_code == 401
    wrong = relay.http.post("/collect", json={"untouched_s": -1}, headers=OPERATOR)
    assert wrong.status_code == 400


def test_a_relay_before_it_knew_of_references_finds_them_out(relay: RelayProcess) -> None:
    [alice] = relay.room("alice")
    kept, orphan = brought(alice, refers=True), brought(alice, refers=False)
    relay.stop()
    connection = sqlite3.connect(relay.directory / "data" / "relay.db", isolation_level=None)
    connection.execute("DROP TABLE blob_references")
    connection.execute("DROP TABLE invites")
    connection.execute("PRAGMA user_version=1")
    connection.close()
    relay.restart()
    collect(relay)
    eventually(lambda: alice.client.head(orphan).status_code == 404, "the orphan is gone")
    assert alice.client.head(kept).status_code == 200
