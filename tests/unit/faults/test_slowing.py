"""A fault that makes a link slower is held against how fast the link was before, of which the quickest look counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from syncproof.faults.network import StarvedLink
from syncproof.kernel.link import Probe, Sighting

MS = 1_000_000
RATE = 100_000  # a probe of 30,000 bytes takes 300 ms at least, 270 with what is forgiven


@dataclass
class Answered:
    """A probe that takes so long: under way at the first poll, where it shows by then that it is slow."""

    took_ns: int
    polled: bool = False

    @property
    def silent_ns(self) -> int:
        return self.took_ns

    @property
    def received(self) -> int:
        return 0

    def poll(self) -> Sighting | None:
        if not self.polled and self.took_ns >= 270 * MS:
            self.polled = True
            return None
        return Sighting("answered", self.took_ns, 30_000, 1)

    def close(self) -> None:
        """Nothing is held."""


@dataclass
class Line:
    """A link whose probes take as long as it is told, one after the other."""

    times_ms: Iterator[int]
    node: str = "Bob"
    leads_to: str = "relay"
    upstream: str = ""
    address: str = ""
    devices: tuple[str, ...] = ("Bob",)
    called: str = "Bob"
    targets: tuple[str, ...] = ("Bob",)
    name: str = "bob"
    engine: str = "told"
    toxics: dict[str, Any] = field(default_factory=dict)

    def seen_from(self, *devices: str) -> Line:  # noqa: ARG002
        return self

    def cut(self) -> None: ...
    def restore(self) -> None: ...
    def redirect(self, upstream: str) -> None: ...
    def remove(self, name: str) -> None: ...
    def connections(self) -> int | None:
        return None

    def abandon(self, probe: Probe) -> None: ...
    def close(self) -> None: ...

    def add(self, toxic: Any, *, stream: str) -> str:
        self.toxics[stream] = toxic
        return stream

    def probe(self, reply_bytes: int = 0, request_bytes: int = 0) -> Probe:  # noqa: ARG002
        return Answered(next(self.times_ms) * MS)


@pytest.mark.parametrize(
    ("before_ms", "proved"),
    [
        ((5, 6, 7), True),
        ((400, 5, 6), True),  # the machine was busy for a moment
        ((400, 500, 6), True),
        ((400, 400, 400), False),  # so slow is the link anyhow
        ((260, 260, 260), False),  # the limit would make it hardly any slower
    ],
)
def test_a_link_was_as_fast_as_the_quickest_of_three_looks(before_ms: tuple[int, ...], proved: bool) -> None:
    fault = StarvedLink((Line(iter((*before_ms, 310, 310, 310))),), RATE, "downstream")
    looks = 0
    while not fault.look():
        looks += 1
        assert looks < 10
    fault.begin()
    said = [fault.proof() for _ in range(4)]
    assert any(said) is proved
