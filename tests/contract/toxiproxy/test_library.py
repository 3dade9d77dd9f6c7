"""ToxiproxyLibrary, run by a real `robot` on every server; and the words with which its keywords fail."""

from __future__ import annotations

import http.server
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from robot.api import ExecutionResult
from tests.contract.toxiproxy.servers import Server

from syncproof.faults.toxiproxy.client import Client

HERE = Path(__file__).parent


class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"x" * (20_000 if self.path == "/big" else 20)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet."""


@pytest.fixture
def web() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def robot(suite: Path, output: Path, *flags: str, **variables: str) -> subprocess.CompletedProcess[str]:
    given = [part for name, value in variables.items() for part in ("--variable", f"{name}:{value}")]
    command = [sys.executable, "-m", "robot", "--outputdir", str(output), *flags, *given, str(suite)]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)


def written(folder: Path, *tests: str, setup: str = "Library    ToxiproxyLibrary") -> Path:
    """A suite of tests, each the lines of one string."""
    suite = folder / "written.robot"
    cases = "".join(
        f"Case {number}\n" + "".join(f"    {line}\n" for line in test.splitlines())
        for number, test in enumerate(tests)
    )
    suite.write_text(f"*** Settings ***\n{setup}\n*** Test Cases ***\n{cases}")
    return suite


def outcomes(output: Path) -> list[tuple[str, str]]:
    """Status and message of each test."""
    found = ExecutionResult(output / "output.xml").suite.all_tests
    return [(test.status, test.message) for test in found]


def test_every_keyword(server: Server, web: str, tmp_path: Path) -> None:
    ended = robot(HERE / "library.robot", tmp_path, URL=server.url, UPSTREAM=web)
    assert ended.returncode == 0, ended.stdout


def test_the_extensions_on_a_server_of_its_own(web: str, tmp_path: Path) -> None:
    ended = robot(HERE / "library_extensions.robot", tmp_path, UPSTREAM=web)
    assert ended.returncode == 0, ended.stdout


def test_faults_end_with_their_test_and_those_of_a_suite_with_the_suite(
    server: Server, client: Client, web: str, tmp_path: Path
) -> None:
    ended = robot(HERE / "library_undo.robot", tmp_path, URL=server.url, UPSTREAM=web)
    assert ended.returncode == 1, ended.stdout
    assert "2 tests, 1 passed, 1 failed" in ended.stdout
    assert client.proxy("web").toxics == ()


WRONG_VALUES = {
    "Add Latency    web    200": "the unit is missing",
    "Add Latency    web    200 KB": "'KB' is not one of its units",
    "Limit Bandwidth    web    10 ms": "is not a rate",
    "Add Latency    web    1 s    toxicity=150%": "must be from 0% to 100%",
    "Add Latency    web    1 s    direction=sideways": "'DOWNSTREAM' and 'UPSTREAM'",
    "Limit Data    web    ten bytes": "is not a size",
}


def test_wrong_values_fail_in_a_dry_run(tmp_path: Path) -> None:
    robot(written(tmp_path, *WRONG_VALUES), tmp_path, "--dryrun")
    for (status, message), words in zip(outcomes(tmp_path), WRONG_VALUES.values(), strict=True):
        assert (status, words in message) == ("FAIL", True), message


PROXY = "Create Proxy    web{}    127.0.0.1:1\n"
FAILURES = {
    "Cut Proxy    nobody": "There is no proxy 'nobody'",
    "Populate Proxies    ${{ {'name': 'web'} }}": "Required item 'upstream' missing",
    PROXY.format(0) + PROXY.format(0): "There is a proxy 'web0'",
    PROXY.format(1) + "Wait Until Proxy Answers    web1    within=300 ms": "Expected an answer at 127.0.0.1:",
    PROXY.format(2) + "Wait Until Proxy Answers    web2    within=300 ms": "Seen last, with probe",
    PROXY.format(3)
    + "Flap Proxy    web3    1 s    1 s    2 s": "must be more than 0 and less than the interval",
    PROXY.format(4) + "Add Latency    web4    0.5 ms": "counts latency in whole milliseconds",
    PROXY.format(5) + "Limit Bandwidth    web5    500 B/s": "counts rate in whole KB/s",
    PROXY.format(6)
    + "Add Latency    web6    1 s\n"
    + "Update Toxic    web6    latency_downstream    delay=5": "no attribute 'delay': it has latency, jitter",
    "Connect To Toxiproxy    http://127.0.0.1:1": "Start one, like 'toxiproxy-embedded",
}


def test_failures_are_worded_for_people(tmp_path: Path) -> None:
    robot(written(tmp_path, *FAILURES), tmp_path)
    for (status, message), words in zip(outcomes(tmp_path), FAILURES.values(), strict=True):
        assert (status, words in message) == ("FAIL", True), message


def test_an_own_server_dies_with_robot(tmp_path: Path) -> None:
    marker = tmp_path / "url"
    suite = written(
        tmp_path,
        f"${{url}} =    Connect To Toxiproxy\nCreate File    {marker}    ${{url}}\n"
        "Evaluate    __import__('signal').pause()",
        setup="Library    ToxiproxyLibrary\nLibrary    OperatingSystem",
    )
    command = [sys.executable, "-m", "robot", "--outputdir", str(tmp_path), str(suite)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not marker.exists() or not marker.read_text():
            assert time.monotonic() < deadline, "the suite did not come as far as its server"
            time.sleep(0.02)
        children = psutil.Process(process.pid).children(recursive=True)
        assert children, "the own server is a child of robot"
        os.kill(process.pid, signal.SIGKILL)
        _, alive = psutil.wait_procs(children, timeout=20)
        assert alive == []
    finally:
        process.kill()
        process.wait()
