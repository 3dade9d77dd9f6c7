"""Off a network and on it again; partitions."""

from __future__ import annotations

import time

import docker.types
import pytest
from tests.contract.containers.conftest import Make

from syncproof.faults.containers import network as networks
from syncproof.faults.containers import ownership
from syncproof.faults.containers.container import Container
from syncproof.faults.containers.engine import Engine
from syncproof.faults.containers.errors import AddressTaken, ContainerError, UnknownNetwork, WrongState
from syncproof.faults.containers.partition import Partition, Ways


@pytest.fixture
def configured(engine: Engine, network: str) -> str:
    """A network with a subnet of our choice: one that the engine has just found to be free."""
    free = engine.client.networks.get(network).attrs["IPAM"]["Config"][0]["Subnet"]
    ownership.remove_network(engine, network)
    engine.client.networks.create(
        network,
        labels=ownership.labels(),
        ipam=docker.types.IPAMConfig(pool_configs=[docker.types.IPAMPool(subnet=free)]),
    )
    return network


def on(engine: Engine, network: str, container: Container, *aliases: str) -> Container:
    engine.client.networks.get(network).connect(container.id, aliases=list(aliases))
    container.start()
    return container


def reaches(one: Container, other: str, port: int = 8000) -> bool:
    connect = f"import socket; socket.create_connection(('{other}', {port}), 2)"
    return one.run(["python", "-c", connect]).status == 0


def reachable(one: Container, other: str) -> None:
    """It may still be starting."""
    until = time.monotonic() + 20
    while not reaches(one, other):
        assert time.monotonic() < until, f"{one.name} never reached {other}"


def test_it_comes_back_with_its_address_and_names(engine: Engine, make: Make, configured: str) -> None:
    client, server = on(engine, configured, make()), on(engine, configured, make(), "shop", "store")
    address = server.address(configured)
    reachable(client, "shop")
    was = networks.disconnect(engine, server, configured)
    assert (was.address, set(was.aliases)) == (address, {"shop", "store"})
    assert not reaches(client, address)
    assert networks.reconnect(engine, server, was) == address
    assert reaches(client, "store")


def test_an_address_that_somebody_else_got_meanwhile(engine: Engine, make: Make, configured: str) -> None:
    server = on(engine, configured, make())
    was = networks.disconnect(engine, server, configured)
    assert on(engine, configured, make()).address(configured) == was.address
    with pytest.raises(AddressTaken, match=rf"reconnect '{server.name}'.* {was.address}"):
        networks.reconnect(engine, server, was)


def test_it_comes_back_with_another_address(engine: Engine, make: Make, configured: str) -> None:
    client, server = on(engine, configured, make()), on(engine, configured, make(), "shop")
    was = networks.disconnect(engine, server, configured)
    other = was.address.rpartition(".")[0] + ".77"
    assert networks.reconnect(engine, server, was, other) == other
    reachable(client, "shop")


def test_where_the_engine_chose_the_subnet_only_names_are_kept(
    engine: Engine, make: Make, network: str
) -> None:
    client, server = on(engine, network, make()), on(engine, network, make(), "shop")
    was = networks.disconnect(engine, server, network)
    with pytest.raises(ContainerError, match="user configured subnets"):
        networks.reconnect(engine, server, was, was.address)
    networks.reconnect(engine, server, was)
    reachable(client, "shop")


def test_networks_that_are_not_there(engine: Engine, served: Container) -> None:
    with pytest.raises(UnknownNetwork, match="It is on: bridge"):
        networks.disconnect(engine, served, "nowhere")
    with pytest.raises(UnknownNetwork, match=r"Those there are: .*bridge"):
        networks.find(engine, "nowhere")


@pytest.mark.usefixtures("netadmin")
def test_a_partition_both_ways_and_its_end(engine: Engine, make: Make, network: str) -> None:
    one, other, third = (on(engine, network, make()) for _ in range(3))
    for each in (other, third):
        reachable(one, each.name)
    partition = Partition(engine, [one], [other])
    assert partition.dropped() == 0
    partition.begin()
    try:
        assert not reaches(one, other.name)
        assert partition.dropped() > 0
        assert reaches(one, third.name)
        assert reaches(other, third.name)
    finally:
        partition.end()
    assert reaches(one, other.name)
    assert reaches(other, one.name)


DATAGRAM = "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"


@pytest.mark.usefixtures("netadmin")
def test_a_partition_one_way(engine: Engine, make: Make, network: str) -> None:
    """Datagrams, because a TCP connection needs both ways."""
    listen = DATAGRAM + "s.bind(('', 9000))\nwhile True: print(s.recv(99).decode(), flush=True)"
    one, other = (on(engine, network, make(["python", "-c", listen])) for _ in range(2))

    def send(by: Container, to: Container, text: str) -> bool:
        told = f"{DATAGRAM}for _ in range(20): s.sendto(b'{text}', ('{to.name}', 9000)); __import__('time').sleep(.05)"
        assert by.run(["python", "-c", told]).status == 0
        return text in to.logs()

    assert send(one, other, "before")
    partition = Partition(engine, [one], [other], Ways.ONE_WAY)
    partition.begin()
    assert not send(one, other, "lost")
    assert partition.dropped() == 20
    assert send(other, one, "the other way")
    partition.end()
    assert send(one, other, "after")
    assert "lost" not in other.logs()


@pytest.mark.usefixtures("netadmin")
def test_partitions_that_cannot_be(engine: Engine, make: Make, served: Container) -> None:
    with pytest.raises(ContainerError, match="share no container"):
        Partition(engine, [served], [served])
    stopped = make()
    partition = Partition(engine, [served], [stopped])
    with pytest.raises(WrongState, match=f"'{stopped.name}' does not run"):
        partition.begin()
