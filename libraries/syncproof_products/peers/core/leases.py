"""Leases: at most one peer has one at a time, and has it for a while only.

Who wants a lease asks all members whom it can reach. Each gives it to one peer at a time, for so long by its own clock,
and to the next one in a higher epoch only. Who has it from more than half of all members holds it, a bit shorter than
any of these takes it for given, and asks for more in time. So no two hold it at once, whatever is cut, killed or
suspended: any two majorities have a member in common, who keeps what it promised across a kill. Of two who ask at once
one gets it, because of any two the one whose name comes later gives way.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from syncproof_products.peers.core.actions import Leased, OfLeases, Promise, Send
from syncproof_products.peers.core.messages import Ask, Deny, GiveBack, Grant, OfLease

#: The part of a lease's time after which its holder takes it for run out: clocks differ in speed.
_SURE = 0.9


@dataclass
class Given:
    """To whom this peer has given a lease, and until when.

    held: that one has said that it holds it. highest: of all epochs in which it was given to anybody. sent: when that
    one asked for it, by its own clock.
    """

    owner: str = ""
    epoch: int = 0
    until: float = 0.0
    held: bool = False
    highest: int = 0
    sent: float | None = None

    def to(
        self, owner: str, epoch: int, until: float, *, held: bool = False, sent: float | None = None
    ) -> Given:
        """Given to this one now."""
        return Given(owner, epoch, until, held, max(self.highest, epoch), sent)

    def to_nobody(self) -> Given:
        """Free."""
        return Given(highest=self.highest)


@dataclass
class _Wanted:
    """A lease that this peer wants.

    sent: when it asked last. given_by, denied_by: what was answered to that. until: so long it is held, where it is.
    again: when to ask again, where it was given by nobody.
    """

    epoch: int = 0
    sent: float = 0.0
    given_by: set[str] = field(default_factory=set)
    denied_by: set[str] = field(default_factory=set)
    held: bool = False
    until: float = 0.0
    again: float = 0.0


class Leases:
    """name: of this peer. members: answers the names of all who share. lasts_s: how long a lease lasts.

    Whatever is asked of it gets the time, seconds of a clock that never goes back.
    """

    def __init__(self, name: str, members: Callable[[], Collection[str]], lasts_s: float) -> None:
        self._name, self._members, self._lasts_s = name, members, lasts_s
        self._given: dict[str, Given] = {}
        self._wanted: dict[str, _Wanted] = {}
        self._others: set[str] = set()
        #: Leases that it has given back: up to which epoch, and until when whoever it meets is told so.
        self._left: dict[str, tuple[int, float]] = {}

    def restore(self, promised: Mapping[str, tuple[str, int]], now: float) -> None:
        """Keep what was promised: owner and epoch by lease. How long ago that was nobody knows.

        Nor in which epoch, where somebody else asked in a higher one: what is given back in a lower one stays given for
        its time.
        """
        for lease, (owner, epoch) in promised.items():
            if owner == self._name:
                self._left[lease] = (epoch, now + self._lasts_s)
            until = now + self._lasts_s if owner not in ("", self._name) else 0.0
            self._given[lease] = Given(owner if until else "", epoch, until, highest=epoch)

    # -- what is wanted

    def want(self, lease: str, now: float) -> list[OfLeases]:
        """Have a lease from now on, as soon as it can be had."""
        if lease in self._wanted:
            return []
        self._wanted[lease] = _Wanted()
        return self._ask(lease, now)

    def give_back(self, lease: str, now: float) -> list[OfLeases]:
        """Want a lease no more."""
        wanted = self._wanted.pop(lease, None)
        if wanted is None:
            return []
        had: list[OfLeases] = [Leased(lease, "given_back", wanted.epoch)] if wanted.held else []
        return [*had, *self._withdraw(lease, wanted, now)]

    def known(self, now: float) -> dict[str, tuple[str, int]]:
        """The leases that somebody is known to hold: owner and epoch."""
        return {
            lease: (given.owner, given.epoch)
            for lease, given in self._given.items()
            if given.held and self._is_given(given, now)
        }

    # -- what happens

    def connected(self, peer: str, now: float) -> list[OfLeases]:
        """A peer can be talked to: it is told what was given back meanwhile, and asked for what is wanted."""
        self._others.add(peer)
        self._left = {lease: left for lease, left in self._left.items() if now < left[1]}
        actions: list[OfLeases] = [
            Send(peer, GiveBack(lease, epoch)) for lease, (epoch, _) in self._left.items()
        ]
        for lease, wanted in self._wanted.items():
            if wanted.given_by:
                actions.append(Send(peer, self._asks(lease, wanted)))
            else:
                actions += self._ask(lease, now)
        return actions

    def disconnected(self, peer: str) -> None:
        """A peer cannot be talked to any more."""
        self._others.discard(peer)

    def received(self, peer: str, message: OfLease, now: float) -> list[OfLeases]:
        """A message of a peer that is connected."""
        match message:
            case Ask():
                return self._asked(peer, message, now)
            case Grant(lease, epoch, sent):
                return self._got(peer, lease, epoch, sent, now)
            case Deny():
                return self._denied(peer, message, now)
            case GiveBack(lease, epoch):
                return self._freed(peer, lease, epoch, now)

    def pass_time(self, now: float) -> list[OfLeases]:
        """Ask for more of what is held, let go of what has run out, and try again. Call it often."""
        actions: list[OfLeases] = []
        for lease, wanted in list(self._wanted.items()):
            if wanted.held and now >= wanted.until:
                actions += [Leased(lease, "lost", wanted.epoch), *self._start_over(lease, wanted, now)]
            elif wanted.held and now >= wanted.sent + self._lasts_s / 3:
                actions += self._ask_for_more(lease, wanted, now)
            elif not wanted.held and wanted.given_by and now >= wanted.sent + self._lasts_s / 2:
                actions += self._start_over(lease, wanted, now)
            elif not wanted.given_by and now >= wanted.again:
                actions += self._ask(lease, now)
        return actions

    # -- inside: who wants

    @property
    def _majority(self) -> int:
        return len(self._members()) // 2 + 1

    def _ask(self, lease: str, now: float) -> list[OfLeases]:
        """Ask all, this peer first: where it has given the lease to somebody, it waits."""
        wanted, given = self._wanted[lease], self._given.setdefault(lease, Given())
        if self._is_given(given, now):
            wanted.again = now + self._lasts_s / 4
            return []
        wanted.epoch, wanted.sent = given.highest + 1, now
        self._left.pop(lease, None)  # who hears both might take them in the wrong order
        wanted.given_by.add(self._name)
        self._given[lease] = given.to(self._name, wanted.epoch, now + self._lasts_s)
        return [
            Promise(lease, self._name, wanted.epoch),
            *self._tell(self._asks(lease, wanted)),
            *self._hold(lease, wanted, now),
        ]

    def _asks(self, lease: str, wanted: _Wanted) -> Ask:
        return Ask(lease, wanted.epoch, wanted.held, wanted.sent)

    def _tell(self, message: OfLease) -> list[OfLeases]:
        return [Send(peer, message) for peer in sorted(self._others)]

    def _ask_for_more(self, lease: str, wanted: _Wanted, now: float) -> list[OfLeases]:
        wanted.sent, wanted.given_by, wanted.denied_by = now, {self._name}, set()
        self._given[lease].until = now + self._lasts_s
        return [*self._tell(self._asks(lease, wanted)), *self._hold(lease, wanted, now)]

    def _got(self, peer: str, lease: str, epoch: int, sent: float, now: float) -> list[OfLeases]:
        wanted = self._wanted.get(lease)
        if wanted is None or not wanted.given_by or (wanted.epoch, wanted.sent) != (epoch, sent):
            return []  # too late: it was given back, or asked anew
        wanted.given_by.add(peer)
        return self._hold(lease, wanted, now)

    def _hold(self, lease: str, wanted: _Wanted, now: float) -> list[OfLeases]:
        """Where more than half have given it. What has run out is lost, though more comes: others may have had it."""
        if wanted.held and now >= wanted.until:
            return []
        until = wanted.sent + self._lasts_s * _SURE
        if len(wanted.given_by) < self._majority or now >= until or until == wanted.until:
            return []
        first = not wanted.held
        wanted.held, wanted.until = True, until
        self._given[lease].held = True
        told = self._tell(self._asks(lease, wanted)) if first else []
        return [Leased(lease, "held", wanted.epoch, until), *told]

    def _denied(self, peer: str, deny: Deny, now: float) -> list[OfLeases]:
        """Asked at once in a higher epoch where nobody has it; later where too many have given it to somebody."""
        wanted = self._wanted.get(deny.lease)
        if wanted is None or wanted.held or not wanted.given_by or wanted.sent != deny.sent:
            return []
        wanted.denied_by.add(peer)
        if deny.owner and len(wanted.given_by | self._others - wanted.denied_by) >= self._majority:
            return []
        actions = self._start_over(deny.lease, wanted, now)
        given = self._given[deny.lease]
        given.highest = max(given.highest, deny.epoch)
        return actions if deny.owner else [*actions, *self._ask(deny.lease, now)]

    def _start_over(self, lease: str, wanted: _Wanted, now: float) -> list[OfLeases]:
        """Nothing came of it: whoever has given the lease may give it to others, and it is asked for again later."""
        self._wanted[lease] = _Wanted(again=now + self._lasts_s / 4)
        return self._withdraw(lease, wanted, now)

    def _withdraw(self, lease: str, wanted: _Wanted, now: float) -> list[OfLeases]:
        if not wanted.given_by:
            return []
        self._left[lease] = (wanted.epoch, now + self._lasts_s)
        actions: list[OfLeases] = self._tell(GiveBack(lease, wanted.epoch))
        return [*actions, *self._freed(self._name, lease, wanted.epoch, now)]

    # -- inside: who gives

    def _is_given(self, given: Given, now: float) -> bool:
        return bool(given.owner) and now < given.until

    def _asked(self, peer: str, ask: Ask, now: float) -> list[OfLeases]:
        given = self._given.setdefault(ask.lease, Given())
        actions: list[OfLeases] = []
        wanted = self._wanted.get(ask.lease)
        asks_too = given.owner == self._name and wanted is not None and not wanted.held
        if asks_too and wanted is not None and (ask.held or peer < self._name):
            actions += self._start_over(ask.lease, wanted, now)
            given = self._given[ask.lease]
        has_it = given.owner == peer
        if not has_it and self._is_given(given, now):
            return [*actions, Send(peer, Deny(ask.lease, given.owner, given.highest, ask.sent))]
        # Who holds it has it from others: whoever else asked since then, in whatever epoch, has not got it. Who has
        # lost all asks in an epoch once more that it had: it gets a higher one.
        again = has_it and not given.held and (ask.epoch, ask.sent) == (given.epoch, given.sent)
        if not (ask.held or ask.epoch > given.highest or again):
            return [*actions, Send(peer, Deny(ask.lease, "", given.highest, ask.sent))]
        self._given[ask.lease] = new = given.to(
            peer, ask.epoch, now + self._lasts_s, held=ask.held, sent=ask.sent
        )
        if not has_it or new.highest != given.highest:
            actions.append(Promise(ask.lease, peer, new.highest))
        return [*actions, Send(peer, Grant(ask.lease, ask.epoch, ask.sent))]

    def _freed(self, peer: str, lease: str, epoch: int, now: float) -> list[OfLeases]:
        """A peer has given a lease back: whoever waits for what that one held asks at once."""
        given = self._given.get(lease)
        if given is None or given.owner != peer or given.epoch > epoch:
            return []
        self._given[lease] = given.to_nobody()
        actions: list[OfLeases] = [Promise(lease, "", given.highest)]
        wanted = self._wanted.get(lease)
        if given.held and peer != self._name and wanted is not None and not wanted.given_by:
            actions += self._ask(lease, now)
        return actions
