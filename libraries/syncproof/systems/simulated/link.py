"""Links and probes in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from syncproof.kernel.link import Exchange, Outcome, Sighting
from syncproof.kernel.trouble import InvalidScenario
from syncproof.systems.simulated.product import Uplink


class MemoryProbe:
    """There and back again: refused where the uplink is cut, reset where it is cut meanwhile."""

    def __init__(self, uplink: Uplink, now: Callable[[], int]) -> None:
        self._uplink, self._now = uplink, now
        self._began = now()
        self._ended: Outcome | None = "refused" if uplink.is_cut else None
        self._ended_ns = self._began
        uplink.carry(lambda: uplink.carry(lambda: self._end("answered")))

    @property
    def silent_ns(self) -> int:
        """How long it has been under way without an end."""
        return self._now() - self._began

    @property
    def received(self) -> int:
        """The answer is one byte, so to say."""
        return int(self._ended == "answered")

    def poll(self) -> Sighting | None:
        """How it ended, once it has."""
        if self._ended is None and self._uplink.is_cut:
            self._end("reset")
        if self._ended is None:
            return None
        return Sighting(self._ended, self._ended_ns - self._began, self.received, self.received)

    def close(self) -> None:
        """Nothing is held open."""

    def _end(self, outcome: Outcome) -> None:
        if self._ended is None:
            self._ended, self._ended_ns = outcome, self._now()


class MemoryProber:
    """uplinks: by the addresses of the links that lead over them."""

    def __init__(self, uplinks: Mapping[str, Uplink], now: Callable[[], int]) -> None:
        self._uplinks, self._now = uplinks, now

    def probe(self, address: str, exchange: Exchange) -> MemoryProbe:  # noqa: ARG002
        """What is said makes no difference: nothing here has a size yet."""
        return MemoryProbe(self._uplinks[address], self._now)


class MemoryLink:
    """See `kernel.link.Link`. uplink: of its device to the server."""

    engine = "virtual time"

    def __init__(self, node: str, leads_to: str, uplink: Uplink, prober: MemoryProber, address: str) -> None:
        self.node = self.called = node
        self.leads_to = self.upstream = leads_to
        self.address = self.name = address
        self.devices: tuple[str, ...] = (node,)
        self.targets: tuple[str, ...] = (node,)
        self.toxics: dict[str, Any] = {}
        self._uplink, self._prober = uplink, prober

    def seen_from(self, *devices: str) -> MemoryLink:  # noqa: ARG002
        """Here links lead to a server only, and are their device's."""
        return self

    def cut(self) -> None:
        """Refuse new connections and close those that stand."""
        self._uplink.cut()

    def restore(self) -> None:
        """Let connections through again."""
        self._uplink.restore()

    def redirect(self, upstream: str) -> None:
        """In memory a server does not move."""
        self.upstream = upstream

    def add(self, toxic: Any, *, stream: str) -> str:
        """Raises InvalidScenario: no toxic acts on such a link yet."""
        raise InvalidScenario(
            f"The toxic '{toxic.type}' ({stream}) cannot be put on a link in memory: so far it can be cut."
        )

    def remove(self, name: str) -> None:
        """There is none."""

    def probe(self, reply_bytes: int = 0, request_bytes: int = 0) -> MemoryProbe:
        """Send one through it."""
        return self._prober.probe(self.address, Exchange(bytes(reply_bytes + request_bytes)))

    def connections(self) -> int | None:
        """Nobody counts them."""
        return None

    def abandon(self, probe: Any) -> None:
        """Nothing hangs on it."""

    def close(self) -> None:
        """It ends with its device."""
