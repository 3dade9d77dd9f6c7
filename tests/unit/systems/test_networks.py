"""The networks that a run may ask for."""

from __future__ import annotations

import msgspec
import pytest

from syncproof.faults.toxiproxy.toxic_types import Bandwidth, Latency, PacketLoss
from syncproof.systems.networks import NETWORKS, NORMAL, read


def test_what_degraded_always_was() -> None:
    network = NETWORKS["degraded"]
    assert list(network.downstream.toxics(0.1)) == [Latency(latency=20), Bandwidth(rate=3000)]
    assert list(network.upstream.toxics(0.1)) == []
    assert network.slack_s == 10


def test_losses_do_not_scale_and_their_delays_do() -> None:
    network = read("[bad]\nupstream = { loss = 0.05 }")["bad"]
    assert list(network.upstream.toxics(0.1)) == [PacketLoss(loss_rate=0.05, retransmit=20)]


def test_a_normal_network_has_nothing() -> None:
    assert not [*NETWORKS[NORMAL].downstream.toxics(1), *NETWORKS[NORMAL].upstream.toxics(1)]


@pytest.mark.parametrize("name", sorted(set(NETWORKS) - {NORMAL}))
def test_each_network_does_something_and_says_so(name: str) -> None:
    network = NETWORKS[name]
    assert network.about
    assert list(network.downstream.toxics(1))
    assert all(
        toxic.problem() is None for scale in (0.01, 1, 100) for toxic in network.downstream.toxics(scale)
    )


def test_a_misspelt_key_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="latncy"):
        read("[bad]\nupstream = { latncy = 1 }")
