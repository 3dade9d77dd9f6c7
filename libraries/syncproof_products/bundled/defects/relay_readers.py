"""Bugs of the relay with several devices at once: one of them is served, another one is not."""

from __future__ import annotations

import random
from collections.abc import Callable

from syncproof_defects import breaks
from syncproof_products.bundled.core.relay.actions import Answered, RelayAction
from syncproof_products.bundled.core.relay.events import CallReceived
from syncproof_products.bundled.core.relay.relay import Relay
from syncproof_products.bundled.core.wire import Page, Pull, Push, Pushed

#: Pushes that come so soon after somebody else's are taken for the same, s.
_SAME_S = 1.0


@breaks(Relay, "_push")
def takes_simultaneous_pushes_for_one(
    original: Callable[..., list[RelayAction]],
    self: Relay,
    now: float,
    rng: random.Random,
    request_id: int,
    device: str,
    push: Push,
) -> list[RelayAction]:
    """A push that comes at the same moment as somebody else's is answered as that one is, and not stored."""
    state = takes_simultaneous_pushes_for_one.state
    before, at = state.get(push.room, ("", 0.0))
    if before not in ("", device) and now - at < _SAME_S:
        takes_simultaneous_pushes_for_one.ran()
        head = self._rooms.opened(push.room).head
        return [Answered(request_id, Pushed(tuple([(draft.op_id, head) for draft in push.drafts]), head))]
    state[push.room] = (device, now)
    return original(self, now, rng, request_id, device, push)


@breaks(Relay, "_call")
def hands_each_page_out_once(
    original: Callable[..., list[RelayAction]],
    self: Relay,
    now: float,
    rng: random.Random,
    event: CallReceived,
) -> list[RelayAction]:
    """What one device has pulled is gone for the others, as in a queue."""
    pull = event.call
    room = self._rooms.existing(pull.room) if isinstance(pull, Pull) else None
    if isinstance(pull, Pull) and room is not None:
        state = hands_each_page_out_once.state
        if pull.after < state.get(pull.room, 0):
            hands_each_page_out_once.ran()
            return [Answered(event.request_id, Page((), room.head, more=False))]
        state[pull.room] = min(room.head, pull.after + pull.limit)
    return original(self, now, rng, event)
