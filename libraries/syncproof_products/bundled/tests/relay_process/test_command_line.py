"""`sync-cli`, command by command, over a relay in a process of its own."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from syncproof_products.bundled.cli.main import main
from syncproof_products.bundled.tests.relay_process.relay_process import SECRET, RelayProcess

Says = Callable[..., Any]


@pytest.fixture
def cli(relay: RelayProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Says:
    """Runs a command of a device; answers its JSON, or (with `fails`) what it says on stderr."""

    def run(name: str, *words: str, fails: bool = False) -> Any:
        options = ["--data-dir", str(tmp_path / name), "--output", "json"]
        status = main([*words, *options])
        out, err = capsys.readouterr()
        assert (status, bool(err)) == (int(fails), fails), err
        return err.removeprefix("sync-cli: ").strip() if fails else json.loads(out)

    for name in ("A", "B"):
        run(name, "init", "--name", name, "--relay", f"{relay.host}:{relay.port}", "--secret", SECRET)
    return run


def test_two_devices_pair_push_and_pull(cli: Says, tmp_path: Path) -> None:
    """As the plan has it: Z-CLI-01."""
    key = tmp_path / "A" / "device.key"
    assert (len(key.read_text().strip()), stat.S_IMODE(key.stat().st_mode)) == (64, 0o600)
    code = cli("A", "pair", "--create", "--passphrase", "test")["code"]
    assert len(code) == 19
    group = cli("B", "pair", "--join", code.lower())["group"]
    (tmp_path / "data.json").write_text('{"a": "\u00fc"}')
    cli("A", "push", "Hello from A")
    cli("A", "push", "--file", str(tmp_path / "data.json"))
    pulled = cli("B", "pull")
    assert [(each["author"], each["text"]) for each in pulled["messages"]] == [
        ("A", "Hello from A"),
        ("A", '{"a": "\u00fc"}'),
    ]
    assert [each["text"] for each in cli("B", "pull", "--after-cursor", "1")["messages"]] == [
        '{"a": "\u00fc"}'
    ]
    assert cli("B", "pull", "--after-cursor", str(pulled["cursor"]))["messages"] == []
    assert [each["name"] for each in cli("A", "devices")["devices"]] == ["A", "B"]
    status = cli("B", "status")
    assert (status["group"], status["connection"], status["cursor"], status["waiting"]) == (
        group,
        "live",
        2,
        0,
    )


def test_what_cannot_be_done_is_one_message(cli: Says, relay: RelayProcess, tmp_path: Path) -> None:
    assert "has a device already" in cli("A", "init", "--name", "A", fails=True)
    assert "--relay must be like" in cli("C", "init", "--name", "C", "--relay", "nowhere", fails=True)
    assert not (tmp_path / "C").exists()
    assert "has no device: begin with" in cli("C", "pull", fails=True)
    assert "in no group" in cli("A", "push", "hello", fails=True)
    assert "choose another" in cli("A", "pair", "--create", "--passphrase", "", fails=True)
    assert "choose another" in cli("A", "pair", "--create", "--passphrase", "x" * 1_000_000, fails=True)
    assert "no such invite" in cli("A", "pair", "--join", "ABCD-EFGH-IJKL-MNOP", fails=True)
    assert "read it again" in cli("A", "pair", "--join", "ABCD", fails=True)
    (tmp_path / "A" / "device.key").write_text((tmp_path / "B" / "device.key").read_text())
    assert "somebody else's" in cli("A", "status", fails=True)
    cli("B", "pair", "--create")
    (tmp_path / "photo").write_bytes(b"\xff\xd8")
    assert "no text in UTF-8" in cli("B", "push", "--file", str(tmp_path / "photo"), fails=True)
    assert "cannot be read" in cli("B", "push", "--file", str(tmp_path / "nothing"), fails=True)
    relay.kill()
    assert "goes out with the next command" in cli("B", "push", "later", "--timeout", "0.5", fails=True)
    assert cli("B", "status", "--timeout", "0.5")["waiting"] == 1
    relay.restart()
    assert [each["text"] for each in cli("B", "pull")["messages"]] in ([], ["later"])
