"""A relay and devices in virtual time, from one seed."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable

from syncproof_products.bundled.core.actions import Accepted, Observe, Rejected
from syncproof_products.bundled.core.relay.limits import Limits
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.simulation.device_node import DeviceNode
from syncproof_products.bundled.core.simulation.link import Conditions, Link
from syncproof_products.bundled.core.simulation.relay_node import RelayNode
from syncproof_synckit.virtual_time import Scheduler

Seen = Observe | Accepted | Rejected


class Simulation:
    """One run.

    history: all that devices let see, in the order in which it happened, as (time, device, commits that the
    device's storage had made by then, what).
    """

    def __init__(self, seed: int, settings: Settings | None = None, limits: Limits | None = None) -> None:
        self.rng = random.Random(seed)
        self.scheduler = Scheduler()
        self.settings = settings or Settings()
        self.relay = RelayNode(self.scheduler, random.Random(self.rng.random()), limits or Limits())
        self.devices: dict[str, DeviceNode] = {}
        self.history: list[tuple[float, str, int, Seen]] = []
        self.listeners: list[Callable[[str, Seen], None]] = []

    @property
    def now(self) -> float:
        """Virtual seconds since the start."""
        return self.scheduler.now

    def add_device(self, name: str, conditions: Conditions | None = None) -> DeviceNode:
        """A device that is started and has an address of the relay; it is not told to connect."""
        link = Link(self.scheduler, random.Random(self.rng.random()), conditions or Conditions())
        rng = random.Random(self.rng.random())
        node = DeviceNode(name, self.scheduler, rng, self.settings, self.relay, link, self._observe)
        self.devices[name] = node
        node.start()
        return node

    def crash_relay(self) -> None:
        """The relay ends at once, and every connection with it."""
        self.relay.crash()
        for node in self.devices.values():
            node.disconnected()

    def digest(self) -> str:
        """A fingerprint of the whole history."""
        text = "\n".join(repr(line) for line in self.history)
        return hashlib.sha256(text.encode()).hexdigest()

    def _observe(self, when: float, device: str, seen: Seen) -> None:
        self.history.append((when, device, len(self.devices[device].store.commits), seen))
        for listener in self.listeners:
            listener(device, seen)
