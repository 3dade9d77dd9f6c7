"""The network of a simulation: whom peers are connected to, and what is under way between them."""

from __future__ import annotations

import random
from collections import Counter
from functools import partial
from typing import Protocol

from syncproof_products.peers.agent.config import Settings
from syncproof_products.peers.core.messages import Message, encode
from syncproof_synckit.retry import RetryTracker
from syncproof_synckit.virtual_time import Scheduler

#: How long a message is under way, seconds: at least, and by chance as much longer.
_LATENCY_S = 0.02
#: How many of the cuts nobody is told of: they are noticed because nothing comes any more.
_SILENT = 0.5

Pair = tuple[str, str]


class Talker(Protocol):
    """A peer, as far as the network goes."""

    running: bool

    def connected(self, other: str) -> None:
        """There is a connection, in place of any other one."""

    def disconnected(self, other: str) -> None:
        """It has ended."""

    def received(self, other: str, data: bytes) -> None:
        """A message has arrived."""


def pair_of(one: str, other: str) -> Pair:
    """Both, in the order in which every pair has them."""
    return (one, other) if one < other else (other, one)


class Network:
    """One connection for each two peers that run, made anew by and by whenever it has ended."""

    def __init__(self, scheduler: Scheduler, rng: random.Random, settings: Settings) -> None:
        self._scheduler, self._rng, self._settings = scheduler, rng, settings
        self._peers: dict[str, Talker] = {}
        self._retries = RetryTracker(settings)
        self._cuts: Counter[Pair] = Counter()
        self._numbers = 0
        #: The connections that work, by their numbers; and which of them each peer takes for one that does.
        self._working: dict[Pair, int] = {}
        self._believed: dict[Pair, int] = {}
        self._dialling: set[Pair] = set()
        self._quarantined: dict[Pair, float] = {}
        #: From one to another one -> when what was sent last arrives: nothing overtakes.
        self._last: dict[Pair, float] = {}

    def add(self, name: str, peer: Talker) -> None:
        """A peer, which does not run yet."""
        self._peers[name] = peer

    # -- what peers do

    def started(self, name: str) -> None:
        """A peer runs: it dials all others."""
        for other in self._peers:
            if other != name:
                self._dial_later(pair_of(name, other))

    def ended(self, name: str) -> None:
        """A peer runs no more, and its machine says so to the others."""
        for other in self._peers:
            self._believed.pop((name, other), None)
            self._end(pair_of(name, other), silently=False)

    def send(self, name: str, to: str, message: Message) -> None:
        """Send a message behind those before it; without a connection it gets nowhere."""
        number = self._working.get(pair_of(name, to))
        if number is not None:
            arrives = max(self._scheduler.now + self._latency(), self._last.get((name, to), 0.0))
            self._last[name, to] = arrives
            self._scheduler.at(arrives, partial(self._arrive, name, to, number, encode(message)))

    def refuse(self, name: str, other: str, until: float = 0.0) -> None:
        """A peer ends a connection. until: it takes none before that."""
        pair = pair_of(name, other)
        self._quarantined[pair] = max(until, self._quarantined.get(pair, 0.0))
        self._end(pair, silently=False)

    # -- what befalls it

    def cut(self, pair: Pair) -> None:
        """Nothing gets through from now on."""
        self._cuts[pair] += 1
        self._end(pair, silently=self._rng.random() < _SILENT)

    def restore(self, pair: Pair) -> None:
        """Take back a cut; there may be others."""
        self._cuts[pair] -= 1

    # -- inside

    def _latency(self) -> float:
        return _LATENCY_S * (1 + self._rng.random())

    def _arrive(self, name: str, to: str, number: int, data: bytes) -> None:
        if self._working.get(pair_of(name, to)) == number:
            self._peers[to].received(name, data)

    def _end(self, pair: Pair, *, silently: bool) -> None:
        number = self._working.pop(pair, None)
        if number is not None:
            most_s = self._settings.heartbeat_s + self._settings.idle_timeout_s
            for name, other in (pair, pair[::-1]):
                after = self._rng.random() * most_s if silently else self._latency()
                self._scheduler.after(after, partial(self._notice, name, other, number))

    def _notice(self, name: str, other: str, number: int) -> None:
        if self._believed.get((name, other)) == number:
            del self._believed[name, other]
            self._peers[name].disconnected(other)
            self._dial_later(pair_of(name, other))

    def _dial_later(self, pair: Pair) -> None:
        if pair not in self._dialling:
            self._dialling.add(pair)
            self._back_off(pair)

    def _back_off(self, pair: Pair) -> None:
        retry = self._retries.failed(str(pair), self._scheduler.now, self._rng, by_link=True)
        self._scheduler.after(retry.delay, partial(self._dial, pair))

    def _dial(self, pair: Pair) -> None:
        if pair in self._working or not all(self._peers[name].running for name in pair):
            self._dialling.discard(pair)  # who starts dials anew
        elif self._cuts[pair] or self._scheduler.now < self._quarantined.get(pair, 0.0):
            self._back_off(pair)
        else:
            self._dialling.discard(pair)
            self._retries.succeeded(str(pair))
            self._numbers += 1
            ways = (pair, pair[::-1])
            self._working[pair] = self._numbers
            self._believed.update(dict.fromkeys(ways, self._numbers))
            for name, other in ways:
                self._peers[name].connected(other)
