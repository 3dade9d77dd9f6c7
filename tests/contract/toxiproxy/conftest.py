"""Servers to hold to the contract: the embedded one always, the real one where there is one.

The real one is `toxiproxy-server` on PATH, or what the environment variable TOXIPROXY_SERVER names.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import httpx
import pytest
from tests.contract.toxiproxy.peers import Route, Upstream
from tests.contract.toxiproxy.servers import Server, real_server, serving

from syncproof.faults.toxiproxy.client import Client


@pytest.fixture(scope="session", params=["embedded", "real"] if real_server() else ["embedded"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with serving(request.param) as running:
        yield running


@pytest.fixture(scope="session")
def embedded() -> Iterator[Server]:
    """A second embedded server, for what only it can do; it has a seed and shows metrics."""
    with serving("embedded", "-seed", "7", "-proxy-metrics") as running:
        yield running


@pytest.fixture
def http(server: Server) -> Iterator[httpx.Client]:
    """Raw requests; all proxies are gone afterwards."""
    with httpx.Client(base_url=server.url, trust_env=False, headers={"User-Agent": "contract"}) as client:
        yield client
        for name in client.get("/proxies").json():
            client.delete(f"/proxies/{httpx.URL(path=name).raw_path.decode()}")


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    with Client(server.url) as client:
        yield client
        for name in client.proxies():
            client.delete_proxy(name)


@pytest.fixture
def extended(embedded: Server) -> Iterator[Client]:
    """A client of the embedded server."""
    with Client(embedded.url) as client:
        yield client
        for name in client.proxies():
            client.delete_proxy(name)


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream() as upstream:
        yield upstream


_NAMES = itertools.count(1)


@pytest.fixture
def route(client: Client, upstream: Upstream) -> Route:
    """A proxy on the server under test."""
    return Route(client, client.create_proxy(f"route{next(_NAMES)}", upstream.address), upstream)


@pytest.fixture
def extended_route(extended: Client, upstream: Upstream) -> Route:
    """A proxy on the embedded server."""
    return Route(extended, extended.create_proxy(f"route{next(_NAMES)}", upstream.address), upstream)
