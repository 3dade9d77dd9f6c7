"""Peers in virtual time: one seed is one life, everything comes everywhere, and what goes wrong is told."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from syncproof_products.peers.agent.config import Settings
from syncproof_products.peers.core.node import Node
from syncproof_products.peers.simulation.life import live
from syncproof_products.peers.simulation.network import Network, pair_of
from syncproof_products.peers.simulation.peer import Peer
from syncproof_synckit.virtual_time import Scheduler

NAMES = ("Alice", "Bob", "Carol")
Told = list[tuple[float, str, str, dict[str, object]]]


def life(days: float, seed: int, count: int = 3) -> Told:
    told: Told = []
    live(count, days, seed, lambda at, what, peer, **more: told.append((at, what, peer, more)))
    return told


class Three:
    """Three peers that run and are connected, and what is told of them."""

    def __init__(self, seed: int = 1) -> None:
        rng = random.Random(seed)
        self.scheduler, self.told = Scheduler(), list[tuple[str, str, dict[str, Any]]]()
        self.network = Network(self.scheduler, rng, Settings())
        self.peers = {
            name: Peer(name, NAMES, self.scheduler, rng, Settings(), self.network, self._tell)
            for name in NAMES
        }
        for peer in self.peers.values():
            peer.start()
        self.run(5.0)

    def _tell(self, at: float, what: str, peer: str, **more: object) -> None:  # noqa: ARG002
        self.told.append((what, peer, more))

    def run(self, seconds: float) -> None:
        self.scheduler.run(self.scheduler.now + seconds)

    def tree(self, name: str) -> dict[str, set[str | None]]:
        heads = self.peers[name]._node.heads
        return {path: {each.content.digest if each.content else None for each in there.values()}
                for path, there in heads.items()}  # fmt: skip

    def all_have(self, path: str) -> bool:
        return all(path in self.peers[name]._node.heads for name in NAMES)


def test_one_seed_is_one_life_and_another_seed_another() -> None:
    assert life(1.0, 7) == life(1.0, 7) != life(1.0, 8)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_everything_comes_everywhere_once_through_kills_and_cuts(seed: int) -> None:
    told = life(4.0, seed)
    happened = Counter(what for _, what, _, _ in told)
    assert min(happened[what] for what in ("wrote", "down", "cut", "kept")) > 0
    assert happened["failed"] == happened["crashed"] == 0
    came = Counter((peer, more["op"]) for _, what, peer, more in told if what == "came")
    wrote = [more["op"] for _, what, _, more in told if what == "wrote"]
    assert set(came.values()) == {1}
    assert len(came) == 2 * len(wrote)


def test_who_is_killed_goes_on_with_what_it_has_stored() -> None:
    three = Three()
    three.peers["Alice"].write("plan.txt", b"one")
    three.peers["Alice"].kill()
    three.run(60.0)
    assert not three.peers["Bob"]._node.heads
    three.peers["Alice"].start()
    three.run(5.0)
    assert three.all_have("plan.txt")


@pytest.mark.parametrize("seed", range(4))
def test_a_cut_loses_what_is_under_way_and_nothing_for_good(seed: int) -> None:
    three = Three(seed)
    three.peers["Alice"].write("film.bin", bytes(range(250)) * 4)
    three.run(0.06)
    pairs = [pair_of("Alice", other) for other in ("Bob", "Carol")]
    for pair in pairs:
        three.network.cut(pair)
    three.peers["Bob"].write("film.bin", b"other")
    three.run(120.0)
    assert three.tree("Alice") != three.tree("Bob") == three.tree("Carol")
    for pair in pairs:
        three.network.restore(pair)
    three.run(30.0)
    assert three.tree("Alice") == three.tree("Bob") == three.tree("Carol")
    assert len(three.tree("Alice")["film.bin"]) == 2


def test_what_a_peer_cannot_deal_with_ends_it_and_it_starts_again(monkeypatch: pytest.MonkeyPatch) -> None:
    three = Three()
    right: Callable[..., Any] = Node.received
    with monkeypatch.context() as broken:
        broken.setattr(Node, "received", lambda *_: 1 / 0)
        three.peers["Alice"].write("plan.txt", b"one")
        three.run(2.0)
    assert {peer for what, peer, _ in three.told if what == "crashed"} == {"Bob", "Carol"}
    assert Node.received is right
    three.run(30.0)
    assert three.all_have("plan.txt")


def test_what_a_peer_keeps_does_not_grow_with_what_it_gets() -> None:
    three, kept = Three(), []
    for number in range(40):
        three.peers["Alice"].write(f"{number % 4}.txt", f"{number}".encode())
        three.run(30.0)
        three.peers["Bob"].count()
    kept = [more["amount"] for what, _, more in three.told if what == "kept"]
    assert kept[-1] == kept[4]


def test_what_a_peer_keeps_is_told_beyond_what_it_has_after_a_start() -> None:
    three = Three()
    for number in range(20):
        three.peers["Alice"].write(f"{number}.txt", b"some")
    three.run(30.0)
    three.peers["Bob"].count()
    three.peers["Bob"]._node.voted.update(str(number) for number in range(1000))
    three.peers["Bob"].count()
    few, many = [more["amount"] for what, _, more in three.told if what == "kept"]
    assert few < 100
    assert many == few + 1000
