"""What proves a fault of a link, and what does not: no other trouble, and none that was never taken away."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from tests.contract.toxiproxy.pages import link_to, pages
from tests.contract.toxiproxy.peers import Upstream, connect, receive, silent

from syncproof.faults import network, silent_link
from syncproof.faults.link import ProxiedLink
from syncproof.faults.toxiproxy.client import Client
from syncproof.faults.toxiproxy.toxic_types import (
    Bandwidth,
    Latency,
    LimitData,
    Noop,
    Slicer,
    Timeout,
    ToxicType,
)

DEADLINE_S = 15.0
NOTHING_S = 0.8

# Amounts that no busy machine makes up for.
FAULTS: dict[str, Callable[[ProxiedLink], network.ToxicFault]] = {
    "latency": lambda link: network.SlowLink((link,), 0.4, "downstream"),
    "varying latency": lambda link: network.SlowLink((link,), 0.4, "downstream", 0.2),
    "bandwidth": lambda link: network.StarvedLink((link,), 100_000, "downstream"),
    "slicing": lambda link: network.SlicedLink((link,), 20, 0.03, "downstream"),
    "silence": lambda link: silent_link.SilentLink((link,), "both"),
    "one way, upstream": lambda link: silent_link.OneWay((link,), "upstream"),
    "one way, downstream": lambda link: silent_link.OneWay((link,), "downstream"),
    "resets": lambda link: network.ResetLink((link,)),
    "breaking off": lambda link: network.BreakingLink((link,), 4000, "downstream"),
}


class Crooked(ProxiedLink):
    """A link that does something else than it was asked to, or never ends it."""

    instead: ToxicType | None = None
    stuck = False

    def add(self, toxic: ToxicType, *, stream: str) -> str:
        return super().add(self.instead or toxic, stream=stream)

    def remove(self, name: str) -> None:
        if self.stuck:
            del self.toxics[name]
        else:
            super().remove(name)

    def restore(self) -> None:
        if not self.stuck:
            super().restore()


@pytest.fixture
def link(extended: Client) -> Iterator[Crooked]:
    with pages() as upstream:
        link = link_to(extended, upstream, Crooked)
        assert isinstance(link, Crooked)
        yield link


def said(look: Callable[[], object], within_s: float) -> object:
    """What a look answers first, or nothing."""
    until = time.monotonic() + within_s
    while not (answer := look()) and time.monotonic() < until:
        time.sleep(0.002)
    return answer


def begun(kind: str, link: ProxiedLink) -> network.ToxicFault:
    fault = FAULTS[kind](link)
    if isinstance(fault, network.Slowing):
        assert said(fault.look, DEADLINE_S)
    fault.begin()
    return fault


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_proves_itself_and_its_end(link: Crooked, kind: str) -> None:
    fault = begun(kind, link)
    assert said(fault.proof, DEADLINE_S)
    fault.end()
    assert said(fault.healed, DEADLINE_S)


@pytest.mark.parametrize(
    ("kind", "instead"),
    [
        ("latency", Latency(40)),
        ("latency", Bandwidth(10_000)),
        ("varying latency", Latency(400)),
        ("bandwidth", Bandwidth(10_000)),
        ("bandwidth", Latency(100)),
        ("slicing", Latency(400)),
        ("slicing", Slicer(average_size=20)),
        ("silence", Latency(500)),
        ("silence", Noop()),
        ("resets", LimitData(0)),
        ("breaking off", LimitData(1000)),
        ("breaking off", Timeout(100)),
        ("breaking off", LimitData(1_000_000)),
    ],
)
def test_something_else_is_no_proof(link: Crooked, kind: str, instead: ToxicType) -> None:
    link.instead = instead
    fault = begun(kind, link)
    assert said(fault.proof, NOTHING_S) is None


class TheOtherWay(ProxiedLink):
    """A link on which everything is put the wrong way."""

    def add(self, toxic: ToxicType, *, stream: str) -> str:
        return super().add(toxic, stream={"upstream": "downstream", "downstream": "upstream"}[stream])


@pytest.mark.parametrize("direction", ["upstream", "downstream"])
def test_a_link_that_is_silent_the_other_way_is_no_proof(extended: Client, direction: str) -> None:
    with pages() as upstream:
        fault = silent_link.OneWay((link_to(extended, upstream, TheOtherWay),), direction)
        fault.begin()
        assert said(fault.proof, NOTHING_S) is None


@pytest.mark.parametrize("direction", ["upstream", "downstream"])
def test_a_one_way_link_lets_everything_through_the_other_way(
    client: Client, upstream: Upstream, direction: str
) -> None:
    """On a real Toxiproxy too."""
    link = link_to(client, upstream.address)
    near = connect(link.address)
    far = upstream.accept()
    near.sendall(b"before")
    assert receive(far, 6) == b"before"
    silent_link.OneWay((link,), direction).begin()
    # What stands is hit as well.
    for sender, receiver, way in ((near, far, "upstream"), (far, near, "downstream")):
        sender.sendall(b"hello")
        if way == direction:
            assert silent(receiver, 0.3)
        else:
            assert receive(receiver, 5) == b"hello"
    near.close()
    link.close()


@pytest.mark.parametrize("kind", ["latency", "bandwidth", "silence", "breaking off"])
def test_a_fault_that_stays_has_not_healed(link: Crooked, kind: str) -> None:
    """Slicing by milliseconds alone is not told from a busy machine."""
    link.stuck = True
    fault = begun(kind, link)
    fault.end()
    assert said(fault.healed, NOTHING_S) is None


@pytest.mark.parametrize("stuck", [False, True])
def test_a_flap_comes_back_each_time(link: Crooked, stuck: bool) -> None:
    fault = network.Flap((link,), "every second", 3)
    link.stuck = stuck
    for edge in (fault.go, fault.come_back, fault.go, fault.come_back, fault.go):
        edge()
        fault.proof()
    assert bool(said(fault.proof, 0.2)) is not stuck


@pytest.mark.parametrize("jitter_s", [0, 0.003, 0.2])
def test_jitter_that_cannot_be_seen_is_refused(link: Crooked, jitter_s: float) -> None:
    with pytest.raises(ValueError, match="cannot be seen"):
        network.SlowLink((link,), 0.1, "downstream", jitter_s)
