"""How a relay says no."""

from __future__ import annotations

import random

from syncproof_products.bundled.core.relay.events import Placed
from syncproof_products.bundled.core.wire import Draft, Refused

RETRY_STORAGE_S = 1.0
RETRY_JITTER = 0.2


def unknown_room(name: str) -> Refused:
    """Nothing was opened under that name."""
    return Refused(404, "unknown_room", f"there is no room {name!r}; open it with PUT /rooms/{{room}} first")


def not_member(device: str, room: str) -> Refused:
    """The device may not see or change the room."""
    return Refused(403, "not_member", f"{device} is not a member of {room!r}; a member can add it")


def op_conflict(author: str, draft: Draft, known: Placed) -> Refused:
    """The op_id stands for another event."""
    where = f"{known.room!r} at {known.event.seq}"
    message = (
        f"{author} has pushed another event as {draft.op_id} (in {where}); nothing of this push is stored"
    )
    return Refused(409, "op_conflict", message)


def damaged(room: str, seq: int) -> Refused:
    """The storage has lost an event: the relay serves no page with a hole."""
    message = f"event {seq} of {room!r} is missing from the relay's storage; restore its directory"
    return Refused(500, "log_damaged", message)


def storage_failed(rng: random.Random, what: str, reason: str) -> Refused:
    """The storage said no; nothing happened. what: completes 'the relay could not'."""
    message = f"the relay could not {what}: {reason}"
    return Refused(503, "storage_failed", message, jittered(rng, RETRY_STORAGE_S))


def jittered(rng: random.Random, delay: float) -> float:
    """A delay for Retry-After, in seconds, spread so that those refused together do not return together."""
    return delay * (1.0 + RETRY_JITTER * rng.random())
