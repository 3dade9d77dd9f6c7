from __future__ import annotations

import os
import socket
from pathlib import Path

import httpx

from syncproof_products.bundled.tests.relay_process.relay_process import RelayProcess, eventually
from syncproof_products.bundled.tests.relay_process.test_relay_blobs import digest_of

CONTENT = os.urandom(300_000)
PATH = f"/uploads/{digest_of(CONTENT)}"
BLOB = f"/blobs/{digest_of(CONTENT)}"


def part(client: httpx.Client, start: int, end: int, size: int = len(CONTENT)) -> httpx.Response:
    headers = {"Upload-Offset": str(start), "Upload-Length": str(size)}
    return client.patch(PATH, headers=headers, content=CONTENT[start:end])


def held(client: httpx.Client) -> tuple[str, str]:
    reply = client.head(PATH)
    assert reply.status_code == 200
    return reply.headers["upload-offset"], reply.headers["upload-complete"]


def test_parts_become_a_blob_also_over_a_kill(relay: RelayProcess) -> None:
    alice, bob = relay.device("alice"), relay.device("bob")
    assert held(alice.client) == ("0", "?0")
    assert part(alice.client, 0, 100_000).headers["upload-offset"] == "100000"
    relay.kill()
    relay.restart()
    assert held(alice.client) == ("100000", "?0")
    assert held(bob.client) == ("0", "?0"), "each device has its own"
    assert alice.client.get(BLOB).status_code == 404, "half of it is no blob"
    wrong = part(alice.client, 200_000, 300_000)
    assert (wrong.status_code, wrong.headers["upload-offset"]) == (409, "100000")
    assert part(alice.client, 100_000, 200_000).headers["upload-offset"] == "200000"
    done = part(alice.client, 200_000, 300_000)
    assert (done.status_code, done.headers["upload-complete"]) == (200, "?1")
    assert bob.client.get(BLOB).content == CONTENT
    assert held(bob.client) == ("300000", "?1"), "what is there whole, nobody has to bring"
    assert part(bob.client, 0, 10).headers["upload-complete"] == "?1"
    assert partials(relay) == []


def test_all_parts_are_there_and_the_relay_dies_before_it_makes_a_whole_of_them(relay: RelayProcess) -> None:
    alice = relay.device("alice")
    part(alice.client, 0, 200_000)
    relay.kill()
    with next((relay.directory / "data" / "blobs" / "partial").iterdir()).open("ab") as file:
        file.write(CONTENT[200_000:])
    relay.restart()
    assert held(alice.client) == ("300000", "?0")
    assert part(alice.client, 300_000, 300_000).headers["upload-complete"] == "?1"
    assert alice.client.get(BLOB).content == CONTENT


def test_what_came_of_a_part_that_broke_off_stays(relay: RelayProcess) -> None:
    alice = relay.device("alice")
    with begin_part(relay, alice.headers["Authorization"], CONTENT[:50_000]):
        eventually(lambda: partial_bytes(relay) == 50_000, "the beginning is on the disk")
    eventually(lambda: held(alice.client) == ("50000", "?0"), "it stays")
    assert part(alice.client, 50_000, 300_000).headers["upload-complete"] == "?1"


def test_who_asks_goes_on_and_the_connection_before_writes_no_more(relay: RelayProcess) -> None:
    alice = relay.device("alice")
    with begin_part(relay, alice.headers["Authorization"], CONTENT[:50_000]) as before:
        eventually(lambda: partial_bytes(relay) == 50_000, "the beginning is on the disk")
        assert held(alice.client) == ("50000", "?0")
        before.sendall(CONTENT[50_000:60_000])
        eventually(lambda: b" 409 " in before.recv(1000), "it is told so")
    assert part(alice.client, 50_000, 300_000).headers["upload-complete"] == "?1"


def test_a_part_that_is_refused_stops_no_upload(relay: RelayProcess) -> None:
    alice = relay.device("alice")
    with begin_part(relay, alice.headers["Authorization"], CONTENT[:50_000]) as under_way:
        eventually(lambda: partial_bytes(relay) == 50_000, "the beginning is on the disk")
        late = part(alice.client, 10, 20)
        assert (late.status_code, late.headers["upload-offset"]) == (409, "50000")
        under_way.sendall(CONTENT[50_000:60_000])
        eventually(lambda: partial_bytes(relay) == 60_000, "it goes on")


def test_what_another_device_has_finished_is_kept_once(relay: RelayProcess) -> None:
    alice, bob = relay.device("alice"), relay.device("bob")
    part(alice.client, 0, 100_000)
    part(bob.client, 0, 300_000)
    assert len(partials(relay)) == 1
    assert part(alice.client, 100_000, 200_000).headers["upload-complete"] == "?1"
    assert partials(relay) == []


def test_bytes_that_are_not_what_the_digest_says_are_thrown_away(relay: RelayProcess) -> None:
    alice = relay.device("alice")
    headers = {"Upload-Offset": "0", "Upload-Length": "300000"}
    reply = alice.client.patch(PATH, headers=headers, content=bytes(300_000))
    assert (reply.status_code, reply.json()["code"]) == (400, "digest_mismatch")
    assert (held(alice.client), partials(relay)) == (("0", "?0"), [])
    assert alice.client.patch(PATH, content=b"x").status_code == 400
    assert alice.client.patch(PATH, headers={"Upload-Length": "-1"}, content=b"x").status_code == 400
    assert part(alice.client, 0, 300_000).headers["upload-complete"] == "?1"


def test_more_than_was_announced_is_cut_off(relay: RelayProcess) -> None:
    alice = relay.device("alice")
    headers = {"Upload-Offset": "0", "Upload-Length": "300000"}
    reply = alice.client.patch(PATH, headers=headers, content=CONTENT + b"more")
    assert reply.headers["upload-complete"] == "?1"
    assert alice.client.get(BLOB).content == CONTENT


def test_limits_and_the_collection_of_what_is_abandoned(tmp_path: Path) -> None:
    limits: dict[str, object] = {"max_blob_bytes": 300_000, "upload_idle_s": 0.8}
    with RelayProcess(tmp_path / "relay", limits) as relay:
        alice = relay.device("alice")
        assert part(alice.client, 0, 10, size=300_001).status_code == 413
        assert part(alice.client, 0, 10).status_code == 200
        eventually(lambda: partials(relay) == [], "nobody went on with it")
        assert held(alice.client) == ("0", "?0")


def test_the_request_log_says_where_parts_begin(relay: RelayProcess) -> None:
    alice = relay.device("alice")
    part(alice.client, 0, 100_000)
    part(alice.client, 100_000, 300_000)
    asked = [entry for entry in relay.operator("/requests").json()["requests"] if entry["path"] == PATH]
    assert [(entry["method"], entry["range"]) for entry in asked] == [
        ("PATCH", "bytes=0-"),
        ("PATCH", "bytes=100000-"),
    ]


def begin_part(relay: RelayProcess, authorization: str, content: bytes) -> socket.socket:
    """Send the beginning of a part that never ends."""
    link = socket.create_connection((relay.host, relay.port))
    head = (
        f"PATCH {PATH} HTTP/1.1\r\nHost: r\r\nAuthorization: {authorization}\r\nUpload-Offset: 0\r\n"
        f"Upload-Length: {len(CONTENT)}\r\nContent-Length: {len(CONTENT)}\r\n\r\n"
    )
    link.sendall(head.encode() + content)
    return link


def partials(relay: RelayProcess) -> list[str]:
    return os.listdir(relay.directory / "data" / "blobs" / "partial")


def partial_bytes(relay: RelayProcess) -> int:
    folder = relay.directory / "data" / "blobs" / "partial"
    return sum(path.stat().st_size for path in folder.iterdir())
