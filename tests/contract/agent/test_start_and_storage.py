"""What an agent says when it cannot start, and what it does when its disk is full."""

from __future__ import annotations

import json
import resource
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.contract.agent.table import Table, until

from syncproof.processes import Launcher, NotReady


def _config(directory: Path, **changes: object) -> dict[str, Any]:
    return {"device": "Alice", "directory": str(directory), "secret": "s", **changes}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"device": ""}, "$.device"),
        ({"port": 70_000}, "$.port"),
        ({"colour": "red"}, "colour"),
        ({"settings": {"retry_bas_s": 1.0}}, "retry_bas_s"),
        ({"settings": {"retry_jitter": 2.0}}, "retry_jitter"),
    ],
)
def test_a_wrong_configuration_is_named(
    launcher: Launcher, tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(NotReady) as failure:
        launcher.spawn("Alice", "syncproof_products.bundled.agent.main:run", _config(tmp_path, **changes))
    assert said in str(failure.value)
    assert "Traceback" not in str(failure.value)


def test_a_port_in_use_is_named(launcher: Launcher, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(NotReady, match=rf"127\.0\.0\.1:{port}"):
            launcher.spawn("Alice", "syncproof_products.bundled.agent.main:run", _config(tmp_path, port=port))


def test_the_directory_of_another_device_is_refused(table: Table, launcher: Launcher, tmp_path: Path) -> None:
    bob = table.agent("Bob")
    bob.process.stop(3.0)
    with pytest.raises(NotReady, match="belongs to device 'Bob'"):
        launcher.spawn("Alice", "syncproof_products.bundled.agent.main:run", _config(tmp_path / "Bob"))


def test_a_storage_that_is_no_database_is_named(launcher: Launcher, tmp_path: Path) -> None:
    (tmp_path / "device.sqlite").write_bytes(b"not a database" * 1000)
    with pytest.raises(NotReady, match=r"cannot use .*device\.sqlite"):
        launcher.spawn("Alice", "syncproof_products.bundled.agent.main:run", _config(tmp_path))


def test_it_runs_by_hand_and_ends_by_sigterm(tmp_path: Path) -> None:
    config = tmp_path / "agent.json"
    config.write_text(json.dumps(_config(tmp_path / "alice")))
    with subprocess.Popen(
        [sys.executable, "-m", "syncproof_products.bundled.agent", "--config", str(config)],
        stdout=subprocess.PIPE,
    ) as agent:
        assert agent.stdout is not None
        ready = json.loads(agent.stdout.readline())
        socket.create_connection((ready["host"], ready["port"])).close()
        agent.terminate()
        assert agent.wait(10) == 0


def test_sigterm_ends_it_at_once_though_a_reader_waits_for_events(table: Table) -> None:
    (alice,) = table.syncing("Alice")
    last = alice.get("/events?limit=10000")["next"]
    with socket.create_connection(("127.0.0.1", int(str(alice.process.ready["port"])))) as reader:
        request = f"GET /events?incarnation=1&after={last}&wait=60 HTTP/1.1\r\nHost: a\r\n\r\n"
        reader.sendall(request.encode())
        alice.get("/status")
        alice.process.signal(15)
        assert alice.process.wait(5.0) == 0


def test_a_full_disk_is_said_and_loses_nothing(table: Table) -> None:
    """The kernel refuses to let any file of the device grow: what SQLite sees then is a full disk."""
    alice, bob = table.syncing("Alice", "Bob", retry_base_s=0.05, retry_max_s=0.2)
    for number in range(5):
        alice.send(number)
    alice.until_delivered(5)
    bob.until_delivered(5)
    pid = alice.process.pid
    unlimited = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, unlimited[1]))

    refused = alice.post("/ops", alice.op(5, "x" * 10_000), 507)
    assert (refused["code"], refused["happened"]) == ("storage", "no")
    bob.send(1)
    until(lambda: alice.get("/metrics")["commitsFailed"], lambda failed: failed > 1)
    assert len(alice.delivered()) == 5
    blob = alice.http.put(f"/blobs/{'0' * 64}", content=b"y" * 100_000)
    assert (blob.status_code, blob.json()["code"]) == (507, "storage")

    resource.prlimit(pid, resource.RLIMIT_FSIZE, unlimited)
    alice.send(6)
    assert alice.until_delivered(7)[:5] == [f"Alice-{number}" for number in range(5)]
    assert sorted(alice.delivered()[5:]) == ["Alice-6", "Bob-1"]
    assert alice.get("/ops/Alice-5")["state"] == "unknown"
    alice.restart_after_kill()
    assert alice.until_delivered(7) == bob.until_delivered(7)
