"""What a product with pure nodes offers, so that scenarios run on it in virtual time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import msgspec

from syncproof.kernel.agent import Agent
from syncproof.kernel.host import Program
from syncproof.kernel.profile import Profile
from syncproof.kernel.server import Server


class Feed(Protocol):
    """What an agent in this process tells, in the shapes of the agent protocol."""

    @property
    def incarnation(self) -> int:
        """How often its device was started, from 1."""

    def events(self, after: int) -> Sequence[msgspec.Raw]:
        """The events of this incarnation behind number `after`."""

    def deliveries(self, after: int) -> Sequence[msgspec.Raw]:
        """The delivery log behind number `after`."""


class Uplink(Protocol):
    """How a device reaches its server."""

    is_cut: bool

    def cut(self) -> None:
        """Lose what is under way, and refuse what comes."""

    def restore(self) -> None:
        """Work again."""

    def carry(self, action: Callable[[], None]) -> None:
        """Have this happen at the other end, unless the uplink is cut before."""


class SimulatedDevice(Protocol):
    """One device of the product. process: whose end forgets all that was not durable."""

    @property
    def agent(self) -> Agent: ...
    @property
    def feed(self) -> Feed: ...
    @property
    def uplink(self) -> Uplink: ...
    @property
    def process(self) -> Program: ...

    def start(self) -> None:
        """Start it again, on what was durable."""


class SimulatedProduct(Protocol):
    """One run of a product: a server and devices, which move when they are told to."""

    @property
    def profile(self) -> Profile: ...
    @property
    def server(self) -> Server: ...

    def now(self) -> int:
        """Virtual time, ns; never 0, which in a history means that nobody looked."""

    def run(self, until: int) -> None:
        """Let everything happen that is due by then (ns)."""

    def add_device(self, identity: str, settings: Mapping[str, float]) -> SimulatedDevice:
        """A device that is started and not connected. settings: what it has otherwise, at scale 1."""
