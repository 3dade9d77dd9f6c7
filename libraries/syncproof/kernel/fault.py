"""What every fault has in common: it begins, proves that it bit, ends, and proves that it healed.

Nothing here waits: `proof` and `healed` look once and answer what they saw, or None for not yet. The scheduler asks
again. A fault whose proof never came makes the test inconclusive; it never passes as if the fault had happened.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Stop:
    """What a fault does to a process that cannot answer meanwhile, for people.

    state: what its device is then. done: what was done to it. again: the sentence that brings it back, with {} for the
    device. ends: whether the process is gone, and with it what it had in memory.
    """

    state: str
    done: str
    again: str
    ends: bool


class Fault(ABC):
    """One fault of one test.

    kind: what it is (cut, latency, bandwidth, silence, kill, suspend, ...). target: whom it hits, for people.
    relevant_to: the devices on whose link or process an operation must be outstanding while it lasts. direction:
    both, upstream (device to relay) or downstream. engine: what served it. requested: the asked-for amount, scaled.
    """

    kind: str
    #: What people call it; "" where that is its kind.
    called: ClassVar[str] = ""
    #: What it does to the process of its target, where it stops one.
    stops: ClassVar[Stop | None] = None
    #: Whether it lets everything through in the end. Under any other one an operation may not even leave its device.
    slows: ClassVar[bool] = False
    #: Whether nothing reaches its targets while it is on.
    isolates: bool = False
    #: Whether it keeps something from its targets while their connections stand, so that nobody tells them.
    silences: ClassVar[bool] = False
    #: Whether it is proved by an answer that is late or missing, and not by what becomes of a connection.
    proved_by_waiting: ClassVar[bool] = False
    #: The nodes whose answers say whether it is on. While one of them is stopped, a late or missing one says nothing.
    answered_by: tuple[str, ...] = ()
    engine: str
    direction: str = "both"
    requested: str = ""
    #: Why it took no effect, as far as that is known.
    hindrance: str = ""

    def __init__(self, target: tuple[str, ...], relevant_to: tuple[str, ...]) -> None:
        self.target, self.relevant_to = target, relevant_to

    @abstractmethod
    def begin(self) -> None:
        """Make it happen."""

    @abstractmethod
    def proof(self) -> str | None:
        """What shows that it bit, once that was seen."""

    def reset_probes(self) -> None:  # noqa: B027 - most faults have none
        """Forget what has been seen so far, and ask anew."""

    @abstractmethod
    def end(self) -> None:
        """Take it away. Called once."""

    @abstractmethod
    def healed(self) -> str | None:
        """What shows that the target works again, once that was seen."""

    def __str__(self) -> str:
        amount = f" {self.requested}" if self.requested else ""
        way = "" if self.direction == "both" else f" {self.direction}"
        return f"{self.kind}{amount}{way} on {' and '.join(self.target)}"
