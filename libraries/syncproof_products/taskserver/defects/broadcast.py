"""Bugs of the broadcast and of its client."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from syncproof_defects import breaks
from syncproof_products.taskserver.broadcast.messages import Event
from syncproof_products.taskserver.broadcast.redis import RedisBroker


@breaks(RedisBroker, "publish")
async def listens_to_its_own_instance_only(
    original: Callable[[RedisBroker, Event], Awaitable[None]],  # noqa: ARG001
    self: RedisBroker,
    event: Event,
) -> None:
    """An event is told to the clients of the instance that it was published at, and does not go through Redis."""
    listens_to_its_own_instance_only.ran()
    self._happened(event)
