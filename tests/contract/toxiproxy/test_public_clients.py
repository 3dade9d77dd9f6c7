"""Public clients of Toxiproxy must work on the embedded server unchanged."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from tests.contract.toxiproxy.peers import Upstream, connect, pass_through
from tests.contract.toxiproxy.servers import Server


def test_toxiproxy_python(server: Server, upstream: Upstream) -> None:
    from toxiproxy import Toxiproxy
    from toxiproxy.exceptions import InvalidToxic, NotFound, ProxyExists

    toxiproxy = Toxiproxy()
    toxiproxy.update_api_consumer(server.host, server.port)
    assert toxiproxy.running()
    assert b'"version"' in toxiproxy.version()
    proxy = toxiproxy.create(name="python", upstream=upstream.address)
    try:
        near = connect(proxy.listen)
        far = upstream.accept()
        pass_through(near, far, b"hello")
        with pytest.raises(ProxyExists):
            toxiproxy.create(name="python", upstream=upstream.address)
        proxy.add_toxic(type="latency", attributes={"latency": 120})
        assert pass_through(far, near, b"x") >= 0.119
        assert proxy.get_toxic("latency_downstream").attributes == {"latency": 120, "jitter": 0}
        with pytest.raises(InvalidToxic):
            proxy.add_toxic(type="nonsense")
        proxy.destroy_toxic("latency_downstream")
        assert proxy.toxics() == {}
        with proxy.down(), pytest.raises(ConnectionRefusedError):
            connect(proxy.listen)
        pass_through(connect(proxy.listen), upstream.accept(), b"back")
        assert toxiproxy.reset()
        same = {"name": "python", "upstream": upstream.address, "listen": proxy.listen}
        assert toxiproxy.populate([same]) == []
    finally:
        toxiproxy.destroy(proxy)
    assert toxiproxy.get_proxy("python") is None
    with pytest.raises(NotFound):
        proxy.destroy()


def test_chaostoolkit_toxiproxy(server: Server, upstream: Upstream) -> None:
    pytest.importorskip("chaostoxi", reason="the package chaostoolkit-toxiproxy is not installed")
    proxies: Any = importlib.import_module("chaostoxi.proxy.actions")
    probes: Any = importlib.import_module("chaostoxi.proxy.probes")
    toxics: Any = importlib.import_module("chaostoxi.toxic.actions")
    configuration = {"toxiproxy_url": server.url}
    host, port = upstream.address.split(":")
    assert proxies.create_proxy(
        "chaos", host, int(port), listen_host="127.0.0.1", configuration=configuration
    )
    try:
        address = f"127.0.0.1:{configuration['chaos_PORT']}"
        near = connect(address)
        far = upstream.accept()
        assert probes.proxy_exist("chaos", configuration=configuration)
        assert toxics.create_latency_toxic("chaos", "slow", 120, configuration=configuration)
        assert pass_through(far, near, b"x") >= 0.119
        assert toxics.delete_toxic("chaos", "slow", configuration=configuration)
        assert proxies.disable_proxy("chaos", configuration=configuration)
        assert near.recv(1) == b""
        assert probes.get_proxy_attribute("chaos", "enabled", configuration=configuration) is False
        assert proxies.reset(configuration=configuration)
        pass_through(connect(address), upstream.accept(), b"back")
    finally:
        proxies.delete_proxy("chaos", configuration=configuration)
    assert not probes.proxy_exist("chaos", configuration=configuration)
