"""Links between nodes, and probes through them, as the rest of the harness sees them: over sockets, or in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

Outcome = Literal["refused", "reset", "closed", "answered"]


@dataclass(frozen=True)
class Sighting:
    """What a probe saw: how it ended, after how long (ns), how many bytes came, in how many pieces, how many left.

    status: of the last whole HTTP reply; 0 for none.
    """

    outcome: Outcome
    elapsed_ns: int
    received: int
    pieces: int
    sent: int = 0
    status: int = 0


@dataclass(frozen=True)
class Exchange:
    """What a probe sends, and what comes back.

    replies: how many whole ones end the exchange. reply: the bytes of each, or "" for HTTP.
    """

    request: bytes
    replies: int = 1
    reply: bytes = b""


class Probe(Protocol):
    """One exchange of the harness's own. Poll it until it answers a Sighting, or close it."""

    @property
    def silent_ns(self) -> int:
        """How long it has been under way without an end."""

    @property
    def received(self) -> int:
        """Bytes that came back so far."""

    def poll(self) -> Sighting | None:
        """Go on as far as is possible without waiting; the Sighting once the exchange ended."""

    def close(self) -> None:
        """Give back what it holds."""


class Prober(Protocol):
    """Who sends probes."""

    def probe(self, address: str, exchange: Exchange) -> Probe:
        """Begin an exchange with an address."""


class Link(Protocol):
    """The way of one node to another, on which faults can be put.

    node: whose it is. leads_to: the node behind it. upstream: the address of that node. address: where the link begins,
    for the node. devices: those at which something is outstanding while nothing passes; none for a link between
    servers, which concerns them all. called: what people call it. targets: whom a fault on it is aimed at, for people.
    name: of this link and no other. engine: what its faults are made with. toxics: what is on it now, by the names that
    `add` answered.
    """

    node: str
    leads_to: str
    upstream: str
    address: str
    devices: tuple[str, ...]
    called: str
    targets: tuple[str, ...]
    name: str
    engine: str
    toxics: dict[str, Any]

    def seen_from(self, *devices: str) -> Link:
        """The same link as a part of the network of one device or of two: what is put on it is aimed at these.

        For a link between two devices; what is put on it is on it, whoever sees it.
        """

    def cut(self) -> None:
        """Refuse new connections and close those that stand."""

    def restore(self) -> None:
        """Let connections through again."""

    def redirect(self, upstream: str) -> None:
        """Lead to another address from now on."""

    def add(self, toxic: Any, *, stream: str) -> str:
        """Put a toxic of the engine on it; answers its name here. stream: `upstream` or `downstream`."""

    def remove(self, name: str) -> None:
        """Take a toxic away again."""

    def probe(self, reply_bytes: int = 0, request_bytes: int = 0) -> Probe:
        """Send a request of the harness's own, of at least so many bytes, with an answer of about so many."""

    def connections(self) -> int | None:
        """How many connections have begun on it so far, probes included; None where its engine does not count them."""

    def abandon(self, probe: Probe) -> None:
        """Keep a probe that nobody waits for any more until its answer is there, or to the end of the link."""

    def close(self) -> None:
        """Take it away."""
