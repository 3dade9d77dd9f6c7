"""Where devices of the embedded stack live while packets can be lost: a network of their own, without root.

    harness, Toxiproxy, relay         | one user namespace that an ordinary user may make
                                      |   the router              a network namespace for each device
    Toxiproxy <- TCP - uplink <-------+-- 10.213.0.1 --- veth --- 10.213.0.2 <- the device
    harness - TCP -> control port ----+------------------------> 127.0.0.1   <- its agent

Between device and router there are real packets, which nftables and tc can do to what they do to any. An *uplink*
carries the device's connections on from the router to one address of this machine, a *control port* those of the
harness to the agent, so that no fault touches what the harness asks. (A socket belongs to the network that it was made
in, wherever its process goes: that is how both have a foot on either side.)
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence

from syncproof.faults.packets import rules
from syncproof.faults.packets.errors import PacketError, PacketsUnavailable
from syncproof.faults.packets.namespace import End, Namespace, PacketPath, Ran, Served
from syncproof.processes import Launcher, Process, ProcessError

#: Tools of the kernel's network, and the packages of Debian and its kin that have them.
_TOOLS = {"ip": "iproute2", "tc": "iproute2", "nft": "nftables", "nsenter": "util-linux"}
_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
_TOOL_S = 20
#: Where a device's agent listens: in its own network every port is free.
AGENT_PORT = 8080
_DEVICE = "device"


class DeviceNamespace:
    """One device's network. control: where the harness reaches its agent, host and port."""

    def __init__(self, sandbox: Sandbox, name: str, number: int) -> None:
        self._sandbox, self.name = sandbox, name
        self._ends = contextlib.ExitStack()
        self._uplinks: dict[str, str] = {}
        self._router_address, address = f"10.213.{number}.1", f"10.213.{number}.2"
        interface = f"to{number}"
        with contextlib.ExitStack() as made:
            control = sandbox.spawn(
                f"{name}'s control port", "control", {"user": sandbox.user, "port": AGENT_PORT}
            )
            made.callback(control.kill)
            self.control = str(control.ready["host"]), int(str(control.ready["port"]))
            self.network = f"/proc/{control.pid}/ns/net"
            inside = sandbox.namespace(name, self.network)
            router = sandbox.router
            router.run(
                *("ip", "link", "add", interface, "type", "veth", "peer"),
                *("name", _DEVICE, "netns", str(control.pid)),
            )
            router.run("ip", "address", "add", f"{self._router_address}/24", "dev", interface)
            router.run("ip", "link", "set", "dev", interface, "up")
            inside.run("ip", "address", "add", f"{address}/24", "dev", _DEVICE)
            inside.run("ip", "link", "set", "dev", _DEVICE, "up")
            inside.run("ip", "link", "set", "dev", "lo", "up")
            self._ends = made.pop_all()
        self.path = PacketPath(
            name, End(inside, _DEVICE, self._router_address), End(router, interface, address)
        )

    @property
    def enter(self) -> list[str]:
        """The namespaces that the device's process has to enter."""
        return [self._sandbox.user, self.network]

    def uplink_to(self, address: str) -> str:
        """Where the device reaches an address of this machine, `host:port`."""
        if address not in self._uplinks:
            host, _, port = address.rpartition(":")
            uplink = self._sandbox.spawn(
                f"{self.name}'s uplink",
                "uplink",
                {
                    "enter": [self._sandbox.user, self._sandbox.network],
                    "listen": self._router_address,
                    "to": [host, int(port)],
                },
            )
            self._ends.callback(uplink.kill)
            self._uplinks[address] = f"{self._router_address}:{uplink.ready['port']}"
        return self._uplinks[address]

    def close(self) -> None:
        """End everything here; the network goes with its last process."""
        self._ends.close()


class Sandbox:
    """The user namespace and the router of one run. Raises PacketsUnavailable, with the reason, where it cannot be."""

    def __init__(self, launcher: Launcher) -> None:
        self._launcher = launcher
        self._numbers = itertools.count()
        for tool, package in _TOOLS.items():
            if shutil.which(tool, path=_PATH) is None:
                raise PacketsUnavailable(
                    f"Packets cannot be lost here: there is no program '{tool}' "
                    f"(Debian, Ubuntu: apt-get install {package})."
                )
        with contextlib.ExitStack() as made:
            try:
                holder = self.spawn("router", "router", {})
                made.callback(holder.kill)
                if "refused" in holder.ready:
                    raise PacketError(f"The kernel said: {holder.ready['refused']}.")
                self.user, self.network = f"/proc/{holder.pid}/ns/user", f"/proc/{holder.pid}/ns/net"
                self.router = self.namespace("router", self.network)
                self._try()
            except (PacketError, ProcessError) as wrong:
                raise PacketsUnavailable(
                    "Packets cannot be lost here: this machine gives this user no network of his own (user "
                    f"namespaces, veth and nftables are needed). {wrong}"
                ) from None
            self._ends = made.pop_all()

    def _try(self) -> None:
        """Everything that a device will need, once."""
        self.router.run("nft", rules.drop("syncproof_try", "lo", "127.0.0.9", rules.RandomLoss(0.5)))
        self.router.run("nft", rules.undrop("syncproof_try"))
        self.router.run("ip", "link", "add", "try0", "type", "veth", "peer", "name", "try1")
        self.router.run("ip", "link", "delete", "try0")

    def device(self, name: str) -> DeviceNamespace:
        """A fresh network for a device. Raises PacketError, ProcessError."""
        number = next(self._numbers) % 250
        return DeviceNamespace(self, name, number)

    def close(self) -> None:
        """End the router."""
        self._ends.close()

    def spawn(self, name: str, what: str, config: Mapping[str, object]) -> Process:
        """Start one of the programs of `crossing`."""
        return self._launcher.spawn(name, f"syncproof.faults.packets.crossing:{what}", config)

    def namespace(self, name: str, network: str) -> Namespace:
        """A network of this sandbox, by its file."""

        def run(command: Sequence[str]) -> Ran:
            return _run(
                ["nsenter", f"--user={self.user}", f"--net={network}", "--preserve-credentials", *command]
            )

        def delay(queue: int, delay_s: float) -> Served:
            try:
                return _Queue(
                    self._launcher.spawn(
                        f"{name}'s delay",
                        "syncproof.faults.packets.delay_queue:run",
                        {"queue": queue, "delay_s": delay_s},
                        enter=[self.user, network],
                    )
                )
            except ProcessError as wrong:
                raise PacketError(str(wrong)) from None

        return Namespace(name, run, delay, lambda: os.path.exists(network))


class _Queue:
    def __init__(self, process: Process) -> None:
        self._process = process

    def said(self) -> str:
        return self._process.log.read_text()

    def end(self) -> None:
        self._process.kill()


def _run(command: Sequence[str]) -> Ran:
    try:
        ended = subprocess.run(
            command,
            env=os.environ | {"PATH": _PATH},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TOOL_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Ran(1, f"it had not ended after {_TOOL_S} s")
    return Ran(ended.returncode, ended.stderr if ended.returncode else ended.stdout)
