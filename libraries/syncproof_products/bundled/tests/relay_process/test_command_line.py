"""`sync-cli`, command by command, over a relay in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from syncproof_products.bundled.cli.main import main
from syncproof_products.bundled.device.directory import Directory
from syncproof_products.bundled.tests.relay_process.relay_process import SECRET, RelayProcess

Says = Callable[..., Any]


@pytest.fixture
def cli(relay: RelayProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Says:
    """Runs a command of a device; answers its JSON, or (with `fails`) what it says on stderr."""

    def run(name: str, *words: str, fails: bool = False) -> Any:
        options = ["--data-dir", str(tmp_path / name), "--output", "json"]
        status = main([*words, *options])
        out, err = capsys.readouterr()
        assert (status, err.count("\n")) == (int(fails), int(fails)), err
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


def test_a_command_ends_in_its_time_where_the_relay_is_away(
    cli: Says, relay: RelayProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It listens and says nothing, which takes longest to find out."""
    code = cli("A", "pair", "--create", "--passphrase", "test")["code"]
    relay.process.send_signal(signal.SIGSTOP)
    try:
        for words, says in (
            (("pair", "--create", "--passphrase", "test"), "could not catch up within 1 s"),
            (("push", "hello"), "goes out with the next command"),
            (("pull",), "could not catch up within 1 s"),
            (("devices",), "could not catch up within 1 s"),
            (("status",), "could not connect within 1 s"),
        ):
            began = time.monotonic()
            assert says in cli("A", *words, "--timeout", "1", fails=True)
            assert time.monotonic() - began < 5
        began = time.monotonic()
        assert "use the same invite again" in cli("B", "pair", "--join", code, "--timeout", "1", fails=True)
        assert time.monotonic() - began < 5
        assert main(["status", "--timeout", "1", "--output", "json", "--data-dir", str(tmp_path / "A")]) == 1
        assert json.loads(capsys.readouterr().out)["waiting"] == 1
    finally:
        relay.process.send_signal(signal.SIGCONT)
    assert (
        cli("B", "pair", "--join", code)["group"]
        == cli("A", "pair", "--create", "--passphrase", "test")["group"]
    )
    assert [each["text"] for each in cli("B", "pull")["messages"]] == ["hello"]


def test_a_join_is_repeated_with_the_same_invite_and_no_other_group_is_joined(
    cli: Says, tmp_path: Path
) -> None:
    code = cli("A", "pair", "--create", "--passphrase", "test")["code"]
    joined = cli("B", "pair", "--join", code)
    assert cli("B", "pair", "--join", code) == joined
    assert "has another passphrase" in cli("A", "pair", "--create", "--passphrase", "other", fails=True)
    address = json.loads((tmp_path / "A" / "sync-cli.json").read_text())["relay"]
    cli("C", "init", "--name", "C", "--relay", address, "--secret", SECRET)
    other = cli("C", "pair", "--create")["code"]
    assert "make another device" in cli("B", "pair", "--join", other, fails=True)


def test_a_folder_is_used_by_one_command_at_a_time_and_by_its_owner(
    cli: Says, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "A"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    held = Directory(folder)
    assert f"in use by another process (pid {os.getpid()})" in cli("A", "status", fails=True)
    held.release()
    monkeypatch.setattr(os, "geteuid", lambda: 54_321)
    for words in (("status",), ("init", "--name", "A", "--relay", "127.0.0.1:1", "--secret", "s")):
        name = "A" if words == ("status",) else "mine"
        (tmp_path / "mine").mkdir(exist_ok=True)
        assert "name a folder of your own" in cli(name, *words, fails=True)


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("device.key", "ab" * 31, "has 62 characters, expected 64 hexadecimal digits"),
        ("device.key", "", "has 0 characters"),
        ("device.key", "xy" * 32, "expected 64 hexadecimal digits"),
        ("device.key", "ab" * 32, "somebody else's"),
        (
            "sync-cli.json",
            '{"name": "A", "relay": "nowhere", "secret": "s"}',
            "must be like relay.example.org:8600",
        ),
        ("sync-cli.json", "{", "cannot be read"),
    ],
)
def test_a_folder_that_was_changed_is_told(
    cli: Says, tmp_path: Path, file: str, content: str, says: str
) -> None:
    (tmp_path / "A" / file).write_text(content)
    assert says in cli("A", "status", fails=True)


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "1e9", "soon"])
@pytest.mark.parametrize("option", ["--timeout", "--valid"])
def test_a_time_that_is_none_is_wrong_usage(
    option: str, seconds: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as usage:
        main(["pair", "--create", f"{option}={seconds}", "--data-dir", str(tmp_path)])
    assert usage.value.code == 2
    assert option in capsys.readouterr().err


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
    relay.restart()
    assert [each["text"] for each in cli("B", "pull")["messages"]] in ([], ["later"])
