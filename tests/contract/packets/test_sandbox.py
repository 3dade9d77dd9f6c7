"""A device's own network without root: real packets, real losses, and nothing left of it."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from syncproof.faults.packets import rules
from syncproof.faults.packets.errors import PacketError, PacketsUnavailable
from syncproof.faults.packets.faults import OneWay, PacketDelay, PacketFault, PacketLoss, PacketRate
from syncproof.faults.packets.rules import BurstLoss, RandomLoss
from syncproof.faults.packets.sandbox import AGENT_PORT, DeviceNamespace, Sandbox
from syncproof.processes import Launcher, ProcessError

ECHO = "tests.contract.packets.echo:run"
Ask = Callable[[str], str]


class Agent:
    """A program in a device's network, asked from outside."""

    def __init__(self, launcher: Launcher, device: DeviceNamespace) -> None:
        config = {"host": "127.0.0.1", "port": AGENT_PORT}
        self.process = launcher.spawn("agent", ECHO, config, enter=device.enter)
        self._control = device.control

    def ask(self, line: str) -> str:
        with socket.create_connection(self._control, timeout=20) as control:
            control.sendall(f"{line}\n".encode())
            return control.makefile().readline().strip()

    def fetch(self, uplink: str, count: int) -> float:
        """Seconds that `count` bytes took to come to the device."""
        said = self.ask(f"ask {uplink} {count}").split()
        assert said[:2] == ["got", str(count)], said
        return float(said[2])


@pytest.fixture
def agent(launcher: Launcher, device: DeviceNamespace) -> Agent:
    return Agent(launcher, device)


@pytest.fixture
def outside(launcher: Launcher) -> str:
    """Something on this machine's own loopback, as a proxy is."""
    process = launcher.spawn("outside", ECHO, {"host": "127.0.0.1", "port": 0})
    return f"127.0.0.1:{process.ready['port']}"


@pytest.fixture
def uplink(device: DeviceNamespace, outside: str) -> str:
    return device.uplink_to(outside)


@pytest.fixture
def begin() -> Iterator[Callable[[PacketFault], PacketFault]]:  # type: ignore[type-arg]
    begun: list[PacketFault] = []  # type: ignore[type-arg]

    def begin(fault: PacketFault) -> PacketFault:  # type: ignore[type-arg]
        fault.begin()
        begun.append(fault)
        return fault

    yield begin
    for fault in begun:
        fault.end()


def test_the_agent_is_reached_through_the_door_and_reaches_one_address_through_the_way(
    agent: Agent, device: DeviceNamespace, uplink: str, outside: str
) -> None:
    assert agent.ask("who") == str(agent.process.pid)
    assert agent.fetch(uplink, 100_000) < 5
    assert device.uplink_to(outside) == uplink
    said = agent.ask(f"ask {outside} 10")
    assert said.startswith("failed ConnectionRefusedError"), "this machine's own loopback is out of its reach"


def test_files_stay_whose_they_are_and_signals_reach_it(launcher: Launcher, agent: Agent) -> None:
    assert Path(f"/proc/{agent.process.pid}").stat().st_uid == os.getuid()
    agent.process.suspend()
    agent.process.resume()
    assert agent.ask("who") == str(agent.process.pid)
    assert agent.process.kill() == -signal.SIGKILL
    del launcher


def test_loss_is_per_packet_and_counted(
    device: DeviceNamespace, agent: Agent, uplink: str, begin: Callable[..., PacketLoss]
) -> None:
    fault = begin(PacketLoss([device.path], RandomLoss(0.1), "both", time.monotonic_ns))
    agent.fetch(uplink, 300_000)
    count = fault.figures()["Bob"]
    assert count.seen > 200, (
        "300 KB are more than 200 packets of 1,500 bytes, unless they pass as a few of 64 KB"
    )
    assert 0.03 < count.dropped / count.seen < 0.25
    fault.end()
    assert "packets dropped" in str(fault.healed())


def test_bursts_are_in_a_row(
    device: DeviceNamespace, agent: Agent, uplink: str, begin: Callable[..., PacketLoss]
) -> None:
    fault = begin(PacketLoss([device.path], BurstLoss(0.1, 5), "downstream", time.monotonic_ns))
    agent.fetch(uplink, 200_000)
    count = fault.figures()["Bob"]
    whole, rest = divmod(count.seen, 50)
    assert count.dropped == 5 * whole + max(0, rest - 45)


@pytest.mark.parametrize("direction", ["downstream", "upstream"])
def test_one_way_means_one_way(
    device: DeviceNamespace, agent: Agent, uplink: str, begin: Callable[..., OneWay], direction: str
) -> None:
    near, far = device.path.near, device.path.far
    assert far is not None
    for end, flags in ((near, "syn|ack"), (far, "syn")):
        # Counted where they come in, before anything is dropped.
        end.namespace.run(
            "nft",
            f"""add table inet count
            add counter inet count seen
            add counter inet count dropped
            add chain inet count early {{ type filter hook prerouting priority -400 ; }}
            add rule inet count early iifname "{end.interface}" tcp flags & (syn|ack) == {flags} counter name seen""",
        )
    fault = begin(OneWay([device.path], direction, time.monotonic_ns))
    assert agent.ask(f"ask {uplink} 10").startswith("failed TimeoutError"), "a connection needs both ways"
    assert fault.figures()["Bob"].dropped > 2
    asked, answered = (
        rules.counted(each.namespace.run("nft", "-j", "list", "counters", "table", "inet", "count")).seen
        for each in (far, near)
    )
    assert asked > 2, "the device went on asking"
    assert (answered > 0) is (direction == "downstream"), "an answer comes only if the question was heard"
    fault.end()
    assert agent.fetch(uplink, 10) < 5


def test_a_thin_line_is_as_thin_as_it_says(
    device: DeviceNamespace, agent: Agent, uplink: str, begin: Callable[..., PacketRate]
) -> None:
    fault = begin(PacketRate([device.path], 100_000, "both", time.monotonic_ns))
    took = agent.fetch(uplink, 200_000)
    assert took > 1.7
    assert fault.figures()["Bob"].packets > 20
    fault.end()
    assert agent.fetch(uplink, 200_000) < 1.7, "on the thin line it took longer"


def test_delay_holds_every_packet(
    device: DeviceNamespace, agent: Agent, uplink: str, begin: Callable[..., PacketDelay]
) -> None:
    try:
        fault = begin(PacketDelay([device.path], 0.1, "both", time.monotonic_ns))
    except PacketsUnavailable as reason:
        pytest.skip(str(reason))
    assert fault.engine in ("netem", "NFQUEUE")
    assert agent.fetch(uplink, 10) >= 0.4, "a round trip for the connection, one for the question"
    until = time.monotonic() + 20
    while fault.proof() is None:
        assert time.monotonic() < until
        time.sleep(0.05)
    fault.end()
    assert min(agent.fetch(uplink, 10) for _ in range(3)) < 0.4, "held, each took longer"


def test_a_fault_ends_alone(device: DeviceNamespace, agent: Agent, uplink: str) -> None:
    namespace = device.path.near.namespace
    namespace.run("nft", "add table inet somebody_elses")
    fault = OneWay([device.path], "downstream", time.monotonic_ns)
    fault.begin()
    fault.end()
    assert namespace.run("nft", "list", "tables").split() == ["table", "inet", "somebody_elses"]
    assert "gso_max_segs 65535" in namespace.run(
        "ip", "-d", "link", "show", "dev", device.path.near.interface
    )
    assert agent.fetch(uplink, 10) < 5


def test_places_do_not_touch_each_other(sandbox: Sandbox, device: DeviceNamespace) -> None:
    other = sandbox.device("Alice")
    assert other.network != device.network
    assert other.control != device.control
    other.close()
    assert device.path.near.namespace.can("ip", "link", "show", "dev", device.path.near.interface)


def test_what_a_tool_refuses_is_said_with_its_words(device: DeviceNamespace) -> None:
    with pytest.raises(
        PacketError, match=r"'ip link show dev nonsense' failed in the network of 'Bob'.*not exist"
    ):
        device.path.near.namespace.run("ip", "link", "show", "dev", "nonsense")


def test_a_missing_tool_is_a_reason_to_skip(launcher: Launcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("syncproof.faults.packets.sandbox._PATH", "/nowhere")
    with pytest.raises(PacketsUnavailable, match=r"there is no program 'ip' .*apt-get install iproute2"):
        Sandbox(launcher)


def test_a_namespace_that_is_gone_is_said(launcher: Launcher, device: DeviceNamespace) -> None:
    device.close()
    with pytest.raises(ProcessError):
        launcher.spawn("late", ECHO, {"host": "127.0.0.1", "port": 0}, enter=device.enter)


def test_nothing_outlives_its_run(tmp_path: Path) -> None:
    """Whoever has entered another user namespace is still bound to the launcher's life."""
    with Launcher.start(tmp_path / "logs", warm=()) as launcher:
        try:
            device = Sandbox(launcher).device("Bob")
        except PacketsUnavailable as reason:
            pytest.skip(str(reason))
        agent = Agent(launcher, device)
        device.uplink_to("127.0.0.1:9")
        agent.process.suspend()
        pids = _children(launcher.pid)
        assert len(pids) == 4, "router, control, agent, uplink"
        os.kill(launcher.pid, signal.SIGKILL)
        until = time.monotonic() + 30
        while any(_runs(pid) for pid in pids):
            assert time.monotonic() < until, [pid for pid in pids if _runs(pid)]
            time.sleep(0.02)


def _children(pid: int) -> list[int]:
    return [child.pid for child in psutil.Process(pid).children(recursive=True)]


def _runs(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
