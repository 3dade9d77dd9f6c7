"""Bugs of the broadcast and of its client."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from syncproof_defects import breaks
from syncproof_products.taskserver.broadcast.client import BroadcastClient, Effect
from syncproof_products.taskserver.broadcast.hub import Action, Hub
from syncproof_products.taskserver.broadcast.messages import Event
from syncproof_products.taskserver.broadcast.redis import RedisBroker, Unpublished
from syncproof_products.taskserver.broadcast.server import Broadcast

Publishing = Callable[[RedisBroker, Event], Awaitable[None]]

# -- instances and Redis


@breaks(RedisBroker, "publish")
async def listens_to_its_own_instance_only(
    original: Publishing,  # noqa: ARG001
    self: RedisBroker,
    event: Event,
) -> None:
    """An event is told to the clients of the instance that it was published at, and does not go through Redis."""
    listens_to_its_own_instance_only.ran()
    self._happened(event)


@breaks(RedisBroker, "__init__")
def forgets_the_prefix(
    original: Callable[..., None],
    self: RedisBroker,
    address: str,
    prefix: str,  # noqa: ARG001
    *more: Any,
) -> None:
    """Channels have no prefix in Redis: whoever shares it hears what others publish under the same names."""
    forgets_the_prefix.ran()
    original(self, address, "", *more)


@breaks(RedisBroker, "publish")
async def says_that_it_went_out_without_redis(original: Publishing, self: RedisBroker, event: Event) -> None:
    """A publisher is told 200 whatever Redis says."""
    try:
        await original(self, event)
    except Unpublished:
        says_that_it_went_out_without_redis.ran()


@breaks(RedisBroker, "publish")
async def publishes_each_attempt_anew(original: Publishing, self: RedisBroker, event: Event) -> None:
    """The key of a request is not looked at: an event that is published again is another one."""
    publishes_each_attempt_anew.ran()
    await original(self, msgspec.structs.replace(event, id=secrets.token_hex(8)))


@breaks(Broadcast, "_missed")
def says_nothing_of_a_gap(original: Callable[[Broadcast], None], self: Broadcast) -> None:  # noqa: ARG001
    """An instance that lost Redis listens again, as if nothing could have come meanwhile."""
    says_nothing_of_a_gap.ran()


@breaks(RedisBroker, "_follow")
async def waits_for_redis_for_ever(
    original: Callable[[RedisBroker, Any], Awaitable[None]], self: RedisBroker, connection: Any
) -> None:
    """An instance does not ask whether Redis is still there: it waits for what comes."""
    waits_for_redis_for_ever.ran()
    self._heartbeat_s, before = 3600.0, self._heartbeat_s
    try:
        await original(self, connection)
    finally:
        self._heartbeat_s = before


@breaks(Broadcast, "_happened")
def collects_events_for_half_a_second(
    original: Callable[[Broadcast, Event], None], self: Broadcast, event: Event
) -> None:
    """Events are not told at once, but when half a second is over."""
    collects_events_for_half_a_second.ran()
    asyncio.get_running_loop().call_later(0.5, original, self, event)


# -- the hub


@breaks(Hub, "subscribers")
def counts_everybody_who_is_connected(original: Callable[[Hub, str], int], self: Hub, channel: str) -> int:
    """Who is connected counts as a subscriber of every channel."""
    if original(self, channel) != self.clients:
        counts_everybody_who_is_connected.ran()
    return self.clients


@breaks(Hub, "happened")
def loses_the_name_of_an_event(
    original: Callable[[Hub, Event], list[Action]], self: Hub, event: Event
) -> list[Action]:
    """Every event is told as `message`, whatever its publisher has called it."""
    loses_the_name_of_an_event.ran()
    return original(self, msgspec.structs.replace(event, event="message"))


@breaks(Hub, "happened")
def tells_the_first_subscriber_only(
    original: Callable[[Hub, Event], list[Action]], self: Hub, event: Event
) -> list[Action]:
    """Of the subscribers of a channel only the first is told."""
    actions = original(self, event)
    if len(actions) > 1:
        tells_the_first_subscriber_only.ran()
    return actions[:1]


@breaks(Hub, "_leave")
def keeps_who_has_unsubscribed(
    original: Callable[[Hub, int, str], None],  # noqa: ARG001
    self: Hub,  # noqa: ARG001
    client: int,  # noqa: ARG001
    channel: str,  # noqa: ARG001
) -> None:
    """A client is told that it is unsubscribed, and remains a subscriber."""
    keeps_who_has_unsubscribed.ran()


@breaks(Hub, "_since")
def keeps_nothing_for_who_comes_back(
    original: Callable[[Hub, int, Any], list[str]], self: Hub, seq: int, channels: Any
) -> list[str]:
    """Who comes back is told that it can go on where it was, and not what it missed."""
    if original(self, seq, channels):
        keeps_nothing_for_who_comes_back.ran()
    return []


# -- the client


@breaks(BroadcastClient, "connected")
def does_not_subscribe_again(
    original: Callable[[BroadcastClient], list[Effect]], self: BroadcastClient
) -> list[Effect]:
    """A client that connects again leaves it at that."""
    again = self._was_connected
    effects = original(self)
    if not again:
        return effects
    does_not_subscribe_again.ran()
    self._confirmed.update(self.channels)
    return []


@breaks(BroadcastClient, "lost")
def takes_every_connection_for_the_first(
    original: Callable[[BroadcastClient], list[Effect]], self: BroadcastClient
) -> list[Effect]:
    """A client that has lost its connection says that it is connecting, as if it had never had one."""
    takes_every_connection_for_the_first.ran()
    self._was_connected = False
    return original(self)
