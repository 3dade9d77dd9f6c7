"""The hostile client says what its attacks have, and tells truly what came of it."""

from __future__ import annotations

import os
import signal
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from syncproof.evidence.met import CLOSED, Met
from syncproof.faults.hostile_client.attacks import ATTACKS, RECORDED, conversations
from syncproof.faults.hostile_client.conversation import Conversation
from syncproof.faults.hostile_client.main import run
from syncproof.kernel.server import RawRequest

PUSH = RawRequest("POST", "/push", {"Host": "x", "Authorization": "y"}, b'{"events": [1, 2]}')
LIVE = RawRequest("GET", "/live", {"Host": "x", "Authorization": "y", "Upgrade": "websocket"})
OPENINGS = {
    **dict.fromkeys(("push", "pull", "upload", "large event", "unknown kind", "download"), PUSH),
    **dict.fromkeys(("push before open", "marker ahead"), PUSH),
    "part": RawRequest("PATCH", "/uploads/" + "ab" * 32, {"Host": "x"}),
    "live": LIVE,
}


@contextmanager
def answering(answer: bytes) -> Iterator[int]:
    """A server that says this to whatever comes, and hangs up."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(1 << 20)
            self.request.sendall(answer)

    class Server(socketserver.ThreadingTCPServer):
        request_queue_size = 512

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def attacked(
    port: int, folder: Path, attack: str = "malformed messages", patience_s: float = 60.0
) -> list[Met]:
    """What it met at this port."""
    openings = folder / "openings.json"
    openings.write_bytes(msgspec.json.encode(OPENINGS))
    config = {
        "directory": str(folder),
        "host": "127.0.0.1",
        "port": port,
        "attack": attack,
        "scale": 0.01,
        "patience_s": patience_s,
        "openings": str(openings),
    }

    def ready(_: object) -> None:
        threading.Thread(target=stop_when_done, daemon=True).start()

    def stop_when_done() -> None:
        while not (folder / "met.json").exists():
            threading.Event().wait(0.01)
        os.kill(os.getpid(), signal.SIGTERM)

    run(config, ready)
    return msgspec.json.decode((folder / "met.json").read_bytes(), type=list[Met])


def test_it_tells_of_answers(tmp_path: Path) -> None:
    with answering(b"HTTP/1.1 429 Too Many\r\nRetry-After: 3\r\n\r\n") as port:
        met = [each for each in attacked(port, tmp_path) if each.what == "half of a body"]
    assert [(each.ending, each.statuses, each.told_to_wait, each.count) for each in met] == [
        ("answered", (429,), True, 8)
    ]
    assert met[0].sent > 8 * 30


def test_it_tells_of_a_server_that_hangs_up(tmp_path: Path) -> None:
    with answering(b"") as port:
        met = attacked(port, tmp_path)
    assert {(each.ending, each.statuses) for each in met} == {("closed", ())}


def test_a_storm_leaves_what_it_has_opened(tmp_path: Path) -> None:
    with answering(b"HTTP/1.1 101 Switching Protocols\r\n\r\n") as port:
        (met,) = attacked(port, tmp_path, "a storm of reconnections")
    assert (met.ending, met.statuses, met.count) == ("left", (101,), 300)


def test_a_flood_leaves_when_all_of_it_has_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def flood(_: object) -> list[Conversation]:
        refusals = frozenset({CLOSED})
        return [Conversation("silence", (), refusals, holds_s=1.0, may_stay=True, copies=40, apart_s=0.02)]

    monkeypatch.setitem(ATTACKS, "a flood of connections", flood)
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        (met,) = attacked(listener.getsockname()[1], tmp_path, "a flood of connections")
    assert (met.ending, met.count, met.may_stay) == ("left", 40, True)
    assert met.slowest_s > 39 * 0.02


def test_what_was_recorded_is_said_once_more() -> None:
    said = b"POST /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n"
    first, second = conversations(RECORDED, {}, (said, b"", b"\x00\x10frame"))
    assert (first.pieces, first.answers) == ((said,), 2)
    assert (second.pieces, second.answers) == ((b"\x00\x10frame",), 1)


def test_nobody_is_there(tmp_path: Path) -> None:
    met = attacked(1, tmp_path)
    assert {(each.ending, each.sent) for each in met} == {("unreachable", 0)}


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_attack_says_by_what_it_may_be_refused(attack: str) -> None:
    said = conversations(attack, OPENINGS)
    assert said
    assert all(each.refusals and each.copies > 0 for each in said)
    assert len({each.what for each in said}) == len(said)
