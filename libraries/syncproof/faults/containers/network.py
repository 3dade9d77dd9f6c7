"""A container's place on a network: leaving it and coming back with the same names and address."""

from __future__ import annotations

from dataclasses import dataclass

from docker.models.networks import Network

from syncproof.faults.containers.container import Container
from syncproof.faults.containers.engine import Engine
from syncproof.faults.containers.errors import ContainerError, UnknownNetwork
from syncproof.faults.containers.telling import told

#: How the engine says that the subnet of a network is its own choice.
_NOT_CONFIGURED = "user configured subnets"


@dataclass(frozen=True)
class Attachment:
    """How a container hangs on a network. address: its IP address. aliases: what others there call it."""

    network: str
    address: str
    aliases: tuple[str, ...]


def find(engine: Engine, name: str) -> Network:
    """A network by its name. Raises UnknownNetwork, which says which there are."""
    with told(f"find the network '{name}'"):
        there = engine.client.networks.list()
    for network in there:
        if network.name == name or network.id == name:
            return network
    raise UnknownNetwork(
        f"There is no network '{name}' at {engine.where}. "
        f"Those there are: {', '.join(sorted(str(each.name) for each in there))}."
    )


def attachment(container: Container, network: str) -> Attachment:
    """How it hangs on it now. Raises UnknownNetwork if it does not."""
    address = container.address(network)
    found = container.inspect()["NetworkSettings"]["Networks"][network]
    # The engine adds the short id by itself, and refuses nothing if it is given twice; it is not ours to give.
    aliases = tuple(alias for alias in found.get("Aliases") or () if not container.id.startswith(alias))
    return Attachment(network, address, aliases)


def disconnect(engine: Engine, container: Container, network: str) -> Attachment:
    """Take it off a network, as if its cable were pulled; answers what `reconnect` needs.

    Raises UnknownNetwork if it is not on it.
    """
    was = attachment(container, network)
    with told(f"disconnect '{container.name}' from the network '{network}'"):
        find(engine, network).disconnect(container.id, force=True)
    return was


def reconnect(engine: Engine, container: Container, was: Attachment, address: str | None = None) -> str:
    """Put it back with its aliases, and with its address or the `address` given; answers the one that it has.

    The engine takes a wanted address only on networks whose subnet somebody configured. On others it picks one
    itself: then only the names are kept, and an explicit `address` raises ContainerError, as does a taken one.
    """
    network = find(engine, was.network)
    try:
        with told(f"reconnect '{container.name}' to '{was.network}' as {address or was.address}"):
            network.connect(container.id, aliases=list(was.aliases), ipv4_address=address or was.address)
    except ContainerError as wrong:
        if address is not None or _NOT_CONFIGURED not in str(wrong):
            raise
        with told(f"reconnect '{container.name}' to the network '{was.network}'"):
            network.connect(container.id, aliases=list(was.aliases))
    return container.address(was.network)
