"""Faults over namespaces whose tools answer from a table: what is run, in which order, and what is undone."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from syncproof.faults.packets.errors import PacketError, PacketsUnavailable
from syncproof.faults.packets.faults import OneWay, PacketDelay, PacketLoss, PacketRate
from syncproof.faults.packets.namespace import End, Namespace, PacketPath, Ran, Served
from syncproof.faults.packets.rules import RandomLoss


class Tools:
    """Answers for one namespace. refuse: a word of the commands that fail. dropped: what the counters say."""

    def __init__(self, name: str) -> None:
        self.ran: list[str] = []
        self.refuse, self.dropped = "netem", 0
        self.current = True
        self.namespace = Namespace(name, self.run, self.delay, lambda: self.current)

    def run(self, command: Sequence[str]) -> Ran:
        text = " ".join(command)
        self.ran.append(text.splitlines()[0])
        if self.refuse and self.refuse in text:
            return Ran(2, "Error: no such thing")
        if "counters" in text:
            counts = (("seen", 20), ("dropped", self.dropped))
            rows = [{"counter": {"name": name, "packets": number}} for name, number in counts]
            return Ran(0, json.dumps({"nftables": rows}))
        if "link show" in text:
            return Ran(0, '[{"gso_max_segs": 65535}]')
        if "qdisc show" in text:
            return Ran(
                0, json.dumps([{"kind": "tbf", "packets": 9, "overlimits": self.dropped, "bytes": 90}])
            )
        return Ran(0, "")

    def delay(self, queue: int, delay_s: float) -> Served:  # noqa: ARG002
        raise PacketError("no queues in this kernel")


@pytest.fixture
def device() -> Tools:
    return Tools("Bob")


@pytest.fixture
def relay() -> Tools:
    return Tools("relay")


@pytest.fixture
def path(device: Tools, relay: Tools) -> PacketPath:
    return PacketPath(
        "Bob", End(device.namespace, "eth0", "10.0.0.1"), End(relay.namespace, "eth9", "10.0.0.2")
    )


class Clock:
    def __init__(self) -> None:
        self.ns = 0

    def __call__(self) -> int:
        return self.ns


def test_one_way_drops_at_the_receiver_and_splits_at_the_sender(
    path: PacketPath, device: Tools, relay: Tools
) -> None:
    fault = OneWay([path], "downstream", Clock())
    fault.begin()
    assert [line.partition("syncproof")[0] for line in device.ran] == ["nft add table inet "]
    assert relay.ran == ["ip -j -d link show dev eth9", "ip link set dev eth9 gso_max_segs 1"]
    fault.end()
    assert relay.ran[-1] == "ip link set dev eth9 gso_max_segs 65535"


def test_both_ways_counts_together_and_bites_when_something_was_dropped(
    path: PacketPath, device: Tools, relay: Tools
) -> None:
    clock = Clock()
    fault = PacketLoss([path], RandomLoss(0.1), "both", clock)
    fault.begin()
    assert fault.proof() is None
    device.dropped, relay.dropped = 1, 2
    assert fault.proof() is None, "it looks now and then"
    clock.ns += 10**9
    assert fault.proof() == "Bob: 3 of 40 packets dropped (7.5%)"
    relay.dropped = 4
    fault.end()
    assert fault.healed() == "its rules are gone; in all: Bob: 5 of 40 packets dropped (12.5%)"


def test_every_way_has_to_bite(path: PacketPath, device: Tools) -> None:
    alice = Tools("Alice")
    other = PacketPath("Alice", End(alice.namespace, "eth0", ""), path.far)
    fault = OneWay([path, other], "downstream", Clock())
    fault.begin()
    device.dropped = 7
    assert fault.proof() is None


def test_a_beginning_that_fails_half_way_is_undone(path: PacketPath, device: Tools, relay: Tools) -> None:
    relay.refuse = "add table"
    fault = PacketLoss([path], RandomLoss(0.1), "both", Clock())
    with pytest.raises(PacketError, match="in the network of 'relay'"):
        fault.begin()
    assert fault.proof() is None
    fault.end()
    assert device.ran[-1].startswith("nft add table inet"), "undone by adding and deleting"
    assert device.ran.count("ip link set dev eth0 gso_max_segs 65535") == 1
    assert relay.ran.count("ip link set dev eth9 gso_max_segs 65535") == 1


def test_what_two_faults_share_is_undone_by_the_last(path: PacketPath, relay: Tools) -> None:
    first, second = (OneWay([path], "downstream", Clock()) for _ in range(2))
    first.begin()
    second.begin()
    first.end()
    assert not [line for line in relay.ran if line.endswith("65535")]
    second.end()
    assert relay.ran[-1] == "ip link set dev eth9 gso_max_segs 65535"


def test_an_end_that_is_not_ours_cannot_be_dropped_at(device: Tools) -> None:
    lonely = PacketPath("db", End(device.namespace, "eth0", ""), None)
    with pytest.raises(PacketError, match="What 'db' sends cannot be dropped"):
        OneWay([lonely], "upstream", Clock()).begin()


def test_a_rate_holds_back_at_the_device_in_both_directions(path: PacketPath, device: Tools) -> None:
    fault = PacketRate([path], 20_000, "both", Clock())
    fault.begin()
    queues = [line for line in device.ran if "tbf" in line]
    assert len(queues) == 2
    assert queues[1].startswith("tc qdisc add dev eth0 root tbf rate 160000bit")
    device.dropped = 3
    assert fault.proof() == "Bob: 6 packets held back, 180 bytes let through"
    fault.end()
    assert [line.split()[:3] for line in device.ran[-3:]] == [
        ["tc", "qdisc", "delete"],
        ["tc", "qdisc", "delete"],
        ["ip", "link", "delete"],
    ]


def test_delay_without_netem_and_queues_is_not_to_be_had(path: PacketPath, device: Tools) -> None:
    with pytest.raises(PacketsUnavailable, match="no netem, and no NFQUEUE either"):
        PacketDelay([path], 0.1, "both", Clock()).begin()
    device.refuse = ""
    fault = PacketDelay([path], 0.1, "both", Clock())
    fault.begin()
    assert fault.engine == "netem"


def test_it_follows_who_lives_in_another_network_now(path: PacketPath, device: Tools, relay: Tools) -> None:
    fault = PacketLoss([path], RandomLoss(0.1), "both", Clock())
    fault.begin()
    device.dropped = 3
    fault.follow("Bob", lambda: pytest.fail("it has not moved"))
    device.current = False
    again = Tools("Bob")
    moved = PacketPath("Bob", End(again.namespace, "eth4", "10.0.0.1"), path.far)
    fault.follow("Bob", lambda: moved)
    assert not [line for line in device.ran if line.endswith("65535")], "nobody lives there any more"
    assert [line.endswith("65535") for line in relay.ran].count(True) == 1, "what is still there is undone"
    again.dropped = 4
    assert fault.proof() == "Bob: 7 of 80 packets dropped (8.8%)", "what was counted counts on"
    fault.end()
    assert "ip link set dev eth4 gso_max_segs 65535" in again.ran
    assert relay.ran.count("ip link set dev eth9 gso_max_segs 65535") == 2
