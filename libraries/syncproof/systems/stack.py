"""Where a system runs, as the test bed sees it: processes of this machine, or containers."""

from __future__ import annotations

from typing import Protocol

from syncproof.faults.packets.namespace import PacketPath
from syncproof.faults.toxiproxy.client import Client
from syncproof.kernel.host import Host, Program


class Stack(Host, Protocol):
    """Starts programs and a Toxiproxy, and says where links have to listen.

    What it started for one suite file ends with `close_suite`, everything with `close`.
    """

    #: Whether it can run any program, and not only those that its services describe.
    executes: bool

    @property
    def slack_s(self) -> float:
        """What this machine needs on top of what a program may take to be ready, seconds."""

    @property
    def toxiproxy(self) -> Client:
        """The Toxiproxy of this suite file; started when it is first asked for."""

    @property
    def links_host(self) -> str:
        """Where the proxy of a link listens, so that a device and the harness's probes reach it."""

    def use_packets(self, wanted: bool) -> None:
        """Devices that are started from now on have a network that packet faults can be put on, or need none.

        Raises PacketsUnavailable, with the reason, where this stack cannot give them one.
        """

    def use_disks(self, wanted: bool) -> None:
        """Programs that are started from now on have a small disk of their own for their data, or need none.

        Raises DisksUnavailable, with the reason, where this stack cannot give them one.
        """

    def use_seed(self, seed: int) -> None:
        """What is started from now on, and draws something, draws it by this seed."""

    def reached_as(self, program: Program, address: str) -> str:
        """What a device has to call an address that the harness calls so."""

    def packet_path(self, program: Program) -> PacketPath:
        """The way between a device and its proxy, packet by packet. Raises PacketsUnavailable without one."""

    def close_suite(self) -> None: ...
    def close(self) -> None: ...
