"""The console command `toxiproxy-embedded`."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from tests.contract.toxiproxy.servers import EMBEDDED


def run(*flags: str) -> subprocess.CompletedProcess[str]:
    """For runs that end by themselves."""
    return subprocess.run([*EMBEDDED, *flags], capture_output=True, text=True, timeout=20, check=False)


def test_a_port_in_use_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run("-host", "127.0.0.1", "-port", str(port))
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"toxiproxy-embedded: cannot listen on 127.0.0.1:{port}: ")
    assert "Name another port" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert ended.stdout == ""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot read the proxies of"),
        ("{}", "expected a list of proxies"),
        ("[{", "it is no JSON"),
        ('[{"name":"a"}]', "missing required field: upstream at proxy 1"),
        ('[{"name":"a","upstream":"b:1","listen":"nonsense"}]', "missing port in address"),
    ],
)
def test_a_config_that_cannot_be_used_is_one_clear_line(
    tmp_path: Path, content: str | None, words: str
) -> None:
    path = tmp_path / "proxies.json"
    if content is not None:
        path.write_text(content)
    ended = run("-host", "127.0.0.1", "-port", "0", "-config", str(path))
    assert ended.returncode == 1
    assert words in ended.stderr
    assert str(path) in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("flags", [("-port", "x"), ("-port", "70000"), ("-seed", "x"), ("-nonsense",)])
def test_a_wrong_flag_is_status_2(flags: tuple[str, ...]) -> None:
    ended = run(*flags)
    assert ended.returncode == 2
    assert flags[-1] in ended.stderr


def test_the_version() -> None:
    ended = run("-version")
    assert (ended.returncode, ended.stdout.split()[:3]) == (0, ["toxiproxy-embedded", "version", "2.12.0"])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_its_config_and_ends_with_status_0_when_asked(
    tmp_path: Path, number: signal.Signals
) -> None:
    path = tmp_path / "proxies.json"
    toxics = '[{"type":"latency","attributes":{"latency":7}}]'
    path.write_text(f'[{{"name":"db","listen":"127.0.0.1:0","upstream":"127.0.0.1:1","toxics":{toxics}}}]')
    process = subprocess.Popen(
        [*EMBEDDED, "--host", "127.0.0.1", "--port=0", "-config", str(path), "-seed", "5"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        proxies = httpx.get(f"{url}/proxies", trust_env=False).json()
        assert [toxic["attributes"]["latency"] for toxic in proxies["db"]["toxics"]] == [7]
        process.send_signal(number)
        assert process.wait(5) == 0
        _, log = process.communicate()
        assert "seed 5" in log
        assert "Traceback" not in log
    finally:
        process.kill()
        process.communicate()


def test_it_starts_without_what_it_does_not_need() -> None:
    """Its start is little more than Python's own and that of asyncio; a framework would double it."""
    code = "import sys, syncproof.faults.toxiproxy.cli; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    seen = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "h11" in seen
    heavy = {
        "httpx",
        "httptools",
        "importlib_metadata",
        "msgspec",
        "psutil",
        "robot",
        "starlette",
        "uvicorn",
        "secrets",
    }
    assert heavy & set(seen) == set()
