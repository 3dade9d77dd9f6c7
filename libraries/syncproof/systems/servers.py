"""The nodes of a product that are no devices: servers, brokers, stores, and the links between them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path

from syncproof.kernel.link import Link
from syncproof.kernel.node import ServerNode
from syncproof.kernel.server import Server
from syncproof.systems.driver import Driver

#: Makes a link: of whom, to which server, which is called so.
Linker = Callable[[str, Server, str], Link]


class Servers:
    """Started together, each behind those that it links to, when one is first asked for; they last for a suite file.

    link: makes a link. fresh_directory: makes a directory for a name.
    """

    def __init__(self, system: Driver, link: Linker, fresh_directory: Callable[[str], Path]) -> None:
        self._system, self._link, self._fresh_directory = system, link, fresh_directory
        self._nodes: dict[str, ServerNode] = {}
        self._settings: dict[str, float] = {}

    def configure(self, settings: Mapping[str, float]) -> None:
        """What of the server's settings is otherwise from now on, at scale 1; one that runs with others is ended."""
        if dict(settings) != self._settings:
            self.stop()
            self._settings = dict(settings)
            self._system.configure_server(settings)

    @property
    def started(self) -> dict[str, ServerNode]:
        """Those that were started up to now, by name."""
        return dict(self._nodes)

    @property
    def nodes(self) -> dict[str, ServerNode]:
        """All of them, by name; started if they were not. Raises SystemNotThere, NotReady."""
        if not self._nodes and not self._system.manifest.links_devices_alone:
            try:
                self._start()
            except BaseException:  # also where a test's time is over: none of them stays behind
                self.stop()
                raise
        return dict(self._nodes)

    @property
    def first(self) -> ServerNode:
        """The server that devices sync through; of several instances the first."""
        return self.nodes[self._system.manifest.first_server]

    def of_device(self, place: int) -> dict[str, ServerNode]:
        """What a device connects to, by the names that its product has for them; place: of the device, from 0."""
        manifest, nodes = self._system.manifest, self.nodes
        return {name: nodes[manifest.leads_to(name, place)] for name in manifest.agent_links}

    def stop(self) -> None:
        """End them all, those first that link to others."""
        with contextlib.ExitStack() as stopping:
            for node in self._nodes.values():
                stopping.callback(node.server.stop)
                for link in node.links.values():
                    stopping.callback(link.close)
            self._nodes.clear()

    def _start(self) -> None:
        manifest = self._system.manifest
        if not manifest.nodes:
            self._system.start_server(self._fresh_directory("server"))  # says that there is none
        for name, described in manifest.nodes.items():
            place = 0 if described.count == 1 else int(name.rpartition("-")[2]) - 1
            links: dict[str, Link] = {}
            with contextlib.ExitStack() as unless_it_runs:
                for peer in described.links:
                    behind = self._nodes[manifest.leads_to(peer, place)]
                    links[peer] = self._link(name, behind.server, behind.name)
                    unless_it_runs.callback(links[peer].close)
                addresses = {peer: link.address for peer, link in links.items()}
                server = self._system.start_server(self._fresh_directory(name), name, addresses)
                unless_it_runs.pop_all()
            self._nodes[name] = ServerNode(name, server, links)
