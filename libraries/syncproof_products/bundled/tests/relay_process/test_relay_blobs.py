from __future__ import annotations

import hashlib
import os
import socket
import threading
from pathlib import Path

import psutil

from syncproof_products.bundled.tests.relay_process.relay_process import RelayProcess, eventually

MIB = 1024 * 1024


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_a_blob_is_stored_once_and_comes_back(relay: RelayProcess) -> None:
    alice, bob = relay.device("alice"), relay.device("bob")
    content = os.urandom(300_000)
    path = f"/blobs/{digest_of(content)}"
    assert bob.client.get(path).status_code == 404
    assert alice.client.put(path, content=content).status_code == 201
    assert bob.client.put(path, content=content).status_code == 200
    reply = bob.client.get(path)
    assert (reply.status_code, reply.content) == (200, content)
    head = bob.client.head(path)
    assert (head.status_code, head.headers["content-length"], head.content) == (200, "300000", b"")
    relay.kill()
    relay.restart()
    assert bob.client.get(path).content == content


def test_ranges(relay: RelayProcess) -> None:
    alice = relay.device("alice")
    content = os.urandom(1000)
    path = f"/blobs/{digest_of(content)}"
    alice.client.put(path, content=content)
    for header, start, end in (("bytes=900-", 900, 1000), ("bytes=0-0", 0, 1), ("bytes=-1", 999, 1000)):
        reply = alice.client.get(path, headers={"Range": header})
        assert (reply.status_code, reply.content) == (206, content[start:end])
        assert reply.headers["content-range"] == f"bytes {start}-{end - 1}/1000"
    beyond = alice.client.get(path, headers={"Range": "bytes=1000-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, "bytes */1000")
    assert alice.client.get(path, headers={"Range": "lines=1-"}).status_code == 200


def test_an_empty_blob(relay: RelayProcess) -> None:
    alice = relay.device("alice")
    path = f"/blobs/{digest_of(b'')}"
    assert alice.client.put(path, content=b"").status_code == 201
    assert alice.client.get(path).content == b""


def test_bytes_that_are_not_what_the_digest_says_are_not_stored(relay: RelayProcess) -> None:
    alice = relay.device("alice")
    path = f"/blobs/{digest_of(b'right')}"
    reply = alice.client.put(path, content=b"wrong")
    assert (reply.status_code, reply.json()["code"]) == (400, "digest_mismatch")
    assert alice.client.get(path).json()["code"] == "unknown_blob"
    for name in ("x", "A" * 64, "..%2f..%2fconfig.json"):
        assert alice.client.get(f"/blobs/{name}").status_code in (400, 404)
        assert alice.client.put(f"/blobs/{name}", content=b"x").status_code in (400, 404)


def test_the_request_log_says_which_bytes_were_asked_for(relay: RelayProcess) -> None:
    alice = relay.device("alice")
    content = b"0123456789"
    path = f"/blobs/{digest_of(content)}"
    alice.client.put(path, content=content)
    for header in ({}, {"Range": "bytes=4-"}):
        alice.client.get(path, headers=header)
    asked = [entry for entry in relay.operator("/requests").json()["requests"] if entry["path"] == path]
    assert [(entry["method"], entry["status"], entry["range"]) for entry in asked] == [
        ("PUT", 201, None),
        ("GET", 200, None),
        ("GET", 206, "bytes=4-"),
    ]


def test_too_large_announced_or_not(tmp_path: Path) -> None:
    with RelayProcess(tmp_path / "relay", {"max_blob_bytes": 1000}) as relay:
        alice = relay.device("alice")
        content = b"x" * 1001
        path = f"/blobs/{digest_of(content)}"
        assert alice.client.put(path, content=content).status_code == 413
        assert alice.client.put(path, content=iter([content])).status_code == 413
        assert alice.client.put(f"/blobs/{digest_of(b'y' * 1000)}", content=b"y" * 1000).status_code == 201
        assert partial_files(relay) == []


def test_an_upload_that_breaks_off_leaves_nothing(relay: RelayProcess) -> None:
    alice = relay.device("alice")
    content = os.urandom(MIB)
    path = f"/blobs/{digest_of(content)}"
    begin_upload(relay, alice.headers["Authorization"], path, content[:500_000]).close()
    eventually(lambda: partial_files(relay) == [], "the partial file is removed")
    assert alice.client.get(path).status_code == 404
    link = begin_upload(relay, alice.headers["Authorization"], path, content[:500_000])
    relay.kill()
    link.close()
    assert len(partial_files(relay)) == 1
    relay.restart()
    assert partial_files(relay) == []
    assert alice.client.put(path, content=content).status_code == 201


def test_several_upload_the_same_at_once(relay: RelayProcess) -> None:
    content = os.urandom(2 * MIB)
    path = f"/blobs/{digest_of(content)}"
    devices = [relay.device(f"device-{number}") for number in range(4)]
    statuses: list[int] = []
    threads = [
        threading.Thread(
            target=lambda d=device: statuses.append(d.client.put(path, content=content).status_code)
        )
        for device in devices
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 200, 200, 201]
    assert devices[0].client.get(path).content == content


def test_large_blobs_pass_in_pieces(relay: RelayProcess) -> None:
    alice = relay.device("alice")
    piece = os.urandom(MIB)
    sha256 = hashlib.sha256()
    for _ in range(60):
        sha256.update(piece)
    path = f"/blobs/{sha256.hexdigest()}"
    process = psutil.Process(relay.process.pid)
    before = process.memory_info().rss
    assert alice.client.put(path, content=(piece for _ in range(60))).status_code == 201
    seen = hashlib.sha256()
    with alice.client.stream("GET", path) as reply:
        for chunk in reply.iter_bytes():
            seen.update(chunk)
    assert seen.hexdigest() == sha256.hexdigest()
    assert process.memory_info().rss - before < 20 * MIB


def begin_upload(relay: RelayProcess, authorization: str, path: str, content: bytes) -> socket.socket:
    """Send the beginning of a blob, and wait until the relay has some of it."""
    link = socket.create_connection((relay.host, relay.port))
    head = (
        f"PUT {path} HTTP/1.1\r\nHost: r\r\nAuthorization: {authorization}\r\nContent-Length: 1048576\r\n\r\n"
    )
    link.sendall(head.encode() + content)
    eventually(lambda: len(partial_files(relay)) == 1, "a partial file is there")
    return link


def partial_files(relay: RelayProcess) -> list[str]:
    return os.listdir(relay.directory / "data" / "blobs" / "arriving")


def test_the_operator_and_nobody_else_takes_a_blob_away(relay: RelayProcess) -> None:
    alice = relay.device("alice")
    content = os.urandom(1000)
    path = f"/blobs/{digest_of(content)}"
    alice.client.put(path, content=content)
    assert alice.client.delete(path).status_code == 401
    assert alice.client.get(path).content == content
    operator = {"Authorization": "Bearer a secret"}
    assert relay.http.delete(path, headers=operator).status_code == 204
    assert alice.client.get(path).status_code == 404
    assert relay.http.delete(path, headers=operator).status_code == 404
    assert relay.http.delete("/blobs/..%2Fdata", headers=operator).status_code == 404
    assert relay.http.get("/metrics").json()["blob_bytes_stored"] == 0
    assert alice.client.put(path, content=content).status_code == 201
