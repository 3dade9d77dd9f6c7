"""What can go wrong with containers, in words for the person who reads the log."""

from __future__ import annotations


class ContainerError(Exception):
    """Anything about a container, its network or its engine: the base of the others."""


class NoEngine(ContainerError):
    """No Docker Engine answers."""


class UnknownContainer(ContainerError):
    """There is no container of that name."""


class UnknownNetwork(ContainerError):
    """There is no network of that name, or the container is not on it."""


class ImageMissing(ContainerError):
    """The engine does not have that image."""


class PortTaken(ContainerError):
    """A port that should be published belongs to somebody else."""


class AddressTaken(ContainerError):
    """Another container has got the address meanwhile."""


class NameTaken(ContainerError):
    """There is something of that name already, perhaps half removed."""


class WrongState(ContainerError):
    """The container is not in a state in which that can be done."""


class NotHealthy(ContainerError):
    """A container did not become healthy; the message has its last log lines."""
