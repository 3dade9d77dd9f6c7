"""The toxics on one direction of one connection, in the order in which they were added."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from .machine import NEVER, Emission, Item, Mark
from .toxic import Dice, Toxic

_ENDS = (Mark.EOF, Mark.CLOSE, Mark.RESET)


class _Arrival(NamedTuple):
    at: int
    read: int
    """When the chunk was read from its socket, plus the latencies it has served."""
    item: Item


class _Stage:
    """One toxic on this link: what waits in front of it, what it has in hand, and its timer."""

    __slots__ = (
        "applies",
        "closed",
        "dice",
        "hand",
        "inbox",
        "inbox_bytes",
        "machine",
        "read",
        "tick",
        "toxic",
    )

    def __init__(self, toxic: Toxic, dice: Dice, now: int) -> None:
        self.toxic: Toxic | None = toxic
        self.dice = dice
        self.inbox: deque[_Arrival] = deque()
        self.inbox_bytes = 0
        self.hand: deque[Emission] = deque()
        self.read = 0
        self.closed = False
        self.begin(toxic, now)

    def begin(self, toxic: Toxic, now: int) -> None:
        """A new machine, with a new throw for toxicity."""
        self.machine, self.applies = toxic.machine(self.dice)
        self.tick = NEVER
        self._keep(self.machine.start(now))

    def room(self) -> bool:
        return (
            not self.closed
            and len(self.inbox) < self.machine.ahead_chunks
            and self.inbox_bytes < self.machine.ahead_bytes
        )

    def push(self, arrival: _Arrival) -> None:
        if not self.closed:
            self.inbox.append(arrival)
            if not isinstance(arrival.item, Mark):
                self.inbox_bytes += len(arrival.item)

    def work(self, now: int) -> None:
        """Take items in until there is something in hand."""
        while not self.hand and not self.closed:
            if self.tick <= now and (not self.inbox or self.tick <= self.inbox[0].at):
                at, self.tick = self.tick, NEVER
                self._keep(self.machine.step(at, Mark.TICK))
            elif self.inbox:
                arrival = self.inbox.popleft()
                if not isinstance(arrival.item, Mark):
                    self.inbox_bytes -= len(arrival.item)
                self.read = arrival.read
                begin = arrival.read if self.machine.counts_from_read else arrival.at
                self._keep(self.machine.step(begin, arrival.item))
            else:
                return

    def take(self) -> _Arrival:
        """What is in hand first, as it arrives at the next stage."""
        due, item = self.hand.popleft()
        return _Arrival(due, due if self.machine.counts_from_read else self.read, item)

    def interrupt(self, now: int) -> list[_Arrival]:
        """The toxic changes: what is in hand leaves at once; an end that was held is decided on again.

        A reset that is on its way cannot be called back.
        """
        released: list[_Arrival] = []
        while self.hand:
            due, item = self.hand[0]
            if item is Mark.RESET:
                break
            self.hand.popleft()
            if isinstance(item, Mark):
                self.inbox.appendleft(_Arrival(now, now, item))
                self.closed = False
            else:
                released.append(_Arrival(min(due, now), self.read, item))
        return released

    def held(self) -> int:
        """Bytes that wait here."""
        return self.inbox_bytes + sum(len(item) for _, item in self.hand if not isinstance(item, Mark))

    def _keep(self, emissions: list[Emission]) -> None:
        for due, item in emissions:
            if item is Mark.TICK:
                self.tick = due
                continue
            self.hand.append((due, item))
            if item in _ENDS:
                # Nothing can follow an end: what still waits, and what still comes, is dropped.
                self.closed = True
                self.inbox.clear()
                self.inbox_bytes = 0
                self.tick = NEVER


class Chain:
    """The toxics of one link as one machine: `feed` what was read, `pop` what is due, wait until `next_due`.

    Toxics can come, change and go while data are held; then nothing is lost, and what the changed toxic has
    in hand passes at once, as in Toxiproxy. Memory is bounded as long as `feed` is only called while
    `accepts()`.
    """

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._stages: list[_Stage] = []
        self._leaving: deque[_Arrival] = deque()
        self._ended = False
        self._spacing = 0
        self._not_before = 0
        """When the next item may leave, whatever is due: a late driver must not let pieces run together."""

    @property
    def transparent(self) -> bool:
        """Without toxics and without anything on its way."""
        return not self._stages and not self._leaving

    def accepts(self) -> bool:
        """Whether there is room for another chunk."""
        return not self._ended and (self._stages[0].room() if self._stages else not self._leaving)

    def held(self) -> int:
        """Bytes that wait in this chain."""
        waiting = sum(len(arrival.item) for arrival in self._leaving if not isinstance(arrival.item, Mark))
        return waiting + sum(stage.held() for stage in self._stages)

    def applied(self) -> dict[str, bool]:
        """By toxic: whether toxicity decided that it applies to this link."""
        return {stage.toxic.name: stage.applies for stage in self._stages if stage.toxic is not None}

    def add(self, toxic: Toxic, now: int) -> None:
        """Put a toxic at the end. The one before it starts anew (and toxicity is decided anew), as in
        Toxiproxy.
        """
        if self._stages:
            self._restart(len(self._stages) - 1, now)
        self._stages.append(_Stage(toxic, Dice(f"{self._seed}/{toxic.name}", toxic.pipe), now))
        self._space()

    def update(self, toxic: Toxic, now: int) -> None:
        """Its attributes or its toxicity have changed."""
        index = self._find(toxic)
        if index is not None:
            self._restart(index, now)
            self._space()

    def remove(self, toxic: Toxic, now: int) -> None:
        """Take a toxic out; what it holds goes on at once. Removing a `timeout` closes the connection."""
        index = self._find(toxic)
        if index is None:
            return
        stage = self._stages[index]
        self._hand_over(index, stage.interrupt(now))
        if stage.hand:
            # A reset is on its way: the link keeps that stage until it has fired.
            stage.toxic = None
            return
        del self._stages[index]
        if toxic.of.closes_when_removed and not stage.closed:
            self._hand_over(index - 1, [_Arrival(now, now, Mark.CLOSE)])
        else:
            self._hand_over(index - 1, [_Arrival(now, a.read, a.item) for a in stage.inbox])
        if index > 0:
            self._restart(index - 1, now)
        self._space()

    def feed(self, now: int, item: Item) -> None:
        """What was read from the source: a chunk, or EOF, or CLOSE when the source is gone."""
        arrival = _Arrival(now, now, item)
        if self._stages:
            self._stages[0].push(arrival)
        else:
            self._leaving.append(arrival)

    def pop(self, now: int) -> Item | None:
        """The next item that is due at the end of the chain, or None. After a CLOSE or RESET, always None."""
        if self._ended:
            return None
        if self._leaving:
            return self._leave(self._leaving.popleft().item)
        if not self._stages:
            return None
        self._settle(now)
        last = self._stages[-1]
        if last.hand and last.hand[0][0] <= now and self._not_before <= now:
            self._not_before = now + self._spacing
            return self._leave(last.hand.popleft()[1])
        return None

    def next_due(self, now: int) -> int:
        """When `pop` may have something that it has not now; `NEVER` if only new data can change that."""
        due = NEVER
        if now < self._not_before and self._stages and self._stages[-1].hand:
            due = max(self._not_before, self._stages[-1].hand[0][0])
        for stage in self._stages:
            if stage.hand and now < stage.hand[0][0] < due:
                due = stage.hand[0][0]
            if now < stage.tick < due:
                due = stage.tick
        return due

    def _leave(self, item: Item) -> Item:
        self._ended = item in _ENDS
        return item

    def _space(self) -> None:
        self._spacing = max((stage.machine.spacing for stage in self._stages), default=0)
        self._not_before = 0

    def _find(self, toxic: Toxic) -> int | None:
        return next((i for i, stage in enumerate(self._stages) if stage.toxic is toxic), None)

    def _restart(self, index: int, now: int) -> None:
        stage = self._stages[index]
        self._hand_over(index, stage.interrupt(now))
        if not stage.hand and stage.toxic is not None:
            stage.begin(stage.toxic, now)

    def _hand_over(self, index: int, released: list[_Arrival]) -> None:
        """Past the stage `index`, whatever room there is: what one toxic may hold is bounded already."""
        following = index + 1
        if following < len(self._stages):
            for arrival in released:
                self._stages[following].push(arrival)
        else:
            self._leaving.extend(released)

    def _settle(self, now: int) -> None:
        """Move along all that is due and finds room; what is at the end stays there for `pop`."""
        last = len(self._stages) - 1
        moved = True
        while moved:
            moved = False
            for index in range(last, -1, -1):
                stage = self._stages[index]
                stage.work(now)
                if index == last:
                    continue
                following = self._stages[index + 1]
                while stage.hand and stage.hand[0][0] <= now and (following.closed or following.room()):
                    following.push(stage.take())
                    stage.work(now)
                    moved = True
