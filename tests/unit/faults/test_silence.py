"""A silent link is proved by what its node answers past it, and by the bytes that it lost; not by a silent node."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from syncproof.faults.silent_link import OneWay, SilentLink
from syncproof.kernel.link import Link, Sighting
from syncproof.kernel.trouble import InvalidScenario

MS = 1_000_000


@dataclass
class Asked:
    """A probe that is answered once `answered` says so."""

    silent_ns: int = 500 * MS
    received: int = 0
    ended: Sighting | None = None
    closed: bool = False

    def poll(self) -> Sighting | None:
        return self.ended

    def close(self) -> None:
        self.closed = True

    def ends(self, outcome: str = "answered") -> None:
        self.ended = Sighting(cast("Any", outcome), 2 * MS, 10, 1)


@dataclass
class Line:
    """over, past: the probes that were sent. counts: whether its engine counts what is lost."""

    counts: bool = True
    node: str = "Bob"
    leads_to: str = "relay"
    called: str = "Bob"
    name: str = "bob"
    engine: str = "told"
    devices: tuple[str, ...] = ("Bob",)
    targets: tuple[str, ...] = ("Bob",)
    toxics: dict[str, Any] = field(default_factory=dict)
    bytes_lost: dict[str, int] = field(default_factory=lambda: {"upstream": 7, "downstream": 7})
    over: list[Asked] = field(default_factory=list)
    past: list[Asked] = field(default_factory=list)

    def add(self, toxic: Any, *, stream: str) -> str:
        self.toxics[stream] = toxic
        return stream

    def probe(self, *_: int) -> Asked:
        self.over.append(Asked())
        return self.over[-1]

    def probe_past(self) -> Asked:
        self.past.append(Asked())
        return self.past[-1]

    def lost(self, stream: str) -> int | None:
        return self.bytes_lost[stream] if self.counts else None

    def abandon(self, probe: Asked) -> None:
        """Nothing hangs on it."""


def begun(line: Line, kind: type[SilentLink] = SilentLink, direction: str = "both") -> SilentLink:
    fault = kind((cast("Link", line),), direction)
    fault.begin()
    return fault


def proof_where_the_node_answers(line: Line, fault: SilentLink) -> str | None:
    for _ in range(2):
        assert fault.proof() is None
        line.past[-1].ends()
    return fault.proof()


@pytest.mark.parametrize("counts", [True, False])
def test_a_node_that_answers_past_a_silent_link_proves_it(counts: bool) -> None:
    line = Line(counts)
    fault = begun(line)
    line.bytes_lost["upstream"] += 62
    there = ", with 62 bytes lost," if counts else ""
    said = proof_where_the_node_answers(line, fault)
    assert said == f"Bob: past the link an answer took 2.0 ms; over it{there} no byte came back in 500.0 ms"
    assert len(line.over) == 1


def test_a_link_whose_node_cannot_be_asked_past_it_cannot_be_silent() -> None:
    line: Any = SimpleNamespace(**vars(Line()))
    with pytest.raises(InvalidScenario, match="A link of Bob cannot be silent here"):
        begun(line)
    assert line.toxics == {}


def test_a_node_that_is_silent_by_itself_proves_nothing() -> None:
    line = Line()
    fault = begun(line)
    line.bytes_lost["upstream"] += 62
    assert {fault.proof() for _ in range(9)} == {None}
    assert len(line.past) == 1
    fault.reset_probes()
    assert line.past[0].closed


def test_a_node_that_begins_to_answer_proves_nothing_where_it_answers_over_the_link_too() -> None:
    line = Line(counts=False)
    fault = begun(line)
    assert fault.proof() is None
    line.past[-1].ends()
    assert fault.proof() is None
    line.over[-1].ends()
    line.past[-1].ends()
    assert fault.proof() is None
    assert line.past[-1].closed


def test_a_node_that_cannot_be_reached_past_the_link_proves_nothing() -> None:
    line = Line(counts=False)
    fault = begun(line)
    for _ in range(5):
        assert fault.proof() is None
        line.past[-1].ends("refused")
    assert fault.proof() is None


@pytest.mark.parametrize(("direction", "other"), [("upstream", "downstream"), ("downstream", "upstream")])
def test_bytes_that_were_lost_the_other_way_prove_no_one_way_link(direction: str, other: str) -> None:
    line = Line()
    fault = begun(line, OneWay, direction)
    line.bytes_lost[other] += 62
    assert proof_where_the_node_answers(line, fault) is None
    line.bytes_lost[direction] += 62
    assert proof_where_the_node_answers(line, fault) is not None
