"""The harness reads a room page by page: each once but for the last ones, and as a member where it has to."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from syncproof.kernel.server import ServerGone
from syncproof_products.matrix.driver.operator import Operator

GROUP, USER = "room-1", "@alice:example.org"


@dataclass
class Homeserver:
    """As much of one as an operator asks: accounts, one room. It is no Synapse unless it `administers`."""

    administers: bool = True
    events: list[str] = field(default_factory=list)
    #: Where each page that was asked for began, and by which way.
    pages: list[tuple[str, int]] = field(default_factory=list)
    logins: int = 0
    #: The answer to who looks for the room.
    room: tuple[int, dict[str, object]] = (200, {"room_id": "!r:example.org"})
    #: How often it says first that it was asked too often, and how long to wait then.
    limited: int = 0
    wait_ms: int = 100
    #: Accounts whose limits were lifted.
    unlimited: list[str] = field(default_factory=list)

    def answer(self, method: str, path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, object]]:
        if self.limited:
            self.limited -= 1
            return 429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": self.wait_ms}
        if path.endswith("/override_ratelimit"):
            self.unlimited.append(unquote(path.split("/")[-2]))
            return 200, {}
        if path == "/_synapse/admin/v1/register":
            return 200, {"nonce": "n"} if method == "GET" else {
                "access_token": "t",
                "user_id": "@op:example.org",
            }
        if path == "/_matrix/client/v3/login":
            self.logins += 1
            return 200, {"access_token": "member"}
        if path.startswith("/_matrix/client/v3/directory/room/"):
            return self.room
        if path.endswith("/messages") and (self.administers or not path.startswith("/_synapse/")):
            return self.page(path.split("/")[1], int(query.get("from", ["0"])[0]), int(query["limit"][0]))
        if path == "/_synapse/admin/v1/server_version" and self.administers:
            return 200, {"server_version": "1.0"}
        return 404, {"errcode": "M_UNRECOGNIZED"}

    def page(self, way: str, start: int, limit: int) -> tuple[int, dict[str, object]]:
        self.pages.append((way, start))
        found = self.events[start : start + limit]
        chunk = [
            {
                "type": "m.room.message",
                "event_id": event,
                "sender": USER,
                "content": {"body": json.dumps({"op_id": event})},
            }
            for event in found
        ]
        # Like Synapse: no `end` where there is nothing any more.
        return 200, {"chunk": chunk} | ({"end": str(start + len(found))} if found else {})


@contextmanager
def operating(homeserver: Homeserver, *, lifts_limits: bool = False) -> Iterator[Operator]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, content = homeserver.answer(self.command, parts.path, parse_qs(parts.query))
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    operator = Operator(url, "secret", lifts_limits=lifts_limits)
    try:
        yield operator
    finally:
        operator.close()
        server.shutdown()
        server.server_close()


def read(operator: Operator) -> list[str]:
    return [line.op_id for line in operator.log(GROUP)]


def test_what_was_read_is_not_read_again_but_for_the_last_pages() -> None:
    homeserver = Homeserver(events=[f"e{n}" for n in range(450)])
    with operating(homeserver) as operator:
        assert read(operator) == homeserver.events
        assert [start for _, start in homeserver.pages] == [0, 100, 200, 300, 400, 450]
        homeserver.pages.clear()
        homeserver.events += ["last"]
        assert read(operator) == homeserver.events
        assert [start for _, start in homeserver.pages] == [300, 400, 451]


def test_an_event_that_got_its_place_before_others_later_is_found() -> None:
    homeserver = Homeserver(events=[f"e{n}" for n in range(250)])
    with operating(homeserver) as operator:
        before = read(operator)
        homeserver.events.insert(240, "beside")
        assert read(operator) == [*before, "beside"]  # who was seen first keeps the place


def test_places_are_dense_and_stay() -> None:
    homeserver = Homeserver(events=[f"e{n}" for n in range(120)])
    with operating(homeserver) as operator:
        read(operator)
        homeserver.events.append("new")
        assert [line.server_order for line in operator.log(GROUP)] == [*range(1, 122)]


@pytest.mark.parametrize("administers", [True, False])
def test_where_the_operator_cannot_look_a_member_does(administers: bool) -> None:
    homeserver = Homeserver(administers=administers, events=["one", "two"])
    with operating(homeserver) as operator:
        operator.password(USER)
        assert read(operator) == ["one", "two"]
        assert read(operator) == ["one", "two"]
    assert {way for way, _ in homeserver.pages} == {"_synapse" if administers else "_matrix"}
    assert homeserver.logins == (0 if administers else 1)


def test_a_homeserver_that_limits_is_given_the_time_that_it_asks_for() -> None:
    homeserver = Homeserver(events=["one"])
    with operating(homeserver) as operator:
        homeserver.limited = 2
        began = time.monotonic()
        assert read(operator) == ["one"]
        assert time.monotonic() - began >= 0.2


def test_one_that_asks_for_minutes_is_told_with_what_to_do() -> None:
    homeserver = Homeserver(wait_ms=333_000)
    with operating(homeserver) as operator:
        homeserver.limited = 1
        with pytest.raises(
            ServerGone, match=r"429 and 333 s to wait\. Raise its limits \(rc_login, rc_message"
        ):
            operator.password(USER)


@pytest.mark.parametrize("lifts_limits", [True, False])
def test_accounts_on_a_homeserver_of_others_are_not_limited(lifts_limits: bool) -> None:
    homeserver = Homeserver()
    with operating(homeserver, lifts_limits=lifts_limits) as operator:
        operator.password(USER)
        assert homeserver.unlimited == ([USER] if lifts_limits else [])


def test_a_room_that_is_not_there_yet_has_no_log_and_any_other_no_is_told() -> None:
    homeserver = Homeserver(room=(404, {"errcode": "M_NOT_FOUND"}))
    with operating(homeserver) as operator:
        assert read(operator) == []
        homeserver.room = (502, {"error": "no upstream"})
        with pytest.raises(ServerGone, match=r"answered GET /directory/room with 502: .*no upstream"):
            read(operator)


class Pages(BaseHTTPRequestHandler):
    """Some web server: a page for browsers, whatever is asked."""

    def do_GET(self) -> None:
        self.send_response(404)
        self.end_headers()
        self.wfile.write(b"<html>\n<body>\n" * 100)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_what_is_no_synapse_is_told_in_one_line() -> None:
    with HTTPServer(("127.0.0.1", 0), Pages) as server:
        Thread(target=server.handle_request, daemon=True).start()
        with pytest.raises(ServerGone) as told:
            Operator(f"http://127.0.0.1:{server.server_port}", "secret")
    said = str(told.value)
    assert "answered GET /_synapse/admin/v1/register with 404: this is no Synapse with registration" in said
    assert len(said.splitlines()) == 1
    assert len(said) < 350
