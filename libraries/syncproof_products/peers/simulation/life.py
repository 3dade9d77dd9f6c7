"""Weeks of the life of peers: users who write now and then, and what befalls peers and the network between them."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from itertools import combinations

from syncproof_products.peers.agent.config import Settings
from syncproof_products.peers.simulation.network import Network, Pair, pair_of
from syncproof_products.peers.simulation.peer import Peer, Tell
from syncproof_synckit.virtual_time import Scheduler

_HOUR_S, _DAY_S = 3600.0, 86_400.0
#: How often a user writes, a peer is killed, and is cut off from one other peer, or from all: seconds, on average.
_WORK_S, _KILL_S, _CUT_S, _CUT_OFF_S = 2 * _HOUR_S, 2 * _DAY_S, 2 * _DAY_S, _DAY_S
#: How long that lasts: as often less than the geometric mean of both as more.
_LASTS_S = (1.0, _HOUR_S)
#: How many files there are, how large each may be (bytes), and how many a user writes at once, one of these.
_FILES, _MOST_BYTES, _AT_ONCE = 40, 200, (1, 1, 1, 1, 1, 1, 1, 5)
_DELETED = 0.15
#: How long everything is left alone in the end, and how often it is counted what peers keep.
_REST_S, _COUNT_S = 3 * _HOUR_S, 5 * _DAY_S


def live(count: int, days: float, seed: int, tell: Tell) -> None:
    """Let so many peers live for so many days, and heal in the end. The last peer is never killed."""
    _Life(count, days * _DAY_S, random.Random(seed), tell).run()


class _Life:
    def __init__(self, count: int, lasts_s: float, rng: random.Random, tell: Tell) -> None:
        self._lasts_s, self._rng, self._tell = lasts_s, rng, tell
        self._scheduler = Scheduler()
        settings = Settings()
        self._network = Network(self._scheduler, random.Random(rng.random()), settings)
        names = [f"Peer {number}" for number in range(1, count + 1)]
        self._peers = {
            name: Peer(
                name, names, self._scheduler, random.Random(rng.random()), settings, self._network, tell
            )
            for name in names
        }

    def run(self) -> None:
        peers, names = list(self._peers.values()), list(self._peers)
        for peer in peers:
            peer.start()
            self._every(_WORK_S, partial(self._write, peer))
            self._every(
                _CUT_OFF_S,
                partial(self._cut, [pair_of(peer.name, other) for other in names if other != peer.name]),
            )
        for peer in peers[:-1]:
            self._every(_KILL_S, partial(self._kill, peer))
        for pair in combinations(names, 2):
            self._every(_CUT_S, partial(self._cut, [pair_of(*pair)]))
        at = _COUNT_S
        while at < self._lasts_s:
            for peer in peers:
                self._scheduler.at(at, peer.count)
            at += _COUNT_S
        self._scheduler.run(self._lasts_s + _REST_S)
        for peer in peers:
            peer.count()
            peer.compare(peers[0])
        self._tell(self._scheduler.now, "ended", "")

    def _every(self, mean_s: float, action: Callable[[], None]) -> None:
        """Do that again and again, by chance, until it is over."""
        at = self._scheduler.now + self._rng.expovariate(1 / mean_s)
        if at < self._lasts_s:
            self._scheduler.at(at, partial(self._once_more, mean_s, action))

    def _once_more(self, mean_s: float, action: Callable[[], None]) -> None:
        action()
        self._every(mean_s, action)

    def _lasting(self) -> float:
        shortest, longest = _LASTS_S
        return float(shortest * (longest / shortest) ** self._rng.random())

    def _write(self, peer: Peer) -> None:
        for _ in range(self._rng.choice(_AT_ONCE)):
            path = f"file {self._rng.randrange(_FILES)}.txt"
            deleted = self._rng.random() < _DELETED
            data = None if deleted else self._rng.randbytes(self._rng.randrange(_MOST_BYTES))
            if peer.running:
                peer.write(path, data)

    def _kill(self, peer: Peer) -> None:
        if peer.running:
            peer.kill()
            self._scheduler.after(self._lasting(), peer.start)

    def _cut(self, pairs: list[Pair]) -> None:
        until = self._scheduler.now + self._lasting()
        for pair in pairs:
            self._network.cut(pair)
            self._tell(self._scheduler.now, "cut", pair[0], other=pair[1])
            self._scheduler.at(until, partial(self._heal, pair))

    def _heal(self, pair: Pair) -> None:
        self._network.restore(pair)
        self._tell(self._scheduler.now, "healed", pair[0], other=pair[1])
