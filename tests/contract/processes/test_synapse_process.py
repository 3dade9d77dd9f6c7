"""Synapse is executed: when it counts as ready, and what is said of one that does not listen. A stand-in listens."""

from __future__ import annotations

import socket
from pathlib import Path

import psutil
import pytest

from syncproof.processes import Launcher, NotReady, Process
from syncproof.systems.matrix import synapse_process

#: Listens where its configuration says, as the real one does.
LISTENS = """
import json, socket, sys, time
with open(sys.argv[sys.argv.index("--config-path") + 1]) as file:
    (listener,) = json.load(file)["listeners"]
server = socket.create_server((listener["bind_addresses"][0], listener["port"]))
time.sleep(600)
"""


def run(launcher: Launcher, folder: Path, program: str, within_s: float) -> Process:
    package = folder / "packages" / "synapse" / "app"
    package.mkdir(parents=True)
    for each in (package, package.parent):
        (each / "__init__.py").touch()
    (package / "homeserver.py").write_text(program)
    config = {"directory": str(folder), "host": "127.0.0.1", "port": 0, "homeserver": {}}
    return synapse_process.run(launcher, "synapse", config, within_s)


@pytest.fixture(autouse=True)
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in is found before a Synapse that is installed."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "packages"))


def test_it_is_ready_where_it_listens(launcher: Launcher, tmp_path: Path) -> None:
    process = run(launcher, tmp_path, LISTENS, 20)
    with socket.create_connection((str(process.ready["host"]), int(str(process.ready["port"]))), timeout=5):
        pass
    assert process.ready["host"] == "127.0.0.1"
    assert Path(f"/proc/{process.pid}/cmdline").read_bytes().count(b"synapse.app.homeserver") == 1
    process.kill()


def test_one_that_ends_is_told_at_once(launcher: Launcher, tmp_path: Path) -> None:
    with pytest.raises(
        NotReady, match=r"'synapse' ended before it listened; its log: .*synapse\.log"
    ) as said:
        run(launcher, tmp_path, "raise SystemExit(3)", 60)
    assert said.value.exit_status == 3


def test_one_that_never_listens_is_ended(launcher: Launcher, tmp_path: Path) -> None:
    with pytest.raises(NotReady, match=r"'synapse' did not listen within 0\.5 s"):
        run(launcher, tmp_path, "import time; time.sleep(600)", 0.5)
    assert psutil.Process(launcher.pid).children() == []
