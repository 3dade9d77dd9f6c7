"""The nodes of one scenario: a device with its process, its agent and its links, or a server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from syncproof.kernel.agent import Agent
from syncproof.kernel.host import Program
from syncproof.kernel.link import Link
from syncproof.kernel.server import Server


@dataclass(frozen=True)
class ServerNode:
    """A node that is no device. links: of its own, by the names that its product has for the nodes behind."""

    name: str
    server: Server
    links: dict[str, Link]


Presence = Literal["online", "offline", "asleep", "silent"]


@dataclass
class DeviceNode:
    """One device of a scenario's topology.

    identity: what the system itself calls it: a fresh one for each test, so that nothing of an earlier test is its.
    presence: what the scenario made of it. offline: told to disconnect. asleep: its pipeline is paused. silent: its
    process is stopped or dead, so that nobody may ask its agent anything.
    """

    name: str
    identity: str
    directory: Path
    process: Program
    agent: Agent
    #: By the names that its product has for the nodes behind.
    links: dict[str, Link]
    presence: Presence = "online"
    #: What it was before it fell asleep, and is again when it wakes up.
    awake_as: Presence = "online"
    #: What it was before its process was stopped or killed.
    presence_before: Presence = "online"
    #: How often it was installed anew: all its data was lost.
    installation: int = 0
    #: Peak memory before the backlog was sent (bytes), by what it is compared with.
    memory_before: int = 0
    #: CLOCK_MONOTONIC (ns) of what the scenario last did to bring it back.
    came_back_ns: int = 0

    @property
    def link(self) -> Link:
        """The one to the server that it syncs through."""
        return next(iter(self.links.values()))

    @property
    def told_offline(self) -> bool:
        """Whether the scenario told it to disconnect: it stays so over sleep, suspension and restart."""
        before = self.presence_before if self.presence == "silent" else self.presence
        return (self.awake_as if before == "asleep" else before) == "offline"
