"""Devices as processes or containers, each behind a link of its own, spoken to over HTTP."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Mapping
from pathlib import Path

from syncproof.kernel.agent import Capabilities, MalformedReply
from syncproof.kernel.layout import DEVICES
from syncproof.kernel.link import Exchange, Link
from syncproof.kernel.node import DeviceNode, ServerNode
from syncproof.kernel.trouble import ClientUnavailable
from syncproof.systems import about
from syncproof.systems.clock import MonotonicClock
from syncproof.systems.driver import Driver
from syncproof.systems.elsewhere import Elsewhere
from syncproof.systems.errors import SystemNotThere
from syncproof.systems.http_agent import HttpAgent
from syncproof.systems.servers import Servers
from syncproof.systems.stack import Stack


class ProcessDevices:
    """See `kernel.bed.Devices`.

    declared: what the product's agent said that it can do. where: the STACK of the run. link: makes the link of a
    device to a server. link_devices: makes that of a device to another one, from both names, the other's address and
    a harmless exchange with it. fresh_directory, fresh_identity: make what nothing else uses. elsewhere: URL of the
    agent that the run names on each platform.
    """

    def __init__(
        self,
        system: Driver,
        stack: Stack,
        servers: Servers,
        declared: Capabilities,
        where: str,
        link: Callable[[str, ServerNode], Link],
        link_devices: Callable[[str, str, str, Callable[[int], Exchange]], Link],
        fresh_directory: Callable[[str], Path],
        fresh_identity: Callable[[str], str],
        elsewhere: Mapping[str, str],
    ) -> None:
        self._system, self._stack, self._servers, self._link = system, stack, servers, link
        self._link_devices = link_devices
        self._declared, self._where = declared, where
        self._fresh_directory, self._fresh_identity = fresh_directory, fresh_identity
        self._clients: dict[str, str] = {}
        self._elsewhere, self._platforms = elsewhere, dict[str, str]()

    def use_clients(self, kinds: Mapping[str, str]) -> None:
        """Of which kind devices are, by name; those that it does not name are what the product has otherwise."""
        self._clients = dict(kinds)

    def use_platforms(self, platforms: Mapping[str, str]) -> None:
        """Raises ClientUnavailable where the run names no agent there, or one for two devices."""
        for platform in platforms.values():
            if not self._elsewhere.get(platform):
                raise ClientUnavailable(
                    f"There is no device on {platform} here. Start an agent there, and name it with --variable "
                    f"{platform.upper()}_AGENT_URL:http://host:port (docs/agents.md)."
                )
        if len(set(platforms.values())) < len(platforms):
            raise ClientUnavailable(
                "There is one agent on each platform, and this scenario has two devices there."
            )
        self._platforms = dict(platforms)

    def start(self, name: str, place: int, seed: int, settings: Mapping[str, float]) -> DeviceNode:
        """Raises what starting a process raises."""
        self._system.use_client(self._clients.get(name, ""))
        directory, identity = self._fresh_directory(name), self._fresh_identity(name)
        links: dict[str, Link] = {}
        with contextlib.ExitStack() as unless_it_takes_part:
            for peer, server in self._servers.of_device(place).items():
                links[peer] = self._link(name, server)
                unless_it_takes_part.callback(links[peer].close)
            secret, address = self._server(links)
            process = self._there(name) or self._system.start_device(
                identity, directory, secret, seed, settings, address
            )
            unless_it_takes_part.pop_all()
        return DeviceNode(name, identity, directory, process, HttpAgent(name, _url(process.ready)), links)

    def _there(self, name: str) -> Elsewhere | None:
        """The agent on another platform, where a device is to be there."""
        platform = self._platforms.get(name)
        if platform is None:
            return None
        where = self._elsewhere[platform].partition("://")[2].rstrip("/")
        return Elsewhere(f"{name}'s agent", where, f"Say it of a device that does not run on {platform}.")

    def link(self, node: DeviceNode, other: DeviceNode) -> None:
        """Raises SystemNotThere where the product does not say how devices connect to each other."""
        described = self._system.manifest.agent
        if DEVICES not in described.links:
            raise SystemNotThere(
                f"The devices of {self._system.name} are to be linked to each other. Name '{DEVICES}' among `links` of "
                "[agent], with `ready` or `probe`."
            )
        address = self.listens(other)
        request = functools.partial(described.exchange, address)
        link = node.links[other.identity] = self._link_devices(node.name, other.name, address, request)
        node.agent.set_link(other.identity, self._stack.reached_as(node.process, link.address))

    def listens(self, node: DeviceNode) -> str:
        """Raises MalformedReply where its agent does not say."""
        address = node.agent.status().listens
        if not address:
            raise MalformedReply(
                f"{node.name}'s agent does not say where other devices reach it: `listens` in GET /status."
            )
        return address

    def meet(self, node: DeviceNode) -> None:
        """Raises SystemNotThere for one that declares something else than the product did."""
        said = node.agent.about()
        about.check(said, self._declared, self._system, self._where)
        node.identity = said.device  # an agent that ran before has a name of its own
        self.tell_links(node)
        if isinstance(node.process, Elsewhere):
            clock = MonotonicClock()
            before_ns = clock.now()
            status = node.agent.status()
            node.agent.past = status.deliveries
            if status.boot_id != boot_id():
                node.agent.ahead_ns = status.monotonic_ns - (before_ns + clock.now()) // 2

    def start_again(self, node: DeviceNode, seed: int, settings: Mapping[str, float]) -> None:
        """Raises what starting a process raises."""
        self._system.use_client(self._clients.get(node.name, ""))
        secret, address = self._server(node.links)
        node.process = self._system.start_device(
            node.identity, node.directory, secret, seed, settings, address
        )
        node.agent.close()
        node.agent = HttpAgent(node.name, _url(node.process.ready))

    def require_ours(self, node: DeviceNode) -> None:
        """Raises NotOurs."""
        if isinstance(node.process, Elsewhere):
            node.process.refuse()

    def wipe(self, node: DeviceNode) -> None:
        """End its process and give it an empty directory."""
        self._system.discard(node.process, node.directory)
        node.directory = self._fresh_directory(node.name)

    def tell_links(self, node: DeviceNode) -> None:
        """By `PUT /links`."""
        for peer, link in node.links.items():
            if link is not node.link or not self._system.agents_know_server:
                node.agent.set_link(peer, self._stack.reached_as(node.process, link.address))

    def discard(self, node: DeviceNode) -> None:
        """All of it, also when something cannot be reached."""
        with contextlib.ExitStack() as leaving:
            for link in node.links.values():
                leaving.callback(link.close)
            leaving.callback(self._system.discard, node.process, node.directory)
            leaving.callback(node.agent.close)

    def _server(self, links: Mapping[str, Link]) -> tuple[str, str]:
        """The secret of the server that a device syncs through and where its link to it begins; "" without one."""
        nodes = self._servers.nodes
        first = next((link for link in links.values() if link.leads_to in nodes), None)
        return (nodes[first.leads_to].server.secret, first.address) if first else ("", "")


def boot_id() -> str:
    """Of this machine since it was started: stamps of one boot_id are of one clock."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def _url(ready: Mapping[str, object]) -> str:
    return f"http://{ready['host']}:{ready['port']}"
