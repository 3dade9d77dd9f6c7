"""Leases without a network: whatever is lost, cut, stopped or started again, no two peers hold one at once."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncproof_products.peers.core.actions import Leased, OfLeases, Promise, Send
from syncproof_products.peers.core.leases import Leases
from syncproof_products.peers.core.messages import GiveBack, OfLease

NAMES = ("Alice", "Bob", "Carol")
LASTS_S = 10.0


class Peers:
    """Peers, what each has stored, and messages between them, each of which arrives when it is let through."""

    def __init__(self, names: tuple[str, ...] = NAMES) -> None:
        self.names, self.now = names, 0.0
        self.leases = {name: self._new(name) for name in names}
        self.stored: dict[str, dict[str, tuple[str, int]]] = {name: {} for name in names}
        self.under_way: dict[tuple[str, str], deque[OfLease]] = {}
        self.told: list[tuple[str, Leased]] = []
        self.holds: dict[str, float] = {}
        self.epochs: list[int] = []

    def _new(self, name: str) -> Leases:
        return Leases(name, lambda: self.names, LASTS_S)

    def link(self, *pairs: tuple[str, str]) -> None:
        for one, other in pairs or [(a, b) for a in self.names for b in self.names if a < b]:
            if (one, other) not in self.under_way:
                self.under_way[one, other], self.under_way[other, one] = deque(), deque()
                self.do(one, self.leases[one].connected(other, self.now))
                self.do(other, self.leases[other].connected(one, self.now))

    def cut(self, one: str, other: str) -> None:
        for name, peer in ((one, other), (other, one)):
            if self.under_way.pop((name, peer), None) is not None:
                self.leases[name].disconnected(peer)

    def restart(self, name: str) -> None:
        for other in self.names:
            self.cut(name, other)
        self.holds.pop(name, None)
        self.leases[name] = self._new(name)
        self.leases[name].restore(self.stored[name], self.now)

    def do(self, name: str, actions: Iterable[OfLeases]) -> None:
        for action in actions:
            match action:
                case Send(to, message) if (name, to) in self.under_way:
                    self.under_way[name, to].append(message)  # type: ignore[arg-type]
                case Promise(lease, owner, epoch):
                    self.stored[name][lease] = (owner, epoch)
                case Leased(_, state, epoch, until):
                    self.told.append((name, action))
                    if state == "held":
                        self.takes(name, epoch, until)
                    else:
                        self.holds.pop(name, None)
                case _:
                    pass

    def takes(self, name: str, epoch: int, until: float) -> None:
        others = [who for who, end in self.holds.items() if who != name and self.now < end]
        assert not others, f"{name} has what {others} have"
        if name not in self.holds or self.now >= self.holds[name]:
            assert epoch > max(self.epochs, default=0), "an epoch came twice"
            self.epochs.append(epoch)
        self.holds[name] = until

    def step(self, name: str, to: str) -> None:
        waiting = self.under_way.get((name, to))
        if waiting:
            self.do(to, self.leases[to].received(name, waiting.popleft(), self.now))

    def settle(self) -> None:
        for _ in range(1000):
            busy = [way for way, waiting in self.under_way.items() if waiting]
            if not busy:
                return
            for way in busy:
                self.step(*way)
        raise AssertionError("it does not end")

    def wait(self, seconds: float, *but: str) -> None:
        """Time passes; these stand still."""
        for _ in range(round(seconds / 0.5)):
            self.now += 0.5
            for name in self.names:
                if name not in but:
                    self.do(name, self.leases[name].pass_time(self.now))
            if not but:
                self.settle()
            else:
                for way in list(self.under_way):
                    while self.under_way[way] and way[1] not in but:
                        self.step(*way)

    def want(self, *names: str) -> None:
        for name in names:
            self.do(name, self.leases[name].want("plan", self.now))

    def give_back(self, name: str) -> None:
        self.do(name, self.leases[name].give_back("plan", self.now))
        self.settle()

    @property
    def holders(self) -> list[str]:
        return [name for name, end in self.holds.items() if self.now < end]

    def shown(self) -> list[str]:
        """Who holds it, as each of them knows."""
        return [self.leases[name].known(self.now).get("plan", ("", 0))[0] for name in self.names]


@pytest.mark.parametrize("names", [NAMES[:2], NAMES, (*NAMES, "Dave"), (*NAMES, "Dave", "Erin")])
def test_of_all_who_want_a_lease_one_gets_it_and_then_the_next(names: tuple[str, ...]) -> None:
    peers = Peers(names)
    peers.link()
    peers.want(*names)
    peers.settle()
    had = []
    for _ in names:
        peers.wait(6)
        (holder,) = peers.holders
        assert peers.shown() == [holder] * len(names)
        had.append(holder)
        peers.give_back(holder)
    assert sorted(had) == sorted(names)


@pytest.mark.parametrize("seed", range(40))
def test_one_of_two_who_ask_at_once_gets_it_at_once(seed: int) -> None:
    rng, peers = random.Random(seed), Peers()
    peers.link()
    peers.want("Alice", "Bob")
    while busy := [way for way, waiting in peers.under_way.items() if waiting]:
        peers.step(*rng.choice(busy))
    assert len(peers.holders) == 1


def test_who_holds_it_keeps_it() -> None:
    peers = Peers()
    peers.link()
    peers.want("Bob")
    peers.settle()
    peers.want("Alice")
    peers.wait(100)
    assert peers.holders == ["Bob"]
    assert {name for name, _ in peers.told} == {"Bob"}


def test_who_is_in_the_smaller_part_gets_none() -> None:
    peers = Peers()
    peers.link(("Bob", "Carol"))
    peers.want("Alice", "Bob")
    peers.wait(30)
    assert peers.holders == ["Bob"]
    peers.link()
    peers.settle()
    peers.give_back("Bob")
    peers.wait(1)
    assert peers.holders == ["Alice"]


def test_what_a_part_cannot_hear_of_runs_out() -> None:
    peers = Peers()
    peers.link()
    peers.want("Alice")
    peers.settle()
    peers.cut("Alice", "Bob")
    peers.cut("Alice", "Carol")
    peers.give_back("Alice")
    peers.want("Bob")
    peers.wait(4)
    assert peers.holders == []
    peers.wait(12)
    assert peers.holders == ["Bob"]


def test_what_was_given_back_meanwhile_is_told_to_whoever_is_met() -> None:
    peers = Peers()
    peers.link()
    peers.want("Alice")
    peers.settle()
    peers.cut("Alice", "Bob")
    peers.cut("Alice", "Carol")
    peers.give_back("Alice")
    peers.want("Bob")
    peers.wait(1)
    peers.link()
    peers.settle()
    assert peers.holders == ["Bob"]


def test_who_stood_still_has_lost_it() -> None:
    peers = Peers()
    peers.link()
    peers.want("Alice")
    peers.settle()
    peers.want("Carol")
    peers.wait(20, "Alice")
    assert peers.holders == ["Carol"]
    peers.wait(1)
    assert ("Alice", Leased("plan", "lost", 1)) in peers.told
    assert peers.holders == ["Carol"]


def test_who_was_killed_leaves_it_to_others() -> None:
    peers = Peers()
    peers.link()
    peers.want("Alice")
    peers.settle()
    peers.restart("Alice")
    peers.want("Bob")
    peers.wait(1)
    assert peers.holders == []
    peers.link()
    peers.settle()
    assert peers.holders == ["Bob"]


def test_who_was_killed_keeps_what_it_promised() -> None:
    peers = Peers()
    peers.link(("Alice", "Bob"))
    peers.want("Alice")
    peers.settle()
    peers.restart("Bob")
    peers.link(("Bob", "Carol"))
    peers.want("Carol")
    peers.settle()
    assert peers.holders == ["Alice"]
    peers.wait(20)
    assert peers.holders == ["Carol"]


def test_what_is_given_back_late_does_not_free_what_was_given_since() -> None:
    """Bob, who was started again, meets Alice and Carol at once."""
    peers = Peers()
    peers.link(("Alice", "Bob"), ("Bob", "Carol"))
    for _ in range(2):
        peers.want("Alice")
        peers.settle()
        if peers.epochs == [1]:
            peers.give_back("Alice")
    assert peers.epochs == [1, 2]
    peers.restart("Bob")
    peers.link(("Bob", "Carol"), ("Alice", "Bob"))
    peers.step("Alice", "Bob")
    peers.want("Carol")
    _only_these_talk(peers, "Bob", "Carol")
    peers.settle()
    assert peers.holders == ["Alice"]


def _only_these_talk(peers: Peers, one: str, other: str) -> None:
    while peers.under_way[one, other] or peers.under_way[other, one]:
        peers.step(one, other)
        peers.step(other, one)


def test_what_is_given_back_in_an_earlier_epoch_stays_given_after_a_start() -> None:
    peers = Peers()
    peers.link(("Alice", "Bob"))
    peers.want("Alice")
    peers.settle()
    peers.give_back("Alice")
    peers.want("Alice")
    peers.settle()
    peers.restart("Bob")
    peers.link(("Alice", "Bob"))
    peers.do("Bob", peers.leases["Bob"].received("Alice", GiveBack("plan", 1), peers.now))
    peers.link(("Bob", "Carol"))
    peers.want("Carol")
    _only_these_talk(peers, "Bob", "Carol")
    peers.settle()
    assert peers.holders == ["Alice"]


@pytest.mark.parametrize("heard", [True, False])
def test_who_has_lost_all_gets_a_higher_epoch(heard: bool) -> None:
    peers = Peers()
    peers.link(("Alice", "Bob"))
    peers.want("Alice")
    while not peers.holders:
        peers.step("Alice", "Bob")
        peers.step("Bob", "Alice")
    if heard:
        peers.settle()
    peers.now = 3.0
    peers.stored["Alice"].clear()
    peers.restart("Alice")
    peers.link(("Alice", "Bob"))
    peers.want("Alice")
    peers.settle()
    assert peers.epochs == [1, 2]
    assert peers.holders == ["Alice"]


@given(st.integers(0, 2**32), st.sampled_from([2, 3, 4, 5]))
@settings(max_examples=150, deadline=None)
def test_whatever_happens_no_two_hold_it_at_once(seed: int, count: int) -> None:
    rng = random.Random(seed)
    peers = Peers((*NAMES, "Dave", "Erin")[:count])
    for _ in range(150):
        name, other = rng.sample(peers.names, 2)
        match rng.randrange(9):
            case 0:
                peers.want(name)
            case 1:
                peers.do(name, peers.leases[name].give_back("plan", peers.now))
            case 2 | 3:
                peers.link((name, other))
            case 4:
                peers.cut(name, other)
            case 5 if rng.random() < 0.3:
                peers.restart(name)
            case 6:
                peers.now += rng.random() * 3
            case _:
                for _ in range(rng.randrange(8)):
                    peers.step(*rng.choice(list(peers.under_way) or [(name, other)]))
        for each in peers.names:
            if rng.random() < 0.5:  # the others stand still
                peers.do(each, peers.leases[each].pass_time(peers.now))
    for name in peers.names:
        peers.restart(name)
    peers.link()
    peers.want(peers.names[-1])
    peers.wait(40)
    assert peers.holders == [peers.names[-1]]
