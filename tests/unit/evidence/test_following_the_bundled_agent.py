"""The recorder follows real agents of the bundled system, through a kill."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from syncproof.evidence import checkers
from syncproof.evidence.history import History
from syncproof.evidence.recorder.client import RecorderClient
from syncproof.evidence.records import Accept, Catchup, Header, Invoke, Log, Member
from syncproof.evidence.tail import Tail
from syncproof.evidence.timeline import render

HEADER = Header(
    schema=1, run="r", test="t", seed=1, system="bundled", stack="embedded", scale=1.0, boot_id="b"
)
SECRET = "secret"
Start = Callable[[str, dict[str, object]], tuple[subprocess.Popen[bytes], str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    running: list[subprocess.Popen[bytes]] = []

    def begin(package: str, config: dict[str, object]) -> tuple[subprocess.Popen[bytes], str]:
        file = tmp_path / f"{package}-{len(running)}.json"
        file.write_text(json.dumps(config))
        with (tmp_path / f"{package}-{len(running)}.log").open("wb") as log:
            command = [sys.executable, "-m", package, "--config", str(file)]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
        running.append(process)
        assert process.stdout is not None
        where = json.loads(process.stdout.readline())
        return process, f"{where['host']}:{where['port']}"

    yield begin
    for process in running:
        process.kill()
        process.wait()


def until(history: History, tail: Tail, predicate: Callable[[], bool], deadline_s: float = 20) -> None:
    end = time.monotonic() + deadline_s
    while not predicate():
        assert time.monotonic() < end, "it did not come true in time"
        history.extend(tail.read_new())
        time.sleep(0.005)


def test_two_devices_a_kill_and_a_clean_verdict(
    recorder: RecorderClient, tmp_path: Path, start: Start
) -> None:
    path = tmp_path / "history.jsonl"
    relay_config: dict[str, object] = {
        "directory": str(tmp_path / "relay"),
        "host": "127.0.0.1",
        "port": 0,
        "secret": SECRET,
        "settings": {},
    }
    _, relay = start("syncproof_products.bundled.relay", relay_config)
    recorder.open(path, HEADER)
    tail, history = Tail(path), History()
    processes: dict[str, subprocess.Popen[bytes]] = {}
    agents: dict[str, httpx.Client] = {}

    def device(name: str) -> None:
        process, address = start(
            "syncproof_products.bundled.agent",
            {
                "device": name,
                "directory": str(tmp_path / name),
                "host": "127.0.0.1",
                "port": 0,
                "secret": SECRET,
                "seed": 1,
                "settings": {},
            },
        )
        processes[name] = process
        agents[name] = httpx.Client(base_url=f"http://{address}")
        recorder.attach(name, f"http://{address}")

    def ask(name: str, method: str, target: str, **body: Any) -> Any:
        reply = agents[name].request(method, target, json=body)
        assert reply.status_code < 300, reply.text
        return reply.json() if reply.content else None

    def send(author: str, number: int) -> None:
        op_id = f"{author}/{number}"
        body = json.dumps({"op_id": op_id})
        digest = hashlib.sha256(body.encode()).hexdigest()
        now = time.monotonic_ns()
        recorder.record(
            Invoke(
                t_ns=now,
                device=author,
                op_id=op_id,
                group="g",
                kind="append",
                author=author,
                author_n=number,
                digest=digest,
                size=len(body),
            )
        )
        answer = ask(
            author,
            "POST",
            "/ops",
            op_id=op_id,
            group="g",
            kind="append",
            entry=None,
            base=[],
            body=body,
            blobs=[],
        )
        recorder.record(Accept(device=author, op_id=op_id, seen=answer["seen"]))

    for name in ("Alice", "Bob"):
        device(name)
        ask(name, "PUT", "/links/relay", address=relay)
        ask(name, "PUT", "/groups/g", members=["Alice", "Bob"])
        ask(name, "POST", "/connect")
        recorder.record(Member(device=name, group="g"))
    until(
        history, tail, lambda: all(history.connection(n) == "live" and history.joined(n, "g") for n in agents)
    )
    for number in range(1, 21):
        send("Alice", number)
    until(history, tail, lambda: history.received("Bob", "g") >= 20)
    recorder.suspend("Bob")
    processes["Bob"].kill()
    processes["Bob"].wait()
    for number in range(21, 31):
        send("Alice", number)
    device("Bob")
    until(history, tail, lambda: history.received("Bob", "g") == 30)
    answer = recorder.barrier()
    assert (answer.errors, answer.unreachable) == ((), ())
    export = httpx.get(
        f"http://{relay}/rooms/g/log",
        params={"after": 0, "limit": 100},
        headers={"authorization": f"Bearer {SECRET}"},
    ).json()
    for event in export["events"]:
        recorder.record(
            Log(
                group="g",
                op_id=event["op_id"],
                version=str(event["seq"]),
                server_order=event["seq"],
                author=event["author"],
                digest=hashlib.sha256(event["body"].encode()).hexdigest(),
            )
        )
    recorder.barrier()
    history.extend(tail.read_new())
    assert history.devices["Bob"].incarnation == 2
    assert len(history.devices["Bob"].by_incarnation[1]) >= 20
    assert history.of(Catchup, "Bob")
    verdicts = [checkers.run(name, history) for name in checkers.safety()]
    assert [verdict for verdict in verdicts if verdict.result != "pass"] == []
    assert "restarted" in render(history)
    for agent in agents.values():
        agent.close()
