"""A relay that cannot start says why in one line and exits with a status other than 0."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from syncproof_products.bundled.relay.database import VERSION
from syncproof_products.bundled.tests.relay_process.relay_process import DEADLINE_S, RelayProcess


def refusal(tmp_path: Path, text: str | None = None, **changes: object) -> str:
    """What a relay that must not start says."""
    config = tmp_path / "config.json"
    given = {"directory": str(tmp_path / "data"), "port": 0, "secret": "s", **changes}
    config.write_text(json.dumps(given) if text is None else text)
    relay = subprocess.run(
        [sys.executable, "-m", "syncproof_products.bundled.relay", "--config", str(config)],
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert relay.returncode == 2
    assert relay.stdout == ""
    (line,) = relay.stderr.splitlines()
    assert line.startswith("syncproof_products.bundled.relay: ")
    return line


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert f"127.0.0.1:{port} is in use by another program" in refusal(tmp_path, port=port)


def test_a_host_that_is_not_ours(tmp_path: Path) -> None:
    assert "cannot listen on 192.0.2.1:0" in refusal(tmp_path, host="192.0.2.1")


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    line = refusal(tmp_path, directory=str(tmp_path / "file" / "data"))
    assert "cannot use the directory" in line
    assert "Not a directory" in line


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_that_may_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o500)
    assert "Permission denied" in refusal(tmp_path)


def test_a_directory_that_takes_no_write(tmp_path: Path) -> None:
    line = refusal(tmp_path, directory="/proc/self")
    assert "cannot use the directory /proc/self" in line


def test_a_directory_that_another_relay_uses(tmp_path: Path) -> None:
    with RelayProcess(tmp_path / "first") as first:
        assert "another relay is using the directory" in refusal(
            tmp_path, directory=str(first.directory / "data")
        )
        assert first.http.get("/health").status_code == 200


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_key_of_another_size(tmp_path: Path, size: int) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "relay.key").write_bytes(bytes(size))
    assert f"relay.key: it has {size} bytes, expected 32" in refusal(tmp_path)


def test_a_database_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "relay.db").write_bytes(b"not a database" * 1000)
    assert "file is not a database" in refusal(tmp_path)


def test_a_database_of_a_newer_relay(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    connection = sqlite3.connect(tmp_path / "data" / "relay.db")
    connection.execute("PRAGMA user_version=99")
    connection.close()
    assert f"has version 99 of the schema; this relay knows version {VERSION}" in refusal(tmp_path)


def test_a_disk_without_room(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"directory": str(tmp_path / "data"), "port": 0, "secret": "s"}))
    relay = subprocess.run(
        [
            "sh",
            "-c",
            f'ulimit -f 1; exec "{sys.executable}" -m syncproof_products.bundled.relay --config "{config}"',
        ],
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert relay.returncode == 2
    assert "cannot use the database" in relay.stderr
    assert len(relay.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not a JSON object"),
        ('{"secret": "s"}', "missing required field `directory`"),
        ('{"directory": "d", "secret": "s", "settings": {"pages": 1}}', "unknown field `pages`"),
    ],
)
def test_a_configuration_that_cannot_be(tmp_path: Path, text: str, message: str) -> None:
    assert message in refusal(tmp_path, text)


def test_the_port_that_was_named_is_taken_again_after_a_kill(tmp_path: Path) -> None:
    with RelayProcess(tmp_path / "relay") as relay:
        port = relay.port
        relay.http.get("/health")
        relay.kill()
        relay.restart()
        assert relay.port == port
