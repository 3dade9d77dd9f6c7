"""A relay whose directory of blobs is away: it says so, calls nothing missing, and goes on when it is back."""

from __future__ import annotations

import os

from syncproof_products.bundled.tests.relay_process.relay_process import RelayProcess
from syncproof_products.bundled.tests.relay_process.test_relay_blobs import digest_of


def test_while_its_storage_is_away_a_relay_says_so_and_calls_nothing_missing(relay: RelayProcess) -> None:
    [alice] = relay.room("alice")
    content, other = os.urandom(1000), os.urandom(1000)
    path, upload = f"/blobs/{digest_of(content)}", f"/uploads/{digest_of(other)}"
    alice.client.put(path, content=content)
    folder = relay.directory / "data" / "blobs"
    folder.rename(folder.with_name("away"))
    for reply in (
        alice.client.get(path),
        alice.client.get(f"/blobs/{digest_of(other)}"),
        alice.client.put(f"/blobs/{digest_of(other)}", content=other),
        alice.client.patch(upload, content=other, headers={"Upload-Length": "1000", "Upload-Offset": "0"}),
    ):
        assert reply.status_code == 503, reply.text
        assert reply.json()["code"] in ("storage_away", "storage_failed")
        assert reply.headers["retry-after"] == "1"
    assert alice.client.head(upload).status_code == 503
    assert alice.push("op-1").status_code == 200, "rooms do not need it"
    folder.with_name("away").rename(folder)
    assert alice.client.get(path).content == content
    assert alice.client.put(f"/blobs/{digest_of(other)}", content=other).status_code == 201
