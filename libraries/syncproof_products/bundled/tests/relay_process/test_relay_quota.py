"""A relay with a quota for blobs: figures and an error that says what can be done, and nothing dropped in silence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from syncproof_products.bundled.tests.relay_process.relay_process import SECRET, RelayProcess, eventually
from syncproof_products.bundled.tests.relay_process.test_relay_blobs import digest_of, partial_files

OPERATOR = {"Authorization": f"Bearer {SECRET}"}


@pytest.fixture
def small(tmp_path: Path) -> Iterator[RelayProcess]:
    """A relay with room for 1,000 bytes of blobs."""
    with RelayProcess(tmp_path / "relay", {"blob_quota_bytes": 1000}) as relay:
        yield relay


def blob(size: int) -> tuple[str, bytes]:
    content = os.urandom(size)
    return f"/blobs/{digest_of(content)}", content


def figures(relay: RelayProcess) -> tuple[int, int]:
    metrics = relay.http.get("/metrics").json()
    return metrics["blob_bytes_stored"], metrics["blob_quota_bytes"]


def test_what_does_not_fit_is_refused_with_figures_announced_or_not(small: RelayProcess) -> None:
    alice = small.device("alice")
    path, content = blob(600)
    assert alice.client.put(path, content=content).status_code == 201
    assert figures(small) == (600, 1000)
    other, more = blob(401)
    for body in (more, iter([more])):
        reply = alice.client.put(other, content=body)
        assert (reply.status_code, reply.json()["code"]) == (507, "quota_exceeded")
        for words in ("600 of 1000 bytes", "401", "raised the quota"):
            assert words in reply.json()["message"]
    assert alice.client.get(other).status_code == 404
    assert partial_files(small) == []
    assert alice.client.put(path, content=content).status_code == 200, "what is here takes no more room"
    fits, last = blob(400)
    assert alice.client.put(fits, content=last).status_code == 201
    assert figures(small) == (1000, 1000)


@pytest.mark.parametrize(("announced", "statuses"), [(True, (201, 507)), (False, (507, 201))])
def test_uploads_at_the_same_time_do_not_exceed_it_together(
    small: RelayProcess, announced: bool, statuses: tuple[int, int]
) -> None:
    slow, quick = small.device("alice").client, small.device("bob").client
    path, content = blob(600)
    go_on = Event()

    def pieces() -> Iterator[bytes]:
        yield content[:300]
        assert go_on.wait(30)
        yield content[300:]

    headers = {"Content-Length": "600"} if announced else {}
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(lambda: slow.put(path, content=pieces(), headers=headers).status_code)
        try:
            eventually(lambda: partial_files(small) != [], "the first upload begins")
            other, more = blob(600)
            assert quick.put(other, content=more).status_code == statuses[1]
        finally:
            go_on.set()
        assert first.result(30) == statuses[0]
    assert figures(small) == (600, 1000)


def test_parts_of_what_does_not_fit_are_refused_before_they_are_stored(small: RelayProcess) -> None:
    alice = small.device("alice")
    path, content = blob(1001)
    headers = {"Upload-Offset": "0", "Upload-Length": "1001"}
    reply = alice.client.patch(path.replace("/blobs/", "/uploads/"), content=content[:500], headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (507, "quota_exceeded")
    assert partial_files(small) == []


def test_the_operator_raises_the_quota_and_removes_blobs(small: RelayProcess) -> None:
    alice = small.device("alice")
    path, content = blob(1000)
    alice.client.put(path, content=content)
    other, more = blob(500)
    assert alice.client.put(other, content=more).status_code == 507
    assert small.http.put("/quota", json={"bytes": 5000}).status_code == 401
    assert small.http.put("/quota", json={"bytes": -1}, headers=OPERATOR).status_code == 400
    raised = small.http.put("/quota", json={"bytes": 1500}, headers=OPERATOR)
    assert raised.json() == {"bytes": 1500, "used": 1000}
    assert alice.client.put(other, content=more).status_code == 201
    assert small.http.put("/quota", json={"bytes": 0}, headers=OPERATOR).json()["used"] == 1500
    assert alice.client.get(path).content == content, "what is here stays"
    small.http.delete(path, headers=OPERATOR)
    assert figures(small) == (500, 0)


def test_what_is_stored_counts_after_a_restart(small: RelayProcess) -> None:
    alice = small.device("alice")
    path, content = blob(700)
    alice.client.put(path, content=content)
    small.kill()
    small.restart()
    assert figures(small) == (700, 1000)
