from __future__ import annotations

import socket

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from syncproof_products.bundled.tests.relay_process.relay_process import ROOM, SECRET, RelayProcess


def error(reply: httpx.Response) -> tuple[int, str]:
    body = reply.json()
    assert set(body) - {"retry_after_s"} == {"code", "message"}
    assert body["message"]
    return reply.status_code, body["code"]


def test_a_device_registers_with_the_secret_and_each_of_its_tokens_is_valid(relay: RelayProcess) -> None:
    first, again = relay.device("alice"), relay.device("alice")
    assert first.headers != again.headers
    assert first.client.put(f"/rooms/{ROOM}", json={"members": []}).json()["members"] == ["alice"]
    assert again.client.put(f"/rooms/{ROOM}", json={"members": []}).status_code == 200
    assert error(relay.http.post("/devices", json={"device": "eve", "secret": "guess"})) == (
        403,
        "wrong_secret",
    )
    assert error(relay.http.post("/devices", json={"device": "", "secret": SECRET})) == (400, "invalid")
    assert error(relay.http.post("/devices", json={"device": "eve"})) == (400, "invalid")
    assert error(relay.http.post("/devices", content=b"x" * 100_000)) == (413, "too_large")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/rooms/room"),
        ("POST", "/rooms/room/events"),
        ("GET", "/rooms/room/events"),
        ("GET", "/rooms/room/marker"),
        ("PUT", "/rooms/room/marker"),
        ("GET", "/rooms/room/log"),
        ("GET", "/requests"),
        ("PUT", "/blobs/" + "a" * 64),
        ("GET", "/blobs/" + "a" * 64),
    ],
)
def test_nothing_is_done_for_one_without_a_valid_token(relay: RelayProcess, method: str, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic YTpi"}):
        reply = relay.http.request(method, path, headers=headers)
        assert error(reply) == (401, "unauthorized")
        assert reply.headers["www-authenticate"] == "Bearer"


def test_a_token_is_no_secret_and_the_secret_no_token(relay: RelayProcess) -> None:
    (alice,) = relay.room("alice")
    assert error(alice.client.get(f"/rooms/{ROOM}/log")) == (401, "unauthorized")
    assert error(relay.operator(f"/rooms/{ROOM}/events")) == (401, "unauthorized")
    assert relay.operator(f"/rooms/{ROOM}/log").json() == {"events": [], "head": 0, "more": False}
    alice.headers.clear()
    with pytest.raises(InvalidStatus) as refused:
        alice.live().__enter__()
    assert refused.value.response.status_code == 401


def test_an_event_travels_as_it_was_pushed(relay: RelayProcess) -> None:
    alice, bob = relay.room("alice", "bob")
    event = {
        "op_id": "op-1",
        "kind": "put",
        "entry": "note/ü",
        "base": ["7", "9"],
        "clock": {"alice": 3},
        "body": '{"op_id": "op-1", "text": "\u2603"}',
        "blobs": [{"digest": "ab" * 32, "size": 5, "name": "a b.png"}],
    }
    reply = alice.client.post(f"/rooms/{ROOM}/events", json={"events": [event]})
    assert reply.json() == {"accepted": [{"op_id": "op-1", "seq": 1}], "head": 1}
    placed = {"seq": 1, "author": "alice", **event}
    assert bob.pull() == {"events": [placed], "head": 1, "more": False}
    assert relay.log() == [placed]


def test_pushes_are_idempotent_by_author_and_op_id(relay: RelayProcess) -> None:
    alice, bob = relay.room("alice", "bob")
    first = alice.push("1", "2").json()
    assert alice.push("1", "2").json() == first
    assert bob.push("1").json()["accepted"] == [{"op_id": "1", "seq": 3}]
    assert error(alice.push("3", "2", body="other")) == (409, "op_conflict")
    assert [event["op_id"] for event in relay.log()] == ["1", "2", "1"]


def test_rooms_are_closed_to_those_who_are_no_members(relay: RelayProcess) -> None:
    (alice,) = relay.room("alice")
    eve = relay.device("eve")
    assert error(eve.push("1")) == (403, "not_member")
    assert error(eve.client.get(f"/rooms/{ROOM}/events")) == (403, "not_member")
    assert error(eve.client.put(f"/rooms/{ROOM}", json={"members": ["eve"]})) == (403, "not_member")
    assert error(alice.push("1", room="elsewhere")) == (404, "unknown_room")


def test_a_room_may_have_any_name_that_can_be_printed(relay: RelayProcess) -> None:
    alice = relay.device("alice")
    for name in ("a%2Fb", "gr%C3%BC%C3%9Fe%20alle", "%3F%23%25"):
        opened = alice.client.put(f"/rooms/{name}", json={"members": []})
        assert httpx.URL(f"http://h/{name}").path == "/" + opened.json()["room"]
        assert alice.push("1-" + name, room=name).status_code == 200
    assert error(alice.client.put("/rooms/a%00b", json={"members": []})) == (400, "invalid")
    assert error(alice.client.put("/rooms/" + "x" * 201, json={"members": []})) == (400, "invalid")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "events", b""),
        ("POST", "events", b"{"),
        ("POST", "events", b'{"events":[{"op_id":"1"}]}'),
        ("POST", "events", b'{"events":[{"op_id":"1","kind":"append","body":"\xff"}]}'),
        ("PUT", "marker", b'{"seq":"1"}'),
        ("PUT", "marker", b'{"seq":-1}'),
        ("GET", "events?after=-1", None),
        ("GET", "events?after=x", None),
        ("GET", "events?limit=0", None),
        ("GET", "events?after=99999999999999999999", None),
    ],
)
def test_malformed_requests_are_invalid(
    relay: RelayProcess, method: str, path: str, body: bytes | None
) -> None:
    (alice,) = relay.room("alice")
    assert error(alice.client.request(method, f"/rooms/{ROOM}/{path}", content=body)) == (400, "invalid")


def test_unknown_paths_and_methods(relay: RelayProcess) -> None:
    (alice,) = relay.room("alice")
    for path in ("/", "/rooms", "/rooms/", "/rooms/room/other", "/rooms/room/events/1", "/health/x"):
        assert error(alice.client.get(path)) == (404, "not_found")
    for method, path in (("DELETE", "/rooms/room/events"), ("GET", "/rooms/room"), ("POST", "/health")):
        reply = alice.client.request(method, path)
        assert error(reply) == (405, "method_not_allowed")
        assert reply.headers["allow"]


def test_markers_never_go_back(relay: RelayProcess) -> None:
    alice, bob = relay.room("alice", "bob")
    alice.push("1", "2", "3")
    assert bob.client.put(f"/rooms/{ROOM}/marker", json={"seq": 2}).json() == {"seq": 2}
    assert bob.client.put(f"/rooms/{ROOM}/marker", json={"seq": 1}).json() == {"seq": 2}
    assert bob.client.get(f"/rooms/{ROOM}/marker").json() == {"seq": 2}
    assert alice.client.get(f"/rooms/{ROOM}/marker").json() == {"seq": 0}


def test_pages_are_bounded(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings: dict[str, object] = {"page_events": 10, "page_bytes": 2000}
    with RelayProcess(tmp_path_factory.mktemp("relay"), settings) as relay:
        (alice,) = relay.room("alice")
        alice.push(*[str(number) for number in range(25)])
        alice.push("large", body="x" * 5000)
        alice.push("last")
        sizes, after, more = [], 0, True
        while more:
            page = alice.pull(after)
            assert [event["seq"] for event in page["events"]] == list(
                range(after + 1, after + 1 + len(page["events"]))
            )
            sizes.append(len(page["events"]))
            after, more = page["events"][-1]["seq"], page["more"]
        assert sizes == [10, 10, 6, 1]
        assert len(alice.pull(3, limit=2)["events"]) == 2


def test_limits_of_sizes_and_rates(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings: dict[str, object] = {
        "max_event_bytes": 1000,
        "max_push_events": 10,
        "max_request_bytes": 20_000,
        "push_rate": 10,
        "push_burst": 10,
    }
    with RelayProcess(tmp_path_factory.mktemp("relay"), settings) as relay:
        (alice,) = relay.room("alice")
        assert error(alice.push("1", body="x" * 1000)) == (413, "too_large")
        assert error(alice.push(*[str(number) for number in range(11)])) == (413, "too_large")
        assert error(alice.push("1", body="x" * 20_000)) == (413, "too_large")
        chunks = iter([b'{"events":[' + b" " * 10_000] * 3)
        assert error(alice.client.post(f"/rooms/{ROOM}/events", content=chunks)) == (413, "too_large")
        assert alice.push(*[str(number) for number in range(10)]).status_code == 200
        late = alice.push("late")
        assert error(late) == (429, "too_many")
        assert late.headers["retry-after"] == "1"
        assert 0 < late.json()["retry_after_s"] < 1


def test_the_operator_sees_health_figures_and_requests(relay: RelayProcess) -> None:
    alice, bob = relay.room("alice", "bob")
    assert relay.http.get("/health").json() == {"status": "ok"}
    seen = relay.operator("/requests").json()["total"]
    alice.push("1")
    bob.push("1", room="elsewhere")
    entries = relay.operator("/requests", after=seen).json()["requests"]
    assert [(e["method"], e["path"], e["device"], e["status"]) for e in entries] == [
        ("GET", "/requests", None, 200),
        ("POST", "/rooms/room/events", "alice", 200),
        ("POST", "/rooms/elsewhere/events", "bob", 404),
    ]
    assert [entry["n"] for entry in entries] == [seen + 1, seen + 2, seen + 3]
    assert entries[0]["t_ns"] < entries[1]["t_ns"] < entries[2]["t_ns"]
    figures = relay.http.get("/metrics").json()
    assert figures["events_stored"] == 1
    for name in ("pushes", "pulls", "live_subscribers", "fsyncs", "bytes_stored", "requests"):
        assert isinstance(figures[name], int)


def test_bytes_that_are_no_http_do_not_hurt(relay: RelayProcess) -> None:
    for junk in (
        b"\x00\xff\x00\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /rooms/\xff/events HTTP/1.1\r\n\r\n",
    ):
        with socket.create_connection((relay.host, relay.port), 5) as link:
            link.settimeout(5)
            link.sendall(junk)
            link.shutdown(socket.SHUT_WR)
            while link.recv(4096):
                pass
    assert relay.http.get("/health").status_code == 200
