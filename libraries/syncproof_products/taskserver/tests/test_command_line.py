"""The command line on a folder of its own, where there is no server."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from syncproof_agentkit.client import ClientStore
from syncproof_products.taskserver.agent import of_command_line
from syncproof_products.taskserver.agent.shapes import Change
from syncproof_products.taskserver.command_line.program import main
from syncproof_products.taskserver.command_line.store import LocalStore

NOWHERE = "127.0.0.1:9"


def said(folder: Path, *command: str) -> int:
    return main(["--data", str(folder), *command])


def changed(name: str, content: str, seq: int, *, deleted: bool = False) -> Change:
    return Change(id=name, content=content, version=seq, seq=seq, by="Alice", key=f"k{seq}", deleted=deleted)


def test_tasks_can_be_changed_and_listed_without_a_server(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = LocalStore(tmp_path)
    store.watch("plans", [])
    store.deliver("plans", [changed("a", "old", 1), changed("b", "stays", 2), changed("c", "", 3)], "live", 1)
    store.deliver("plans", [changed("c", "done", 4, deleted=True)], "live", 2)
    store.close()
    assert said(tmp_path, "update", "plans", "a", "new") == 0
    assert said(tmp_path, "create", "plans", "d", "mine", "--key", "k") == 0
    assert said(tmp_path, "create", "plans", "d", "mine", "--key", "k") == 0
    assert said(tmp_path, "list", "plans") == 0
    assert capsys.readouterr().out == "a\tnew  (not sent yet)\nb\tstays\nd\tmine  (not sent yet)\n"
    assert said(tmp_path, "delete", "plans", "b") == 0
    assert said(tmp_path, "list", "plans") == 0
    assert "b\t" not in capsys.readouterr().out


def test_a_sync_without_a_server_says_so_and_keeps_what_waits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(tmp_path, "create", "plans", "a", "mine", "--key", "k")
    assert said(tmp_path, "sync", "plans", NOWHERE, "--client", "Bob") == 3
    assert "Not everything is synced" in capsys.readouterr().err
    assert said(tmp_path, "sync", "plans", NOWHERE, "--client", "Bob", "--after", "0", "--of", "k") == 3
    assert '"operations":{"k":{"state":"accepted","seq":null}}' in capsys.readouterr().out


def test_one_sync_of_a_folder_at_a_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two would both append what comes next."""
    store = LocalStore(tmp_path)
    with store.alone():
        assert said(tmp_path, "sync", "plans", NOWHERE, "--client", "Bob") == 3
        assert "another sync of this folder is under way" in capsys.readouterr().err
    assert said(tmp_path, "sync", "plans", NOWHERE, "--client", "Bob") == 3
    assert "another sync" not in capsys.readouterr().err
    store.close()


def test_a_command_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = [sys.executable, "-c", "import time; time.sleep(600)"]
    monkeypatch.setattr(of_command_line.CommandLine, "program", property(lambda _: waits))
    monkeypatch.setattr(of_command_line, "_LONGEST_S", 0.2)
    with pytest.raises(of_command_line.CommandFailed, match=r"sync did not end within 0\.2 s"):
        asyncio.run(of_command_line.CommandLine(tmp_path).run("sync"))


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert said(tmp_path / "file", "list", "plans") == 1
    assert "cannot be opened" in capsys.readouterr().err
    assert issubclass(LocalStore, ClientStore)
