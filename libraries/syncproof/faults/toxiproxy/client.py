"""A typed, synchronous client of the Toxiproxy HTTP API; works on the embedded server and on real ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from .toxic_types import Bandwidth, Hold, ToxicType
from .toxics.toxic import Direction

__all__ = ["Client", "Direction", "ProxyInfo", "ToxicInfo", "ToxiproxyError", "Traffic"]


class ToxiproxyError(Exception):
    """The server refused, failed or did not answer. The message says which proxy or toxic, and what to do."""


class ServerUnreachable(ToxiproxyError):
    """Nothing answers the Toxiproxy API at that URL."""


class UnknownProxy(ToxiproxyError):
    """There is no proxy of that name."""


class UnknownToxic(ToxiproxyError):
    """The proxy has no toxic of that name."""


class Conflict(ToxiproxyError):
    """A proxy or toxic of that name is there already."""


class InvalidRequest(ToxiproxyError):
    """The server says that the request makes no sense (400)."""


class UnsupportedToxic(InvalidRequest):
    """The server does not know this kind of toxic: an extension, asked of a real Toxiproxy."""


class ProxyFailed(ToxiproxyError):
    """The server could not do it (500), mostly because the listen address is taken."""


@dataclass(frozen=True)
class ToxicInfo:
    """A toxic as the server reports it."""

    name: str
    type: str
    direction: Direction
    toxicity: float
    attributes: Mapping[str, int | float]


@dataclass(frozen=True)
class ProxyInfo:
    """A proxy as the server reports it."""

    name: str
    listen: str
    upstream: str
    enabled: bool
    toxics: tuple[ToxicInfo, ...]

    @property
    def address(self) -> str:
        """`host:port` to connect to; a proxy on all interfaces is reached on loopback."""
        host, _, port = self.listen.rpartition(":")
        return f"127.0.0.1:{port}" if host in ("", "[::]", "0.0.0.0") else self.listen


@dataclass(frozen=True)
class Flow:
    """Bytes of one direction: read from the one side, written to the other, and held back at this moment."""

    received: int
    sent: int
    held: int


@dataclass(frozen=True)
class Traffic:
    """What passed through a proxy since it was made (embedded server only)."""

    accepted: int
    open: int
    failed: int
    """Connections that `fail_first` reset, or whose upstream could not be reached."""
    cut: int
    """Connections that were closed because the proxy was disabled, deleted or changed."""
    upstream: Flow
    downstream: Flow
    applied: Mapping[str, int]
    """By toxic: on how many of the open connections toxicity let it apply."""


class Client:
    """Speaks to one server. Every method raises `ToxiproxyError`, or the subclass that fits."""

    def __init__(self, url: str, timeout_s: float = 10.0) -> None:
        """`url` like `http://127.0.0.1:8474`; `timeout_s` is for each request."""
        self.url = url.rstrip("/")
        # No proxy settings of the environment: this is loopback. To read the certificates of all the world costs more
        # than all that one test asks of its server.
        self._http = httpx.Client(
            base_url=self.url,
            timeout=timeout_s,
            trust_env=False,
            verify=self.url.startswith("https:"),
            headers={"User-Agent": "syncproof"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give back the connection."""
        self._http.close()

    # The server

    def version(self) -> str:
        """The version that the server reports."""
        return self._version(self._ask("GET", "/version"))

    def engine(self) -> str:
        """`toxiproxy-embedded 2.12.0` or `toxiproxy 2.12.0`: the embedded server says so in its Server
        header.
        """
        answer = self._ask("GET", "/version")
        kind = "toxiproxy-embedded" if self._is_embedded(answer) else "toxiproxy"
        return f"{kind} {self._version(answer)}"

    def embedded(self) -> bool:
        """Whether the server is ours and so has the extensions."""
        return self._is_embedded(self._ask("GET", "/version"))

    def reset(self) -> None:
        """Enable every proxy and remove every toxic."""
        self._ask("POST", "/reset")

    # Proxies

    def proxies(self) -> dict[str, ProxyInfo]:
        """All, by name."""
        return {name: _proxy(item) for name, item in self._json("GET", "/proxies").items()}

    def proxy(self, name: str) -> ProxyInfo:
        """One. Raises UnknownProxy."""
        return _proxy(self._json("GET", _path(name), proxy=name))

    def create_proxy(
        self, name: str, upstream: str, listen: str = "127.0.0.1:0", *, enabled: bool = True
    ) -> ProxyInfo:
        """A new proxy; port 0 means any free port, which `ProxyInfo.listen` then names. Raises Conflict,
        ProxyFailed.
        """
        if "/" in name or not name:
            raise InvalidRequest(
                f"'{name}' cannot be the name of a proxy: it must not be empty or contain '/'."
            )
        wanted = {"name": name, "upstream": upstream, "listen": listen, "enabled": enabled}
        return _proxy(self._json("POST", "/proxies", wanted, proxy=name))

    def populate(self, proxies: Iterable[Mapping[str, object]]) -> list[ProxyInfo]:
        """Create or replace several: {name, listen, upstream, enabled}. One that is there with the same
        addresses stays.
        """
        answer = self._json("POST", "/populate", list(proxies))
        return [_proxy(item) for item in answer["proxies"] or []]

    def delete_proxy(self, name: str) -> None:
        """Remove a proxy and close its connections. Raises UnknownProxy."""
        self._ask("DELETE", _path(name), proxy=name)

    def enable(self, name: str) -> ProxyInfo:
        """Listen again, on the same port, with the same toxics."""
        return self._update(name, {"enabled": True})

    def disable(self, name: str) -> ProxyInfo:
        """Close the listener and every connection; new ones are refused."""
        return self._update(name, {"enabled": False})

    def update_proxy(self, name: str, *, upstream: str | None = None, listen: str | None = None) -> ProxyInfo:
        """Send connections elsewhere, or listen elsewhere; present connections close, toxics stay."""
        changes = {"upstream": upstream, "listen": listen}
        return self._update(name, {key: value for key, value in changes.items() if value is not None})

    # Toxics

    def toxics(self, proxy: str) -> list[ToxicInfo]:
        """Those of a proxy: upstream ones first, in the order of the chain."""
        return [_toxic(item) for item in self._json("GET", f"{_path(proxy)}/toxics", proxy=proxy)]

    def toxic(self, proxy: str, name: str) -> ToxicInfo:
        """One. Raises UnknownToxic."""
        return _toxic(self._json("GET", _path(proxy, name), proxy=proxy, toxic=name))

    def add_toxic(
        self,
        proxy: str,
        toxic: ToxicType,
        *,
        stream: str = Direction.DOWNSTREAM,
        toxicity: float = 1.0,
        name: str | None = None,
    ) -> ToxicInfo:
        """Put a toxic at the end of a chain; acts on live connections at once.

        Args:
            proxy: The proxy's name.
            toxic: The kind and its attributes.
            stream: Which way it acts: `downstream` (from the upstream to the client) or `upstream`.
            toxicity: Probability (0 to 1) that it applies to a connection.
            name: By default `<type>_<stream>`.

        Raises:
            Conflict: The proxy has a toxic of that name.
            UnsupportedToxic: An extension, and the server is no embedded one.
        """
        wanted = {
            "type": toxic.type,
            "stream": str(stream),
            "toxicity": toxicity,
            "attributes": dict(toxic.attributes),
            **({} if name is None else {"name": name}),
        }
        named = name or f"{toxic.type}_{stream}"
        try:
            return _toxic(self._json("POST", f"{_path(proxy)}/toxics", wanted, proxy=proxy, toxic=named))
        except InvalidRequest as error:
            if toxic.extension and "invalid toxic type" in str(error):
                raise UnsupportedToxic(
                    f"The server at {self.url} does not know the toxic '{toxic.type}': "
                    "it is an extension of the embedded server (toxiproxy-embedded)."
                ) from None
            raise

    def update_toxic(
        self, proxy: str, name: str, *, toxic: ToxicType | None = None, toxicity: float | None = None
    ) -> ToxicInfo:
        """Change attributes, toxicity or both; acts on live connections at once. Raises UnknownToxic."""
        changes: dict[str, object] = {}
        if toxic is not None:
            changes["attributes"] = dict(toxic.attributes)
        if toxicity is not None:
            changes["toxicity"] = toxicity
        return self._change_toxic(proxy, name, changes)

    def update_attributes(self, proxy: str, name: str, attributes: Mapping[str, int | float]) -> ToxicInfo:
        """Change some attributes; raises InvalidRequest for one that the toxic does not have."""
        known = self.toxic(proxy, name)
        strange = [attribute for attribute in attributes if attribute not in known.attributes]
        if strange:
            raise InvalidRequest(
                f"The toxic '{name}' ({known.type}) of '{proxy}' has no attribute '{strange[0]}': "
                f"it has {', '.join(known.attributes) or 'none'}."
            )
        return self._change_toxic(proxy, name, {"attributes": dict(attributes)})

    def _change_toxic(self, proxy: str, name: str, changes: Mapping[str, object]) -> ToxicInfo:
        return _toxic(self._json("PATCH", _path(proxy, name), changes, proxy=proxy, toxic=name))

    def remove_toxic(self, proxy: str, name: str) -> None:
        """Take a toxic out; what it holds passes (with `timeout` they close). Raises UnknownToxic."""
        self._ask("DELETE", _path(proxy, name), proxy=proxy, toxic=name)

    def cut_one_way(self, proxy: str, stream: str, name: str | None = None) -> ToxicInfo:
        """Let nothing pass in one direction, on live and new connections, until the toxic is removed.

        On the embedded server by `hold`. A real one has no such toxic; there `bandwidth` with rate 0 does
        the same for data, but lets the end of an idle connection pass.
        """
        toxic: ToxicType = Hold() if self.embedded() else Bandwidth(0)
        return self.add_toxic(proxy, toxic, stream=stream, name=name or f"cut_{stream}")

    def traffic(self, proxy: str) -> Traffic | None:
        """Counters of a proxy, live connections included. None on a real server, which has none."""
        if not self.embedded():
            self.proxy(proxy)
            return None
        item = self._json("GET", f"{_path(proxy)}/traffic", proxy=proxy)
        return Traffic(
            accepted=item["accepted"],
            open=item["open"],
            failed=item["failed"],
            cut=item["cut"],
            upstream=Flow(**item["upstream"]),
            downstream=Flow(**item["downstream"]),
            applied=item["applied"],
        )

    # Requests

    def _update(self, name: str, changes: Mapping[str, object]) -> ProxyInfo:
        return _proxy(self._json("PATCH", _path(name), changes, proxy=name))

    def _version(self, answer: httpx.Response) -> str:
        try:
            return str(answer.json()["version"])
        except (ValueError, KeyError, TypeError):
            raise self._no_toxiproxy(f"GET /version answered {answer.text[:80]!r}") from None

    @staticmethod
    def _is_embedded(answer: httpx.Response) -> bool:
        return str(answer.headers.get("Server", "")).startswith("toxiproxy-embedded")

    def _json(self, method: str, path: str, body: object = None, *, proxy: str = "", toxic: str = "") -> Any:
        answer = self._ask(method, path, body, proxy=proxy, toxic=toxic)
        try:
            return answer.json()
        except ValueError:
            raise self._no_toxiproxy(
                f"{method} {path} answered {answer.text[:80]!r}, which is no JSON"
            ) from None

    def _ask(
        self, method: str, path: str, body: object = None, *, proxy: str = "", toxic: str = ""
    ) -> httpx.Response:
        try:
            answer = (
                self._http.request(method, path, json=body)
                if body is not None
                else self._http.request(method, path)
            )
        except httpx.TimeoutException:
            raise ServerUnreachable(
                f"The Toxiproxy server at {self.url} did not answer {method} {path} in time."
            ) from None
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise ServerUnreachable(
                f"No Toxiproxy server answers at {self.url} ({error}). "
                "Start one, like 'toxiproxy-embedded -host 127.0.0.1 -port 8474', or correct the URL."
            ) from None
        if answer.is_success:
            return answer
        raise self._failure(answer, proxy, toxic)

    def _failure(self, answer: httpx.Response, proxy: str, toxic: str) -> ToxiproxyError:
        try:
            reason = str(answer.json()["error"])
        except (ValueError, KeyError, TypeError):
            return self._no_toxiproxy(f"it answered {answer.status_code} {answer.text[:80]!r}")
        if reason == "proxy not found":
            return UnknownProxy(f"There is no proxy '{proxy}' at {self.url}.{self._known_proxies()}")
        if reason == "toxic not found":
            return UnknownToxic(f"The proxy '{proxy}' has no toxic '{toxic}'.")
        if reason == "proxy already exists":
            return Conflict(
                f"There is a proxy '{proxy}' at {self.url} already: delete it, or choose another name."
            )
        if reason == "toxic already exists":
            return Conflict(
                f"The proxy '{proxy}' has a toxic '{toxic}' already: update it, or name the new one."
            )
        if answer.status_code == 400:
            return InvalidRequest(f"The Toxiproxy server at {self.url} refused the request: {reason}.")
        where = f" for the proxy '{proxy}'" if proxy else ""
        return ProxyFailed(f"The Toxiproxy server at {self.url} failed{where}: {reason}.")

    def _known_proxies(self) -> str:
        names = ", ".join(sorted(self.proxies()))
        return f" Those there are: {names}." if names else " There are none."

    def _no_toxiproxy(self, seen: str) -> ToxiproxyError:
        return ServerUnreachable(f"The server at {self.url} does not speak the Toxiproxy API: {seen}.")


def _path(proxy: str, toxic: str | None = None) -> str:
    path = f"/proxies/{quote(proxy, safe='')}"
    return path if toxic is None else f"{path}/toxics/{quote(toxic, safe='')}"


def _toxic(item: Mapping[str, Any]) -> ToxicInfo:
    return ToxicInfo(
        item["name"],
        item["type"],
        Direction(item["stream"].lower()),
        item["toxicity"],
        dict(item["attributes"]),
    )


def _proxy(item: Mapping[str, Any]) -> ProxyInfo:
    toxics = tuple(_toxic(toxic) for toxic in item["toxics"] or ())
    return ProxyInfo(item["name"], item["listen"], item["upstream"], item["enabled"], toxics)
