"""Robot Framework library: proxies that slow down, cut and break connections, through the Toxiproxy HTTP API."""

from __future__ import annotations

import contextlib
from typing import Any, TypedDict

from robot.api import logger
from robot.api.deco import keyword, library

from syncproof.faults.toxiproxy.client import Client, ProxyInfo, ToxiproxyError, UnknownProxy, UnknownToxic
from syncproof.faults.toxiproxy.own_server import OwnServer
from syncproof.kernel.quantities import Duration, Percent, Rate, Size
from syncproof.keywords.proxy_effects import ProxyEffects
from syncproof.keywords.toxic_keywords import ToxicKeywords
from syncproof.keywords.undoing import Undo, Undoing


class _RequiredOfProxy(TypedDict):
    name: str
    upstream: str


class ProxyDescription(_RequiredOfProxy, total=False):
    """One proxy of `Populate Proxies`; without `listen` it takes any free port, without `enabled` it is.

    `toxics`, as the Toxiproxy API has them (`type`, `attributes`, ...), are for an embedded server; a real one
    ignores them.
    """

    listen: str
    enabled: bool
    toxics: list[dict[str, Any]]


@library(
    scope="GLOBAL",
    listener="SELF",
    auto_keywords=False,
    converters={kind: kind.parse for kind in (Duration, Rate, Percent, Size)},
)
class ToxiproxyLibrary(Undoing, ToxicKeywords, ProxyEffects):
    """Puts network faults between a client and a server, on any TCP connection, without root and without Docker.

    A *proxy* listens on an address and hands every connection on to its *upstream*. A *toxic* on a proxy changes
    what passes: latency, bandwidth, a black hole, a reset and more. Toxics act on live connections at once.

    The proxies live in a Toxiproxy server: a real one (``Connect To Toxiproxy    http://127.0.0.1:8474``), or an
    embedded one that the library starts by itself as soon as a keyword needs it, and that ends with Robot Framework.

    = Example =

    | *** Settings ***
    | Library    ToxiproxyLibrary
    |
    | *** Test Cases ***
    | The shop survives a slow database
    |     ${address} =    Create Proxy    database    127.0.0.1:5432
    |     Start Shop    database=${address}
    |     Add Latency    database    200 ms    jitter=50 ms
    |     Wait Until Round Trip Is At Least    database    150 ms
    |     Shop Should Answer Within    2 seconds
    |     Cut Proxy    database
    |     Shop Should Say    Please try again later

    = Faults end with their test =

    What a test does to a proxy (a toxic, a cut, another upstream) is undone when the test ends, passed or failed;
    what a suite setup does, when the suite ends. Proxies stay until they are deleted or the server ends.

    = Quantities =

    | Duration | ``200 ms``, ``10 seconds``, ``2 minutes`` |
    | Rate | ``10 KB/s``, ``1.5 MB/s`` (1 KB is 1000 bytes) |
    | Percent | ``50%`` |
    | Size | ``20 KB``, ``50 MB`` |

    ``--dryrun`` checks them: a wrong unit fails before anything is started.

    = Direction =

    ``downstream`` (default) is from the upstream to the client, ``upstream`` from the client to the upstream.

    = Toxicity =

    The share of connections that a toxic applies to, decided for each connection when it begins and again when the
    toxic changes. The embedded server decides the same for the same seed (``Connect To Toxiproxy    seed=7``).
    """

    def __init__(self) -> None:
        super().__init__()
        self._client: Client | None = None
        self._own: OwnServer | None = None

    # Listener

    def close(self) -> None:
        """Listener: the run is over, an own server ends."""
        self.disconnect_from_toxiproxy()

    def take_back(self, undo: Undo) -> None:
        """Undo one fault of the network."""
        try:
            with contextlib.suppress(UnknownProxy, UnknownToxic):  # removed already: that is fine
                undo()
        except ToxiproxyError as trouble:
            logger.warn(f"A network fault could not be undone: {trouble}")

    @property
    def client(self) -> Client:
        """For the keywords: the connected server; an own embedded one if there is none yet."""
        if self._client is None:
            self.connect_to_toxiproxy()
            assert self._client is not None
        return self._client

    # Server

    @keyword
    def connect_to_toxiproxy(self, url: str | None = None, seed: int | None = None) -> str:
        """Use the server at ``url``; without a URL start an embedded one, which ends with Robot Framework.

        ``seed`` makes the random decisions of an embedded server (toxicity, jitter, packet loss) the same each run.
        Returns the server's URL. Without this keyword, the first one that needs a server starts an embedded one.

        Example:
        | Connect To Toxiproxy    http://127.0.0.1:8474
        | Connect To Toxiproxy    seed=7
        """
        self.disconnect_from_toxiproxy()
        if url is None:
            self._own = OwnServer(seed)
            url = self._own.url
        client = Client(url)
        try:
            logger.info(f"{client.engine()} at {url}")
        except ToxiproxyError:
            client.close()
            raise
        self._client = client
        return url

    @keyword
    def disconnect_from_toxiproxy(self) -> None:
        """Let go of the server; an embedded one that the library started ends.

        Example:
        | Disconnect From Toxiproxy
        """
        if self._client is not None:
            self._client.close()
            self._client = None
        if self._own is not None:
            self._own.close()
            self._own = None

    @keyword
    def get_toxiproxy_engine(self) -> str:
        """Which server it is: ``toxiproxy-embedded 2.12.0``, or ``toxiproxy 2.12.0`` for a real one.

        Example:
        | ${engine} =    Get Toxiproxy Engine
        """
        return self.client.engine()

    @keyword
    def reset_toxiproxy(self) -> None:
        """Restore every proxy of the server and remove every toxic, whoever made them.

        Example:
        | Reset Toxiproxy
        """
        self.client.reset()

    # Proxies

    @keyword
    def create_proxy(
        self, name: str, upstream: str, listen: str = "127.0.0.1:0", enabled: bool = True
    ) -> str:
        """Make a proxy in front of ``upstream`` (``host:port``) and return the address to connect to.

        ``listen`` is where it listens; port 0 means any free port. Fails if the name or the address is taken.

        Example:
        | ${address} =    Create Proxy    database    127.0.0.1:5432
        | Create Proxy    database    127.0.0.1:5432    listen=127.0.0.1:15432
        """
        return self.client.create_proxy(name, upstream, listen, enabled=enabled).address

    @keyword
    def populate_proxies(self, *proxies: ProxyDescription) -> list[str]:
        """Make several proxies, or replace those whose addresses differ; returns their addresses in that order.

        A proxy that is there with the same addresses stays as it is, with its toxics and connections.

        Example:
        | VAR    &{database}    name=database    upstream=127.0.0.1:5432
        | VAR    &{cache}       name=cache       upstream=127.0.0.1:6379    listen=127.0.0.1:16379
        | ${addresses} =    Populate Proxies    ${database}    ${cache}
        """
        wanted = [{"listen": "127.0.0.1:0", **proxy} for proxy in proxies]
        return [info.address for info in self.client.populate(wanted)]

    @keyword
    def delete_proxy(self, name: str) -> None:
        """Remove a proxy; its connections are closed.

        Example:
        | Delete Proxy    database
        """
        self.client.delete_proxy(name)

    @keyword
    def list_proxies(self) -> dict[str, dict[str, object]]:
        """All proxies of the server by name: ``address``, ``listen``, ``upstream``, ``enabled``, ``toxics`` (names).

        Example:
        | ${proxies} =    List Proxies
        | Should Be Equal    ${proxies}[database][upstream]    127.0.0.1:5432
        """
        return {name: _described(info) for name, info in self.client.proxies().items()}

    @keyword
    def get_proxy(self, name: str) -> dict[str, object]:
        """One proxy, as in `List Proxies`.

        Example:
        | ${proxy} =    Get Proxy    database
        | Should Be True    ${proxy}[enabled]
        """
        return _described(self.client.proxy(name))

    @keyword
    def redirect_proxy(self, name: str, upstream: str) -> None:
        """Lead a proxy to another upstream; its present connections are closed, its toxics stay.

        Example:
        | Redirect Proxy    database    127.0.0.1:5433
        """
        before = self.client.proxy(name).upstream
        self.undo_later(lambda: self.client.update_proxy(name, upstream=before))
        self.client.update_proxy(name, upstream=upstream)

    @keyword
    def get_proxy_traffic(self, name: str) -> dict[str, object] | None:
        """What has passed through a proxy, live connections included; None on a real server, which cannot say.

        Keys: ``accepted``, ``open``, ``failed``, ``cut`` (connections), ``upstream`` and ``downstream`` (each
        ``received``, ``sent``, ``held``, in bytes), ``applied`` (by toxic, on how many open connections it applies).

        Example:
        | ${traffic} =    Get Proxy Traffic    database
        | Should Be True    ${traffic}[downstream][held] > 0
        """
        traffic = self.client.traffic(name)
        if traffic is None:
            return None
        ways = {"upstream": vars(traffic.upstream), "downstream": vars(traffic.downstream)}
        return {**vars(traffic), **ways, "applied": dict(traffic.applied)}


def _described(info: ProxyInfo) -> dict[str, object]:
    return {
        "address": info.address,
        "listen": info.listen,
        "upstream": info.upstream,
        "enabled": info.enabled,
        "toxics": [toxic.name for toxic in info.toxics],
    }
