from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from syncproof.processes import LauncherGone, StillRunning
from syncproof.processes.connection import Connection
from syncproof.processes.messages import Await, Setup, Signal, Status, decode_request, encode


@pytest.fixture
def ends() -> Iterator[tuple[Connection, socket.socket]]:
    ours, theirs = socket.socketpair()
    connection = Connection(ours, lambda: "it fell asleep")
    yield connection, theirs
    connection.close()
    theirs.close()


def test_the_answer_with_the_askers_id_is_the_one_taken(ends: tuple[Connection, socket.socket]) -> None:
    connection, launcher = ends
    launcher.sendall(encode(Status(1, None)) + encode(Status(2, 7)) + encode(Status(3, 0)))
    assert connection.ask(Await(2, 1, 0.0), 1) == Status(2, 7)
    assert connection.ask(Await(3, 1, 0.0), 1) == Status(3, 0)


def test_an_answer_may_come_in_pieces(ends: tuple[Connection, socket.socket]) -> None:
    connection, launcher = ends
    line = encode(Status(1, -9))
    launcher.sendall(line[:5])
    with pytest.raises(StillRunning, match=r"not answered Await\(.*within 0\.05 s"):
        connection.ask(Await(1, 1, 0.0), 0.05)
    launcher.sendall(line[5:])
    assert connection.ask(Await(1, 1, 0.0), 1) == Status(1, -9)


def test_requests_are_one_line_each(ends: tuple[Connection, socket.socket]) -> None:
    connection, launcher = ends
    connection.send(Setup(["a\nb"], []))
    connection.send(Signal(connection.new_id(), 4, 15))
    lines = launcher.recv(4096).splitlines()
    assert [decode_request(line) for line in lines] == [Setup(["a\nb"], []), Signal(1, 4, 15)]


def test_a_closed_line_means_that_the_launcher_is_gone(ends: tuple[Connection, socket.socket]) -> None:
    connection, launcher = ends
    launcher.sendall(encode(Status(1, None))[:4])
    launcher.close()
    with pytest.raises(LauncherGone, match="it fell asleep"):
        connection.ask(Await(1, 1, 0.0), 1)


def test_a_setup_is_not_a_question(ends: tuple[Connection, socket.socket]) -> None:
    with pytest.raises(TypeError, match="not answered"):
        ends[0].ask(Setup([], []), 1)
