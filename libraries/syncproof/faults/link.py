"""A node's way to another node: a proxy of its own, so that each can be cut off alone."""

from __future__ import annotations

import copy
import itertools
import secrets
from collections.abc import Callable
from typing import Self

from syncproof.faults.probe import lengthened
from syncproof.faults.toxiproxy.client import Client
from syncproof.faults.toxiproxy.toxic_types import ToxicType
from syncproof.kernel.link import Exchange, Probe, Prober
from syncproof.processes.ports import Port


class ProxiedLink:
    """The proxied link of one node to another.

    node: whose it is. request: answers a harmless exchange whose answer has about as many bytes as asked for (the
    upstream's owner knows one). prober: sends it. host: where its proxy listens, on a port that nobody is given by
    chance while the link is cut. leads_to: the node behind it. devices: those at which something is outstanding while
    nothing passes, by default its own; none for a link between servers, which concerns them all; both for one between
    two devices.
    """

    def __init__(
        self,
        node: str,
        client: Client,
        upstream: str,
        request: Callable[[int], Exchange],
        prober: Prober,
        host: str = "127.0.0.1",
        *,
        leads_to: str = "",
        devices: tuple[str, ...] | None = None,
    ) -> None:
        self.node, self.leads_to, self.upstream = node, leads_to, upstream
        self.devices = (node,) if devices is None else devices
        #: What people call it: a device has one, as a rule, which is called like the device.
        self.called = node if len(self.devices) == 1 else f"{node} to {leads_to}"
        self.targets: tuple[str, ...] = (self.called,)
        self._client, self._request, self._prober = client, request, prober
        self.name = f"{node.lower()}-{secrets.token_hex(6)}"
        self._is_dialled = False
        # Shared by all who see this link, see `seen_from`.
        self._numbers = itertools.count(1)
        self.toxics: dict[str, ToxicType] = {}
        self._abandoned: list[Probe] = []
        self._port = Port()
        try:
            listen = f"{host}:{self._port.number}"
            self.address = client.create_proxy(self.name, upstream=upstream, listen=listen).listen
            self.engine = client.engine()
        except BaseException:
            self._port.close()
            raise

    def seen_from(self, *devices: str) -> Self:
        """The same link as a part of the network of one device or of two.

        Of the one that is dialled, `downstream` is what comes to it: so is any other device's own link meant.
        """
        seen = copy.copy(self)
        seen.targets = seen.devices = devices
        seen._is_dialled = devices == (self.leads_to,)
        return seen

    def cut(self) -> None:
        """Refuse new connections and close those that stand."""
        self._drain()
        self._client.disable(self.name)

    def restore(self) -> None:
        """Let connections through again."""
        self._drain()
        self._client.enable(self.name)

    def redirect(self, upstream: str) -> None:
        """Lead to another address from now on (the upstream came back elsewhere)."""
        self._drain()
        self.upstream = upstream
        self._client.update_proxy(self.name, upstream=upstream)

    def add(self, toxic: ToxicType, *, stream: str) -> str:
        """Put a toxic on it, for connections that stand as well as for new ones; answers its name here."""
        self._drain()
        stream = self._as_its_proxy_calls(stream)
        name = f"{toxic.type}_{stream}_{next(self._numbers)}"
        self._client.add_toxic(self.name, toxic, stream=stream, name=name)
        self.toxics[name] = toxic
        return name

    def remove(self, name: str) -> None:
        """Take a toxic away again."""
        self._drain()
        self._client.remove_toxic(self.name, name)
        del self.toxics[name]

    def probe(self, reply_bytes: int = 0, request_bytes: int = 0) -> Probe:
        """Send a request of the harness's own through it, of at least so many bytes."""
        if self._is_dialled:
            reply_bytes, request_bytes = request_bytes, reply_bytes
        return self._prober.probe(self.address, lengthened(self._request(reply_bytes), request_bytes))

    def probe_past(self) -> Probe:
        """Send a small request of the harness's own to the node behind it, not over it."""
        return self._prober.probe(self.upstream, self._request(0))

    def lost(self, stream: str) -> int | None:
        """Bytes that came on it one way and went nowhere; None on a real Toxiproxy, which does not count them."""
        traffic = self._client.traffic(self.name)
        if traffic is None:
            return None
        flow = traffic.upstream if self._as_its_proxy_calls(stream) == "upstream" else traffic.downstream
        return flow.received - flow.sent - flow.held

    def _as_its_proxy_calls(self, stream: str) -> str:
        return {"upstream": "downstream", "downstream": "upstream"}[stream] if self._is_dialled else stream

    def connections(self) -> int | None:
        """How many have begun so far, probes included; None on a real Toxiproxy, which does not count them."""
        traffic = self._client.traffic(self.name)
        return traffic.accepted if traffic else None

    def abandon(self, probe: Probe) -> None:
        """Keep a probe that nobody waits for any more until its answer is there, or to the end of the link.

        To close it while its answer is under way, just before a toxic is taken away, hangs or kills a real Toxiproxy.
        """
        self._abandoned.append(probe)

    def _drain(self) -> None:
        """Take in what has come for abandoned probes: a real Toxiproxy changes nothing while a reader is behind."""
        self._abandoned[:] = [probe for probe in self._abandoned if probe.poll() is None]

    def close(self) -> None:
        """Delete the proxy."""
        try:
            self._client.delete_proxy(self.name)
        finally:
            self._port.close()
            for probe in self._abandoned:
                probe.close()
            self._abandoned.clear()
