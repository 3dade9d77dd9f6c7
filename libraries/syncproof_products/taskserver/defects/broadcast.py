"""Bugs of the broadcast and of its client."""

from __future__ import annotations

import asyncio
import dataclasses
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from syncproof_agentkit.server import HttpServer
from syncproof_defects import breaks
from syncproof_products.taskserver.broadcast.agent import device
from syncproof_products.taskserver.broadcast.agent.store import Store
from syncproof_products.taskserver.broadcast.client import BroadcastClient, Effect
from syncproof_products.taskserver.broadcast.hub import Action, Hub
from syncproof_products.taskserver.broadcast.messages import Event, Position
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


@breaks(RedisBroker, "publish")
async def does_not_wait_for_redis(original: Publishing, self: RedisBroker, event: Event) -> None:
    """What was written to Redis is taken for published, whether or not it answers."""
    if self._publishing is None:
        await original(self, event)
        return
    does_not_wait_for_redis.ran()
    await self._publishing.send_command("PUBLISH", self._prefix + event.channel, msgspec.json.encode(event))


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


@breaks(Hub, "_leave")
def forgets_others_with_who_leaves(
    original: Callable[[Hub, int, str], None], self: Hub, client: int, channel: str
) -> None:
    """When a client unsubscribes, its channel loses all its subscribers."""
    if self.subscribers(channel) > 1:
        forgets_others_with_who_leaves.ran()
    original(self, client, channel)
    self._channels.pop(channel, None)


@breaks(Hub, "_since")
def keeps_nothing_for_who_comes_back(
    original: Callable[[Hub, int, Any], list[str]], self: Hub, seq: int, channels: Any
) -> list[str]:
    """Who comes back is told that it can go on where it was, and not what it missed."""
    if original(self, seq, channels):
        keeps_nothing_for_who_comes_back.ran()
    return []


@breaks(HttpServer, "__init__")
def nobody_pings(original: Callable[..., None], self: HttpServer, *args: Any, **more: Any) -> None:
    """Neither instance nor client asks whether the other is still there: who vanished is told of events for ever."""
    if more.get("ping_s"):
        nobody_pings.ran()
        more["ping_s"] = None
    original(self, *args, **more)


@nobody_pings.breaks(device, "connect")
def _nor_does_the_client(original: Callable[..., Any], *args: Any, **more: Any) -> Any:
    return original(*args, **{**more, "ping_interval": None})


@breaks(Hub, "_can_resume")
def takes_every_position_for_its_own(
    original: Callable[[Hub, Position], bool], self: Hub, resume: Position
) -> bool:
    """An instance that has started again believes that who comes back has missed nothing."""
    if not original(self, resume):
        takes_every_position_for_its_own.ran()
    return True


# -- the client


@breaks(Store, "put_position")
def keeps_no_position(original: Callable[[Store, Any], None], self: Store, position: Any) -> None:  # noqa: ARG001
    """A client does not write down how far it got: when it starts again, it begins at what comes next."""
    keeps_no_position.ran()


@breaks(BroadcastClient, "connected")
def subscribes_to_its_first_channel_again(
    original: Callable[[BroadcastClient], list[Effect]], self: BroadcastClient
) -> list[Effect]:
    """Of several channels a client that connects again asks for the first one only, and takes all for confirmed."""
    channels = self.channels
    if not self._was_connected or len(channels) < 2:
        return original(self)
    subscribes_to_its_first_channel_again.ran()
    self.channels = dict([*channels.items()][:1])
    effects = original(self)
    self.channels = channels
    self._confirmed.update([*channels][1:])
    return effects


@breaks(BroadcastClient, "_event")
def tells_an_event_again_after_a_cut(
    original: Callable[[BroadcastClient, Any], list[Effect]], self: BroadcastClient, told: Any
) -> list[Effect]:
    """How far a client got is written down one event too late, and what comes again is told again."""
    effects = original(self, told)
    if self.position is not None:
        tells_an_event_again_after_a_cut.ran()
        self.position = Position(self.position.epoch, told.seq - 1)
    return effects


@tells_an_event_again_after_a_cut.breaks(Store, "deliver")
def _under_another_id(
    original: Callable[[Store, Any, Any], bool], self: Store, delivery: Any, position: Any
) -> bool:
    return original(self, dataclasses.replace(delivery, id=f"{delivery.id}-{delivery.n}"), position)


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
