"""What a workload asks of an agent, as it goes over HTTP."""

from __future__ import annotations

import socket

import httpx
import msgspec
import pytest

from syncproof.kernel.agent import (
    Accepted,
    AgentError,
    AgentSilent,
    AgentUnreachable,
    MalformedReply,
    Request,
)
from syncproof.systems.http_agent import HttpAgent


class Counted(msgspec.Struct):
    n: int


class Count(Request[Counted], frozen=True):
    method = "GET"
    route = "/rooms/{room}"
    room: str
    since: str | None = None


class Tell(Request[None], frozen=True):
    method = "PUT"
    route = "/rooms/{room}"
    room: str
    loud: bool


class Carry(Request[Accepted], frozen=True, omit_defaults=True):
    method = "POST"
    route = "/carried"
    in_query = True
    name: str
    mode: int | None = None


class Wire:
    """An agent that answers everything alike, and keeps what it was asked."""

    def __init__(self, answer: object, status: int = 200) -> None:
        self.asked: list[tuple[str, str, bytes]] = []
        self._answer = httpx.Response(status, json=answer)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append((request.method, request.url.raw_path.decode(), request.content))
        return self._answer


def agent(wire: Wire, past: int = 0) -> HttpAgent:
    made = HttpAgent("Alice", "http://alice", transport=httpx.MockTransport(wire))
    made.past = past
    return made


def test_fields_fill_the_path_and_the_query() -> None:
    wire = Wire({"n": 3})
    assert agent(wire).ask(Count("a b/ü", "x&y")).n == 3
    assert wire.asked == [("GET", "/rooms/a%20b%2F%C3%BC?since=x%26y", b"")]


def test_other_fields_are_the_content() -> None:
    wire = Wire({"whatever": 1})
    agent(wire).ask(Tell("it", True))
    assert wire.asked == [("PUT", "/rooms/it", b'{"loud":true}')]


def test_bytes_are_the_content_where_the_fields_are_the_query() -> None:
    wire = Wire({"op_id": "1", "seen": 7, "version": None})
    assert agent(wire, past=5).ask(Carry("a b"), b"\x00!").seen == 2
    assert wire.asked == [("POST", "/carried?name=a+b", b"\x00!")]


def test_an_answer_of_another_shape_and_a_refusal_are_told() -> None:
    with pytest.raises(MalformedReply, match="GET /rooms/it"):
        agent(Wire({"m": 3})).ask(Count("it"))
    with pytest.raises(AgentError, match="unsupported: Not here"):
        agent(Wire({"code": "unsupported", "message": "Not here."}, 501)).ask(Count("it"))


def test_an_agent_that_keeps_a_request_is_told_from_one_that_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as keeps:
        address = f"http://127.0.0.1:{keeps.getsockname()[1]}"
        with pytest.raises(AgentSilent, match="did not answer GET /rooms/it: timed out"):
            HttpAgent("Alice", address, timeout_s=0.1).ask(Count("it"))
    with pytest.raises(AgentUnreachable) as gone:
        HttpAgent("Alice", address, timeout_s=5).ask(Count("it"))
    assert not isinstance(gone.value, AgentSilent)
