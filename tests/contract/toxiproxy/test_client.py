"""Our client: what it returns and how it words failures, on every server."""

from __future__ import annotations

import socket
import threading

import pytest
from tests.contract.toxiproxy.peers import Route, Upstream, connect, pass_through
from tests.contract.toxiproxy.servers import real_server, serving

from syncproof.faults.toxiproxy.client import (
    Client,
    Conflict,
    Direction,
    InvalidRequest,
    ProxyFailed,
    ServerUnreachable,
    UnknownProxy,
    UnknownToxic,
)
from syncproof.faults.toxiproxy.toxic_types import Latency, Noop


def test_a_proxy_lives_through_its_client(client: Client, upstream: Upstream) -> None:
    made = client.create_proxy("a b", upstream.address)
    assert client.proxy("a b") == made
    assert client.proxies() == {"a b": made}
    assert client.disable("a b").enabled is False
    assert client.enable("a b").enabled is True
    pass_through(connect(made.address), upstream.accept(), b"hello")
    with Upstream() as other:
        assert client.update_proxy("a b", upstream=other.address).upstream == other.address
        pass_through(connect(made.address), other.accept(), b"hello")
    client.delete_proxy("a b")
    assert client.proxies() == {}


def test_toxics_live_through_their_client(client: Client, route: Route) -> None:
    made = client.add_toxic(route.name, Latency(1, 2), stream=Direction.UPSTREAM, toxicity=0.5, name="slow")
    assert (made.type, made.direction, made.toxicity) == ("latency", Direction.UPSTREAM, 0.5)
    assert made.attributes == {"latency": 1, "jitter": 2}
    assert client.toxics(route.name) == [made]
    assert client.proxy(route.name).toxics == (made,)
    changed = client.update_toxic(route.name, "slow", toxic=Latency(9), toxicity=1)
    assert (changed.attributes, changed.toxicity) == ({"latency": 9, "jitter": 0}, 1)
    assert client.toxic(route.name, "slow") == changed
    client.reset()
    assert client.toxics(route.name) == []


def test_populate_answers_the_proxies(client: Client) -> None:
    assert client.populate([]) == []
    made = client.populate([{"name": "p", "listen": "127.0.0.1:0", "upstream": "a:1"}])
    assert [info.name for info in made] == ["p"]


def test_the_engine_names_server_and_version(client: Client) -> None:
    kind, version = client.engine().split()
    assert version == client.version()
    assert (kind == "toxiproxy-embedded") is client.embedded()


def test_failures_say_what_there_is_and_what_to_do(client: Client, route: Route) -> None:
    with pytest.raises(UnknownProxy, match=rf"no proxy 'nobody' .* Those there are: {route.name}"):
        client.proxy("nobody")
    with pytest.raises(UnknownToxic, match=f"'{route.name}' has no toxic 'none'"):
        client.remove_toxic(route.name, "none")
    with pytest.raises(Conflict, match="delete it, or choose another name"):
        client.create_proxy(route.name, "a:1")
    client.add_toxic(route.name, Noop())
    with pytest.raises(Conflict, match="has a toxic 'noop_downstream' already"):
        client.add_toxic(route.name, Noop())
    with pytest.raises(InvalidRequest, match="stream was invalid"):
        client.add_toxic(route.name, Noop(), stream="sideways")
    with pytest.raises(InvalidRequest, match="must not be empty or contain '/'"):
        client.create_proxy("a/b", "a:1")
    with pytest.raises(ProxyFailed, match=r"for the proxy 'taken'.*address already in use"):
        client.create_proxy("taken", "a:1", listen=route.info.listen)


def test_a_server_that_is_not_there_is_named_with_a_way_to_start_one() -> None:
    with socket.socket() as nobody:  # bound, and not listening
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with (
            Client(url) as client,
            pytest.raises(ServerUnreachable, match=f"No Toxiproxy server answers at {url}"),
        ):
            client.version()


def test_a_server_that_does_not_answer_is_not_waited_for_longer_than_asked() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"
        with Client(url, timeout_s=0.2) as client, pytest.raises(ServerUnreachable, match="in time"):
            client.proxies()


def test_another_kind_of_server_is_recognised(upstream: Upstream) -> None:
    def answer() -> None:
        far = upstream.accept()
        far.recv(65536)
        far.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")

    other = threading.Thread(target=answer)
    other.start()
    with (
        Client(f"http://{upstream.address}") as client,
        pytest.raises(ServerUnreachable, match=r"does not speak the Toxiproxy API.*'hello'"),
    ):
        client.proxies()
    other.join()


def test_the_real_server_is_held_to_the_contract() -> None:
    """One skip instead of one per test where there is no real server."""
    if real_server() is None:
        pytest.skip("no toxiproxy-server on PATH (or in TOXIPROXY_SERVER): only the embedded one was tested")
    with serving("real") as server, Client(server.url) as client:
        assert not client.embedded()
