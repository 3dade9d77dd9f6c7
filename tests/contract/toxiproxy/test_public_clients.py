"""Public clients of Toxiproxy must work on the embedded server unchanged."""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.contract.toxiproxy.peers import Upstream, connect, pass_through
from tests.contract.toxiproxy.servers import Server

NODE_CLIENT = "toxiproxy-node-client@4.1.0"


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


@pytest.fixture(scope="module")
def node_packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which npm has installed the client; skips where it cannot be had."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("there is no Node.js here")
    folder = tmp_path_factory.mktemp("node")
    install = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), NODE_CLIENT]
    try:
        ended = subprocess.run(install, capture_output=True, text=True, check=False, timeout=60)
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm could not install {NODE_CLIENT} within 60 s")
    if ended.returncode:
        pytest.skip(f"npm could not install {NODE_CLIENT}: {ended.stderr.strip()[-200:]}")
    return folder / "node_modules"


Next = Callable[[], dict[str, Any]]


@contextmanager
def _node(packages: Path, server: Server, upstream: Upstream) -> Iterator[Next]:
    """The client at work: each call lets it take its next step, and answers what it saw."""
    script = str(Path(__file__).with_name("node_client.mjs"))
    with subprocess.Popen(
        ["node", script, str(packages), server.url, upstream.address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        to, came, words = process.stdin, process.stdout, process.stderr
        assert to is not None
        assert came is not None
        assert words is not None
        first = True

        def step() -> dict[str, Any]:
            nonlocal first
            if not first:
                to.write("\n")
                to.flush()
            first = False
            line = came.readline()
            assert line, f"the client ended: {words.read()}"
            seen: dict[str, Any] = json.loads(line)
            return seen

        try:
            yield step
        finally:
            process.kill()


def test_node_client(server: Server, upstream: Upstream, node_packages: Path) -> None:
    with _node(node_packages, server, upstream) as step:
        created = step()
        assert created["enabled"]
        near = connect(created["listen"])
        far = upstream.accept()
        pass_through(near, far, b"hello")
        slowed = step()
        assert slowed["twice"] == "Request failed with status code 409"
        assert (slowed["name"], slowed["stream"]) == ("latency_downstream", "downstream")
        assert slowed["attributes"] == {"latency": 120, "jitter": 0}
        assert pass_through(far, near, b"x") >= 0.119
        disabled = step()
        assert disabled == {
            "unknown": "Request failed with status code 400",
            "gone": "Request failed with status code 404",
            "enabled": False,
        }
        assert near.recv(1) == b""
        restored = step()
        assert (restored["populated"], restored["all"], restored["enabled"]) == (
            ["second"],
            ["node", "second"],
            True,
        )
        assert '"version"' in restored["version"]
        pass_through(connect(created["listen"]), upstream.accept(), b"back")
        assert step() == {"left": [], "missing": "Request failed with status code 404"}
