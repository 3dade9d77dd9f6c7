"""Proxies: create, show, update, delete, populate, reset; and what each does to live connections."""

from __future__ import annotations

import contextlib
import socket

import httpx
import pytest
from tests.contract.toxiproxy.peers import (
    Route,
    Upstream,
    connect,
    exchange,
    pass_through,
    receive,
    receive_all,
    silent,
)

LISTEN = "127.0.0.1:0"


def refused(address: str) -> bool:
    try:
        connect(address).close()
    except ConnectionRefusedError:
        return True
    return False


def test_create_answers_the_proxy_in_gos_order(http: httpx.Client) -> None:
    answer = http.post("/proxies", json={"name": "p", "listen": LISTEN, "upstream": "a:1"})
    assert answer.status_code == 201
    assert answer.headers["Content-Type"] == "application/json"
    listen = answer.json()["listen"]
    assert not listen.endswith(":0"), "port 0 must be answered by the real port"
    assert (
        answer.text
        == f'{{"name":"p","listen":"{listen}","upstream":"a:1","enabled":true,"Logger":{{}},"toxics":[]}}'
    )
    assert http.get("/proxies/p").text == answer.text
    assert http.get("/proxies").text == f'{{"p":{answer.text}}}'


def test_proxies_are_listed_by_name(http: httpx.Client) -> None:
    for name in ("c", "a", "b"):
        http.post("/proxies", json={"name": name, "listen": LISTEN, "upstream": "a:1"})
    assert list(http.get("/proxies").json()) == ["a", "b", "c"]


def test_without_a_listen_address_it_takes_all_interfaces(http: httpx.Client) -> None:
    for body in ({"name": "p", "upstream": "a:1"}, {"name": "q", "upstream": "a:1", "listen": "0.0.0.0:0"}):
        listen = http.post("/proxies", json=body).json()["listen"]
        assert listen.startswith("[::]:")
        assert not refused("127.0.0.1:" + listen.rpartition(":")[2])


def test_a_host_name_is_reported_resolved_once_started(http: httpx.Client) -> None:
    disabled = {"name": "p", "listen": "localhost:0", "upstream": "a:1", "enabled": False}
    assert http.post("/proxies", json=disabled).json()["listen"] == "localhost:0"
    assert http.patch("/proxies/p", json={"enabled": True}).json()["listen"].startswith("127.0.0.1:")


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_disable_closes_everything_and_enable_keeps_the_port(
    route: Route, http: httpx.Client, method: str
) -> None:
    near, far = route.open()
    pass_through(near, far, b"hello")
    answer = http.request(method, f"/proxies/{route.name}", json={"enabled": False})
    assert (answer.status_code, answer.json()["enabled"]) == (200, False)
    assert near.recv(1) == b""
    assert far.recv(1) == b""
    assert refused(route.info.address)
    again = http.request(method, f"/proxies/{route.name}", json={"enabled": True}).json()
    assert again["listen"] == route.info.listen
    near, far = route.open()
    pass_through(near, far, b"again")


def test_toxics_survive_disable_and_a_new_upstream(route: Route, http: httpx.Client) -> None:
    http.post(f"/proxies/{route.name}/toxics", json={"type": "noop"})
    http.patch(f"/proxies/{route.name}", json={"enabled": False})
    with Upstream() as other:
        changed = http.patch(
            f"/proxies/{route.name}", json={"enabled": True, "upstream": other.address}
        ).json()
        assert [toxic["name"] for toxic in changed["toxics"]] == ["noop_downstream"]
        near = connect(changed["listen"])
        pass_through(near, other.accept(), b"hello")


def test_the_same_values_drop_nothing_and_the_name_is_ignored(route: Route, http: httpx.Client) -> None:
    near, far = route.open()
    same = {"listen": route.info.listen, "upstream": route.info.upstream, "enabled": True, "name": "other"}
    answer = http.patch(f"/proxies/{route.name}", json=same)
    assert answer.json()["name"] == route.name
    pass_through(near, far, b"still there")


def test_a_new_upstream_drops_connections(route: Route, http: httpx.Client) -> None:
    near, far = route.open()
    with Upstream() as other:
        http.patch(f"/proxies/{route.name}", json={"upstream": other.address})
        assert near.recv(1) == b""
        assert far.recv(1) == b""
        near = route.open_near()
        pass_through(near, other.accept(), b"there")


def test_a_listen_address_that_cannot_be_had_leaves_it_disabled(route: Route, http: httpx.Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        assert http.patch(f"/proxies/{route.name}", json={"listen": listen}).status_code == 500
        now = http.get(f"/proxies/{route.name}").json()
        assert (now["listen"], now["enabled"]) == (listen, False)


def test_delete_closes_everything(route: Route, http: httpx.Client) -> None:
    near, far = route.open()
    answer = http.delete(f"/proxies/{route.name}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert near.recv(1) == b""
    assert far.recv(1) == b""
    assert refused(route.info.address)
    assert http.get(f"/proxies/{route.name}").status_code == 404


def test_a_client_is_accepted_and_then_closed_when_there_is_no_upstream(http: httpx.Client) -> None:
    with socket.socket() as nobody:  # bound, and not listening
        nobody.bind(("127.0.0.1", 0))
        upstream = f"127.0.0.1:{nobody.getsockname()[1]}"
        info = http.post("/proxies", json={"name": "p", "listen": LISTEN, "upstream": upstream}).json()
        assert connect(info["listen"]).recv(1) == b""


def test_a_client_waits_for_an_upstream_that_takes_its_time(http: httpx.Client) -> None:
    with socket.socket() as full, contextlib.ExitStack() as stack:
        # A listener with a full backlog leaves the SYN of the next client unanswered, until there is room.
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        full.settimeout(10)
        fillers = [stack.enter_context(socket.socket()) for _ in range(2)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        upstream = f"127.0.0.1:{full.getsockname()[1]}"
        info = http.post("/proxies", json={"name": "p", "listen": LISTEN, "upstream": upstream}).json()
        near = stack.enter_context(connect(info["listen"]))
        assert silent(near, 0.3)
        strangers = {filler.getsockname() for filler in fillers}
        far = stack.enter_context(full.accept()[0])
        while far.getpeername() in strangers:
            far = stack.enter_context(full.accept()[0])
        pass_through(near, far, b"hello")


def test_an_upstream_may_be_a_host_name(http: httpx.Client, upstream: Upstream) -> None:
    name = "localhost:" + upstream.address.rpartition(":")[2]
    info = http.post("/proxies", json={"name": "p", "listen": LISTEN, "upstream": name}).json()
    pass_through(connect(info["listen"]), upstream.accept(), b"hello")


def test_big_data_both_ways_at_once_arrive_whole(route: Route) -> None:
    near, far = route.open()
    up, down = bytes(range(256)) * 8192, bytes(range(255, -1, -1)) * 8192
    assert exchange(near, up, far, down) == (down, up)


def test_an_end_of_stream_follows_the_data(route: Route) -> None:
    near, far = route.open()
    far.sendall(b"x" * 300_000)
    far.close()
    assert receive_all(near) == b"x" * 300_000


def test_populate_creates_keeps_and_replaces(route: Route, http: httpx.Client) -> None:
    near, far = route.open()
    http.post(f"/proxies/{route.name}/toxics", json={"type": "noop"})
    same = {
        "name": route.name,
        "listen": route.info.listen,
        "upstream": route.info.upstream,
        "enabled": False,
    }
    new = {"name": "new", "listen": LISTEN, "upstream": "a:1", "toxics": None}
    answer = http.post("/populate", json=[same, new])
    assert (answer.status_code, answer.headers["Content-Type"]) == (201, "application/json")
    kept, made = answer.json()["proxies"]
    assert (kept["enabled"], len(kept["toxics"])) == (True, 1), (
        "a proxy with the same addresses stays as it is"
    )
    assert made["toxics"] == []
    pass_through(near, far, b"still there")
    answer = http.post("/populate", json=[{**same, "upstream": "b:1"}])
    replaced = answer.json()["proxies"][0]
    assert (replaced["enabled"], replaced["toxics"]) == (False, [])
    assert near.recv(1) == b""


def test_populate_checks_all_before_it_creates_any(http: httpx.Client) -> None:
    answer = http.post("/populate", json=[{"name": "a", "upstream": "a:1"}, {"name": "b"}])
    expected = '{"error":"missing required field: upstream at proxy 2","status":400,"proxies":null}'
    assert (answer.status_code, answer.text) == (400, expected)
    assert answer.headers["Content-Type"] == "application/json"
    assert http.get("/proxies").json() == {}


def test_populate_keeps_those_before_a_failing_one(http: httpx.Client) -> None:
    proxies = [
        {"name": "good", "listen": LISTEN, "upstream": "a:1"},
        {"name": "bad", "listen": "nonsense", "upstream": "a:1"},
        {"name": "after", "listen": LISTEN, "upstream": "a:1"},
    ]
    answer = http.post("/populate", json=proxies)
    assert answer.status_code == 500
    assert answer.json()["error"] == "listen tcp: address nonsense: missing port in address"
    assert [proxy["name"] for proxy in answer.json()["proxies"]] == ["good"]
    assert list(http.get("/proxies").json()) == ["good"]


@pytest.mark.parametrize("body", ["[]", "null"])
def test_populate_of_nothing_answers_null(http: httpx.Client, body: str) -> None:
    answer = http.post("/populate", content=body)
    assert (answer.status_code, answer.text) == (201, '{"proxies":null}')


@pytest.mark.parametrize("body", ["", "[{", "{}", "5", '[{"name":3}]', '[{"name":"a","upstream":"b"},7]'])
def test_populate_answers_json_even_for_errors(http: httpx.Client, body: str) -> None:
    answer = http.post("/populate", content=body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/json")
    assert list(answer.json()) == ["error", "status", "proxies"]
    assert answer.json()["error"].startswith("bad request body: ")
    assert (answer.json()["status"], answer.json()["proxies"]) == (400, None)


def test_reset_enables_all_removes_toxics_and_keeps_connections(route: Route, http: httpx.Client) -> None:
    near, far = route.open()
    http.post(f"/proxies/{route.name}/toxics", json={"type": "latency", "attributes": {"latency": 5000}})
    http.post("/proxies", json={"name": "off", "listen": LISTEN, "upstream": "a:1", "enabled": False})
    far.sendall(b"held")
    answer = http.post("/reset")
    assert (answer.status_code, answer.content) == (204, b"")
    assert http.get("/proxies/off").json()["enabled"] is True
    assert http.get(f"/proxies/{route.name}").json()["toxics"] == []
    assert receive(near, 4) == b"held"
    pass_through(near, far, b"and on")
