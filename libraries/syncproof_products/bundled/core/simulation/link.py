"""A link between a device and the relay that takes its time, and that can be cut."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from syncproof_synckit.virtual_time import Scheduler


@dataclass(slots=True)
class Conditions:
    """How a link is. latency_s, jitter_s: one way, uniformly spread. lost_answers: fraction of exchanges
    whose request is carried out and whose answer never arrives. repeated_frames: fraction of live frames that
    arrive twice.
    """

    latency_s: float = 0.005
    jitter_s: float = 0.01
    lost_answers: float = 0.0
    repeated_frames: float = 0.0


class Link:
    """Carries messages in both directions. A cut loses what is under way and ends what was open (`on_cut`).

    A black hole keeps connections open and silent (`on_swallow`).
    """

    def __init__(self, scheduler: Scheduler, rng: random.Random, conditions: Conditions) -> None:
        self._scheduler = scheduler
        self._rng = rng
        self.conditions = conditions
        self.is_cut = False
        self.black_hole = False
        self._epoch = 0
        self._last: dict[str, float] = {}
        self.on_cut: Callable[[], None] = lambda: None
        self.on_swallow: Callable[[], None] = lambda: None

    def carry(self, action: Callable[[], None], channel: str | None = None) -> None:
        """Have this happen at the other end after the latency, unless the link is cut before.

        channel: messages of one name arrive in the order in which they were sent.
        """
        if self.is_cut or self.black_hole:
            return
        conditions = self.conditions
        when = self._scheduler.now + conditions.latency_s + conditions.jitter_s * self._rng.random()
        if channel is not None:
            when = max(when, self._last.get(channel, 0.0))
            self._last[channel] = when
        self._scheduler.at(when, partial(self._arrive, self._epoch, action))

    def loses_answer(self) -> bool:
        """Whether the answer that is about to be sent gets lost."""
        lost = self.conditions.lost_answers
        return lost > 0 and self._rng.random() < lost

    def repeats_frame(self) -> bool:
        """Whether the frame that is about to be sent arrives twice."""
        repeated = self.conditions.repeated_frames
        return repeated > 0 and self._rng.random() < repeated

    def cut(self) -> None:
        """End every connection; nothing gets through until `restore`."""
        self.is_cut = True
        self._epoch += 1
        self.on_cut()

    def swallow(self) -> None:
        """Lose everything in silence until `restore`: connections stay, and nothing comes of them."""
        self.black_hole = True
        self._epoch += 1
        self.on_swallow()

    def restore(self) -> None:
        """Work again."""
        self.is_cut = self.black_hole = False

    def _arrive(self, epoch: int, action: Callable[[], None]) -> None:
        if epoch == self._epoch:
            action()
