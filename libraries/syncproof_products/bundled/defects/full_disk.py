"""Bugs of storage that refuses: what it has not taken is counted as stored, or nobody is told."""

from __future__ import annotations

import random
from collections.abc import Callable

from syncproof_defects import breaks
from syncproof_products.bundled.core.events import Submit
from syncproof_products.bundled.core.journal import Journal
from syncproof_products.bundled.core.relay.actions import Answered, EventAppended, RelayAction
from syncproof_products.bundled.core.relay.events import CommitFailed
from syncproof_products.bundled.core.relay.relay import Relay
from syncproof_products.bundled.core.sending import Sender
from syncproof_products.bundled.core.turn import Turn


@breaks(Journal, "failed")
def goes_on_behind_a_failed_commit(
    original: Callable[..., None], self: Journal, turn: Turn, batch: int, reason: str
) -> None:
    """A device takes a commit that its disk has refused for one that was made."""
    del original, reason
    goes_on_behind_a_failed_commit.ran()
    self.committed(turn, batch)


@breaks(Turn, "observe")
def says_nothing_of_a_full_disk(
    original: Callable[..., None], self: Turn, kind: str, **fields: object
) -> None:
    """A device whose disk is full tries again and again, and tells nobody."""
    if kind == "retry" and fields["what"] == "commit":
        says_nothing_of_a_full_disk.ran()
    else:
        original(self, kind, **fields)


@breaks(Relay, "_commit_failed")
def acknowledges_what_its_disk_refused(
    original: Callable[..., list[RelayAction]], self: Relay, rng: random.Random, event: CommitFailed
) -> list[RelayAction]:
    """A relay acknowledges events that it could not store."""
    promised = {
        waiting.request_id: waiting.answer
        for batch in self._batches._pending
        if all(isinstance(change, EventAppended) for change in batch.changes)
        for waiting in batch.waiting
    }
    actions = original(self, rng, event)
    acknowledges_what_its_disk_refused.ran()
    return [
        Answered(action.request_id, promised[action.request_id]())
        if isinstance(action, Answered) and action.request_id in promised
        else action
        for action in actions
    ]


@breaks(Journal, "flush")
def stores_first_what_came_last(original: Callable[..., None], self: Journal, turn: Turn) -> None:
    """After a commit that failed, what came until the next try is stored before what was in it."""
    failed: dict[int, int] = stores_first_what_came_last.state
    if id(self) in failed and not self._under_way and self._retries.ready("commit", turn.now):
        first = failed.pop(id(self))
        if self._staged[first:]:
            stores_first_what_came_last.ran()
            self._staged = self._staged[first:] + self._staged[:first]
    original(self, turn)


@stores_first_what_came_last.breaks(Journal, "failed")
def _counting_what_failed(
    original: Callable[..., None], self: Journal, turn: Turn, batch: int, reason: str
) -> None:
    original(self, turn, batch, reason)
    stores_first_what_came_last.state[id(self)] = len(self._staged)


@breaks(Sender, "submit")
def pushes_before_it_has_stored(
    original: Callable[..., None], self: Sender, turn: Turn, event: Submit
) -> None:
    """A device pushes an operation at once, while it is still being stored."""
    original(self, turn, event)
    pending = self._outbox.find(event.op.op_id)
    if pending is not None and not pending.committed:
        pushes_before_it_has_stored.ran()
        pending.committed = True
        self.pump(turn)
